//! Reads the keys at one revision of the store: all from the first to the last, or, where the
//! store allows the two alone, one after the other.
//!
//! A transaction would read the two at once, but one that only reads
//! [ends an etcd before 3.5.5](https://github.com/etcd-io/etcd/issues/14110) when its time is up.

use std::borrow::Cow;
use std::mem;

use crate::store::etcd::etcd::Etcd;
use crate::store::etcd::exchange::{Exchange, Operation};
use crate::store::etcd::messages::{LATEST, Range, range_request};
use crate::store::grpc::{CallError, CallId};
use crate::store::shared_map::SharedMap;
use crate::syntax::timestamp::Timestamp;

/// A read that waits for an answer.
pub(crate) struct Read {
    exchange: Exchange,
    deadline: Timestamp,
    step: Step,
}

enum Step {
    Both,
    Flag,
    /// With the answer of the flag's key.
    Revocation(Vec<u8>),
}

/// The answers in which the keys of the flag and of the revocations are.
pub(crate) type Answers<'a> = (Cow<'a, [u8]>, &'a [u8]);

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
        let operation = Operation::Read(range_request(etcd.keys(), LATEST));
        Ok(Self {
            exchange: Exchange::begin(etcd, operation, deadline, now)?,
            deadline,
            step: Step::Both,
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
        self.take(etcd, answer, now).transpose()
    }

    fn take<'a, D: SharedMap>(
        &mut self,
        etcd: &Etcd<D>,
        answer: Result<&'a [u8], CallError>,
        now: Timestamp,
    ) -> Result<Option<Answers<'a>>, CallError> {
        let [flag, revocation] = etcd.keys();
        match (&mut self.step, answer) {
            (Step::Both, Ok(both)) => Ok(Some((both.into(), both))),
            (Step::Both, Err(failure)) if failure.code == CallError::PERMISSION_DENIED => {
                self.ask(etcd, Step::Flag, flag, LATEST, now)
            }
            (Step::Flag, Ok(answer)) => {
                let revision = Range::decode(answer, flag)?.revision;
                let step = Step::Revocation(answer.to_vec());
                self.ask(etcd, step, revocation, revision, now)
            }
            (Step::Revocation(flag), Ok(revocation)) => {
                Ok(Some((mem::take(flag).into(), revocation)))
            }
            (_, Err(failure)) => Err(failure),
        }
    }

    fn ask<'a, D: SharedMap>(
        &mut self,
        etcd: &Etcd<D>,
        step: Step,
        key: &str,
        revision: u64,
        now: Timestamp,
    ) -> Result<Option<Answers<'a>>, CallError> {
        let operation = Operation::Read(range_request([key; 2], revision));
        self.exchange = Exchange::begin(etcd, operation, self.deadline, now)?;
        self.step = step;
        Ok(None)
    }
}
