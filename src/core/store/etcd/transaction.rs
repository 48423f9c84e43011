//! Changes that etcd makes: read the keys, then write if they are still what was read.
//!
//! What was read tells that the store has a quorum before anything is written, and what
//! the change has to follow. It may take three quarters of the time, so that a write never
//! goes out too late to be confirmed.

use std::rc::Rc;

use crate::state::change::StateChange;
use crate::state::state::State;
use crate::store::etcd::etcd::Etcd;
use crate::store::etcd::exchange::{Exchange, Operation};
use crate::store::etcd::messages::{Keys, Presence, Write, write_request};
use crate::store::etcd::read::Read;
use crate::store::etcd::value::{decode_revocation, encode};
use crate::store::grpc::{CallError, CallId};
use crate::store::shared_map::SharedMap;
use crate::store::state_store::{
    ChangeError, Changed, Changing, Contended, PendingChange, StateStore,
};
use crate::syntax::timestamp::Timestamp;

impl<D: SharedMap> StateStore for Rc<Etcd<D>> {
    fn is_connected(&self) -> bool {
        self.lease.is_connected()
    }

    fn change(&self, change: StateChange, now: Timestamp) -> Changing {
        match Transaction::begin(Rc::clone(self), change, now) {
            Ok(transaction) => Changing::Waiting(Box::new(transaction)),
            Err(failure) => Changing::Done(Err(unreachable(failure))),
        }
    }
}

/// A change that waits for an answer of etcd.
struct Transaction<D: SharedMap> {
    etcd: Rc<Etcd<D>>,
    change: StateChange,
    deadline: Timestamp,
    /// The generation in the shared map before etcd was asked.
    known: u64,
    step: Step,
}

enum Step {
    Reading(Read),
    Writing {
        exchange: Exchange,
        /// The state after the change.
        next: State,
        /// How often it was tried.
        attempt: usize,
    },
}

/// How often a change that loses a race is tried again.
const ATTEMPTS: usize = 16;

impl<D: SharedMap> Transaction<D> {
    fn begin(etcd: Rc<Etcd<D>>, change: StateChange, now: Timestamp) -> Result<Self, CallError> {
        let timeout_ms = etcd.settings.timeout_ms;
        let read_by = now.plus_millis((timeout_ms * 3).div_ceil(4));
        Ok(Self {
            step: Step::Reading(Read::begin(&etcd, read_by, now)?),
            known: etcd.latest().generation,
            etcd,
            change,
            deadline: now.plus_millis(timeout_ms),
        })
    }

    /// Writes what the change makes of the keys as they were read.
    fn write(&mut self, read: &Keys, attempt: usize, now: Timestamp) -> Result<(), ChangeError> {
        if attempt > ATTEMPTS {
            return Err(Contended.into());
        }
        // A value that cannot be read is replaced.
        let current = self.etcd.state_of(read, now).state;
        let next = self.change.apply(&current)?;
        let [flag_key, revocation_key] = self.etcd.keys();
        let flag = self
            .change
            .sets_flag()
            .then(|| encode(next.setting.as_ref()));
        let revocation = self.revocation(&next, read.revocation);
        let revocation = revocation.map(|millis| millis.to_string());
        let values = [(flag_key, &flag), (revocation_key, &revocation)];
        let values = values.map(|(key, value)| Some((key, value.as_deref()?)));
        let values: Vec<_> = values.into_iter().flatten().collect();
        let keys = [
            (flag_key, read.flag.mod_revision()),
            (revocation_key, read.revocation.mod_revision()),
        ];
        let operation = Operation::Write(write_request(keys, &values));
        let exchange = Exchange::begin(&self.etcd, operation, self.deadline, now);
        self.step = Step::Writing {
            exchange: exchange.map_err(unreachable)?,
            next,
            attempt,
        };
        Ok(())
    }

    /// What to write of the revocations: one that is made, or that is known, but not from there.
    fn revocation(&self, next: &State, read: Presence) -> Option<i64> {
        let written = match read {
            Presence::There(key_value) => decode_revocation(key_value.value).map(Some),
            Presence::Nothing | Presence::Absent => Ok(None),
        };
        let is_made = !self.change.sets_flag();
        let is_known = written.is_ok_and(|written| written < next.bypass_revoked_at);
        next.bypass_revoked_at.filter(|_| is_made || is_known)
    }

    fn go_on(
        &mut self,
        answer: Result<&[u8], CallError>,
        now: Timestamp,
    ) -> Result<Option<Rc<State>>, ChangeError> {
        match &mut self.step {
            Step::Reading(read) => {
                let Some(answers) = read.on_answer(&self.etcd, answer, now) else {
                    return Ok(None);
                };
                let (flag, revocation) = answers.map_err(unreachable)?;
                let keys = self.etcd.keys();
                let read = Keys::decode(&flag, revocation, keys).map_err(unreachable)?;
                self.write(&read, 1, now)?;
            }
            Step::Writing {
                exchange,
                next,
                attempt,
            } => {
                let Some(answer) = exchange.on_answer(&self.etcd, answer, now) else {
                    return Ok(None);
                };
                match answer.and_then(Write::decode).map_err(unwritten)? {
                    Write::Written(revision) => {
                        next.generation = revision;
                        // Where others were faster again and again, the watch brings it.
                        let _ = self.etcd.state.adopt(next, self.known);
                        return Ok(Some(Rc::new(next.clone())));
                    }
                    Write::Read(read) => {
                        let attempt = *attempt + 1;
                        self.write(&read, attempt, now)?;
                    }
                }
            }
        }
        Ok(None)
    }
}

impl<D: SharedMap> PendingChange for Transaction<D> {
    fn awaits(&self, call: CallId) -> bool {
        match &self.step {
            Step::Reading(read) => read.awaits(call),
            Step::Writing { exchange, .. } => exchange.awaits(call),
        }
    }

    fn on_answer(&mut self, answer: Result<&[u8], CallError>, now: Timestamp) -> Option<Changed> {
        self.go_on(answer, now).transpose()
    }
}

/// A failure before anything was written.
fn unreachable(failure: CallError) -> ChangeError {
    ChangeError::Unreachable(failure.to_string())
}

/// A failure of a write, which may have been made all the same.
fn unwritten(failure: CallError) -> ChangeError {
    if failure.may_have_been_done() {
        ChangeError::Unconfirmed(failure.to_string())
    } else {
        unreachable(failure)
    }
}
