//! Reads the keys, one after the other, at one revision of the store.
//!
//! A transaction would read both at once, but one that only reads
//! [ends an etcd before 3.5.5](https://github.com/etcd-io/etcd/issues/14110) when its time is up.

use std::mem;

use crate::store::etcd::etcd::Etcd;
use crate::store::etcd::exchange::{Exchange, Request};
use crate::store::etcd::messages::{LATEST, Range, range_request};
use crate::store::grpc::{CallError, CallId};
use crate::store::shared_map::SharedMap;
use crate::syntax::timestamp::Timestamp;

/// A read that waits for an answer.
pub(crate) struct Read {
    exchange: Exchange,
    deadline: Timestamp,
    /// The answer of the flag's key, once it is there.
    flag: Option<Vec<u8>>,
}

/// The answers of both keys, the flag's first.
pub(crate) type Answers<'a> = (Vec<u8>, &'a [u8]);

impl Read {
    /// Asks for the keys.
    ///
    /// # Errors
    /// Etcd cannot be called, or the time is up.
    pub(crate) fn begin<D: SharedMap>(
        etcd: &Etcd<D>,
        deadline: Timestamp,
        now: Timestamp,
    ) -> Result<Self, CallError> {
        let [flag, _] = etcd.keys();
        let request = Request::Read(range_request(flag, LATEST));
        Ok(Self {
            exchange: Exchange::begin(etcd, request, deadline, now)?,
            deadline,
            flag: None,
        })
    }

    /// Whether the answer to this call is awaited.
    pub(crate) fn awaits(&self, call: CallId) -> bool {
        self.exchange.awaits(call)
    }

    /// Takes an answer; `None` where there is more to wait for.
    pub(crate) fn on_answer<'a, D: SharedMap>(
        &mut self,
        etcd: &Etcd<D>,
        answer: Result<&'a [u8], CallError>,
        now: Timestamp,
    ) -> Option<Result<Answers<'a>, CallError>> {
        let answer = self.exchange.on_answer(etcd, answer, now)?;
        let revocation = match (answer, &mut self.flag) {
            (Err(failure), _) => return Some(Err(failure)),
            (Ok(revocation), Some(flag)) => return Some(Ok((mem::take(flag), revocation))),
            (Ok(flag), None) => {
                self.flag = Some(flag.to_vec());
                self.ask_for_revocation(etcd, flag, now)
            }
        };
        revocation.err().map(Err)
    }

    fn ask_for_revocation<D: SharedMap>(
        &mut self,
        etcd: &Etcd<D>,
        flag: &[u8],
        now: Timestamp,
    ) -> Result<(), CallError> {
        let [_, revocation] = etcd.keys();
        let request = range_request(revocation, Range::decode(flag)?.revision);
        self.exchange = Exchange::begin(etcd, Request::Read(request), self.deadline, now)?;
        Ok(())
    }
}
