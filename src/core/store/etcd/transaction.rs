//! Changes that etcd makes: read the key, then write it if it is still what was read.
//!
//! What was read tells that the store has a quorum before anything is written, and what
//! the change has to follow. It may take three quarters of the time, so that a write never
//! goes out too late to be confirmed.

use std::rc::Rc;

use crate::state::change::StateChange;
use crate::state::state::State;
use crate::store::call::{CallError, CallId};
use crate::store::etcd::etcd::Etcd;
use crate::store::etcd::exchange::Exchange;
use crate::store::etcd::messages::{Reading, TxnResponse, decoded, range_request, txn_request};
use crate::store::etcd::value::encode;
use crate::store::grpc;
use crate::store::shared_map::SharedMap;
use crate::store::state_store::{
    ChangeError, Changed, Changing, Contended, PendingChange, StateStore,
};
use crate::syntax::timestamp::Timestamp;

/// A change that waits for an answer of etcd.
pub(crate) struct Transaction<D: SharedMap, C> {
    etcd: Rc<Etcd<D, C>>,
    change: StateChange,
    deadline: Timestamp,
    /// The generation in the shared map before etcd was asked.
    known: u64,
    exchange: Exchange,
    step: Step,
}

enum Step {
    Reading,
    /// The state after the change, and how often it was tried.
    Writing(State, usize),
}

/// How often a change that loses a race is tried again.
const ATTEMPTS: usize = 16;

impl<D: SharedMap + Clone + 'static, C: grpc::Client + 'static> StateStore for Rc<Etcd<D, C>> {
    fn name(&self) -> &'static str {
        "etcd"
    }

    fn is_connected(&self) -> bool {
        self.lease.is_connected()
    }

    fn change(&self, change: StateChange, now: Timestamp) -> Changing {
        let timeout_ms = self.settings.timeout_ms;
        let request = range_request(&self.settings.key);
        let read_by = now.plus_millis((timeout_ms * 3).div_ceil(4));
        match Exchange::begin(self, request, read_by, now) {
            Ok(exchange) => Changing::Waiting(Box::new(Transaction {
                known: self.latest().generation,
                etcd: Rc::clone(self),
                change,
                deadline: now.plus_millis(timeout_ms),
                exchange,
                step: Step::Reading,
            })),
            Err(failure) => Changing::Done(Err(unreachable(failure))),
        }
    }
}

impl<D: SharedMap + Clone, C: grpc::Client> Transaction<D, C> {
    /// Writes what the change makes of the state that was read.
    fn write(
        &mut self,
        reading: Reading<'_>,
        attempt: usize,
        now: Timestamp,
    ) -> Result<(), ChangeError> {
        if attempt > ATTEMPTS {
            return Err(Contended.into());
        }
        let latest = self.etcd.latest();
        let mut current = self
            .etcd
            .state_of(reading)
            // A value that cannot be read is replaced.
            .unwrap_or_else(|_| (*latest).clone());
        current.keep_revocation(&latest);
        let next = self.change.apply(&current)?;
        let request = txn_request(
            &self.etcd.settings.key,
            reading.key_value.unwrap_or_default().mod_revision,
            &encode(&next),
        );
        self.exchange =
            Exchange::begin(&self.etcd, request, self.deadline, now).map_err(unreachable)?;
        self.step = Step::Writing(next, attempt);
        Ok(())
    }

    fn go_on(
        &mut self,
        answer: Result<&[u8], CallError>,
        now: Timestamp,
    ) -> Result<Option<Rc<State>>, ChangeError> {
        let (reading, attempt) = match &mut self.step {
            Step::Reading => (decoded(answer, Reading::decode).map_err(unreachable)?, 1),
            Step::Writing(next, attempt) => {
                let written = decoded(answer, TxnResponse::decode).map_err(unconfirmed)?;
                if written.succeeded {
                    next.generation = written.reading.revision;
                    // Where others were faster again and again, the watch brings it.
                    let _ = self.etcd.state.adopt(next, self.known);
                    return Ok(Some(Rc::new(next.clone())));
                }
                (written.reading, *attempt + 1)
            }
        };
        self.write(reading, attempt, now)?;
        Ok(None)
    }
}

impl<D: SharedMap + Clone, C: grpc::Client> PendingChange for Transaction<D, C> {
    fn awaits(&self, call: CallId) -> bool {
        self.exchange.awaits(call)
    }

    fn on_answer(&mut self, answer: Result<&[u8], CallError>, now: Timestamp) -> Option<Changed> {
        let answer = self.exchange.on_answer(&self.etcd, answer, now)?;
        self.go_on(answer, now).transpose()
    }
}

/// etcd could not be asked.
fn unreachable(failure: CallError) -> ChangeError {
    ChangeError::Unreachable(failure.to_string())
}

/// etcd was told, but did not answer.
fn unconfirmed(failure: CallError) -> ChangeError {
    if failure.may_have_been_done() {
        return ChangeError::Unconfirmed(failure.to_string());
    }
    unreachable(failure)
}
