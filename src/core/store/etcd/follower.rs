//! Follows the key: reads it, then watches it from the next revision on, so that nothing
//! falls between; what comes goes into the shared map.

use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::rc::Rc;
use std::{fmt, mem};

use crate::store::call::{CallError, CallId};
use crate::store::etcd::etcd::Etcd;
use crate::store::etcd::exchange::Exchange;
use crate::store::etcd::lease::Connection;
use crate::store::etcd::messages::{
    Reading, WATCH, WatchResponse, decoded, progress_request, range_request, watch_request,
};
use crate::store::follower::Follower;
use crate::store::grpc;
use crate::store::notice::{Notice, Notices};
use crate::store::shared_map::SharedMap;
use crate::syntax::timestamp::Timestamp;

/// The watch of one process, in each of its workers; it is at work in the one with the lease.
pub struct EtcdFollower<D: SharedMap + Clone, C: grpc::Client> {
    etcd: Rc<Etcd<D, C>>,
    phase: Phase,
    /// Streams that are done with, to be canceled outside their own callbacks.
    doomed: Vec<CallId>,
    /// Since the store was last connected.
    failures: u32,
    /// For so many ticks others may take the lease.
    rest: u32,
    /// The revision of the last value that could not be read.
    unreadable: Option<u64>,
    random: u64,
    /// What the call at hand will report.
    notices: Notices,
}

/// Another worker takes over at once, without waiting for the lease to end.
impl<D: SharedMap + Clone, C: grpc::Client> Drop for EtcdFollower<D, C> {
    fn drop(&mut self) {
        self.stop();
    }
}

enum Phase {
    /// To begin after so many ticks.
    Idle(u32),
    Reading {
        exchange: Exchange,
        /// The generation in the shared map before etcd was asked.
        known: u64,
    },
    Watching(Watch),
}

struct Watch {
    stream: CallId,
    created: bool,
    /// How many ticks ago the last message came.
    silence: u32,
}

/// So many ticks without a sign of life, and the store counts as lost.
const MAX_SILENCE: u32 = 6;

/// A new attempt begins within so many ticks.
const MAX_BACK_OFF: u32 = 4;

/// After so many failures in a row another worker gets a turn: it may be configured better.
const FAILURES_PER_TURN: u32 = 3;

/// After its turn a worker takes the lease again when for so many ticks nobody else did.
const REST: u32 = 2;

/// Ends the watch of a member that has lost the others.
const REQUIRE_LEADER: (&str, &[u8]) = ("hasleader", b"true");

impl<D: SharedMap + Clone, C: grpc::Client> EtcdFollower<D, C> {
    /// Begins at the first tick; `random` is what back-off is jittered by.
    pub fn new(etcd: Rc<Etcd<D, C>>, random: u64) -> Self {
        Self {
            etcd,
            phase: Phase::Idle(0),
            doomed: Vec::new(),
            failures: 0,
            rest: 0,
            unreadable: None,
            // Xorshift stays at 0.
            random: random | 1,
            notices: Notices::new(),
        }
    }

    /// Takes what came of a call or a stream.
    fn receive(&mut self, id: CallId, answer: Result<&[u8], CallError>, now: Timestamp) {
        match &mut self.phase {
            Phase::Reading { exchange, known } if exchange.awaits(id) => {
                let known = *known;
                let Some(answer) = exchange.on_answer(&self.etcd, answer, now) else {
                    return;
                };
                match decoded(answer, Reading::decode) {
                    Ok(reading) => {
                        self.take(reading, known);
                        self.watch(reading.revision.saturating_add(1));
                    }
                    Err(failure) => self.lose(&failure),
                }
            }
            Phase::Watching(watch) if watch.stream == id => {
                match decoded(answer, WatchResponse::decode) {
                    Ok(response) => self.watched(response),
                    Err(failure) => self.lose(&failure),
                }
            }
            _ => {}
        }
    }

    fn watched(&mut self, response: WatchResponse<'_>) {
        if response.canceled {
            // A token that does not hold any more may be the cause.
            self.etcd.keep_token(b"");
            let reason = String::from_utf8_lossy(response.cancel_reason);
            return self.lose(&format_args!("it canceled the watch: {reason:?}"));
        }
        let Phase::Watching(watch) = &mut self.phase else {
            return;
        };
        watch.silence = 0;
        if response.created && !mem::replace(&mut watch.created, true) {
            self.failures = 0;
            self.etcd.lease.report(Connection::Made, 0);
            self.notices.push(Notice::Connected);
        }
        for reading in response.events {
            self.take(reading, 0);
        }
    }

    /// Leaves the store to another worker.
    pub fn stop(&mut self) {
        self.close();
        self.cancel_doomed();
        self.phase = Phase::Idle(0);
        self.etcd.lease.release();
    }

    fn read(&mut self, now: Timestamp) {
        let settings = &self.etcd.settings;
        let known = self.etcd.latest().generation;
        let request = range_request(&settings.key);
        let deadline = now.plus_millis(settings.timeout_ms);
        match Exchange::begin(&self.etcd, request, deadline, now) {
            Ok(exchange) => self.phase = Phase::Reading { exchange, known },
            Err(failure) => self.lose(&failure),
        }
    }

    fn watch(&mut self, start_revision: u64) {
        let (settings, client) = (&self.etcd.settings, &self.etcd.client);
        let token = self.etcd.token();
        let mut metadata = vec![REQUIRE_LEADER];
        metadata.extend(token.as_ref().map(|token| ("token", token.as_slice())));
        let Some(stream) = client.open(&settings.cluster, WATCH, metadata) else {
            return self.lose(&CallError::no_cluster(&settings.cluster));
        };
        self.phase = Phase::Watching(Watch {
            stream,
            created: false,
            silence: 0,
        });
        if !client.send(stream, &watch_request(&settings.key, start_revision)) {
            self.lose(&"the watch is gone");
        }
    }

    /// Takes over what was read.
    fn take(&mut self, reading: Reading<'_>, known: u64) {
        match self.etcd.state_of(reading) {
            Ok(state) => {
                // It is read again.
                if let Err(contended) = self.etcd.state.adopt(&state, known) {
                    self.lose(&contended);
                }
            }
            Err(error) => {
                let revision = reading.key_value.unwrap_or_default().mod_revision;
                if self.unreadable.replace(revision) != Some(revision) {
                    let problem = error.to_string();
                    self.notices.push(Notice::Unreadable { revision, problem });
                }
            }
        }
    }

    /// The store is not connected: tries again, some ticks later, or leaves that to others.
    fn lose(&mut self, reason: &dyn fmt::Display) {
        self.close();
        let bound = 2u32.saturating_pow(self.failures + 1).min(MAX_BACK_OFF);
        self.phase = Phase::Idle(self.random_below(bound));
        self.failures = self.failures.saturating_add(1);
        let reason = reason.to_string();
        let hash = BuildHasherDefault::<DefaultHasher>::default().hash_one(&reason);
        let lease = &self.etcd.lease;
        let reported = lease.reported();
        // Another reason is news, too, but where they alternate only now and then.
        let is_news = reported == 0 || self.failures.is_power_of_two() && reported != hash;
        lease.report(Connection::Lost, if is_news { hash } else { reported });
        if self.failures.is_multiple_of(FAILURES_PER_TURN) {
            lease.release();
            self.phase = Phase::Idle(0);
            self.rest = REST;
        }
        if is_news {
            self.notices.push(Notice::Lost(reason));
        }
    }

    fn close(&mut self) {
        if let Phase::Watching(watch) = &self.phase {
            self.doomed.push(watch.stream);
        }
    }

    fn cancel_doomed(&mut self) {
        for stream in self.doomed.drain(..) {
            self.etcd.client.cancel(stream);
        }
    }

    /// Xorshift, by Marsaglia.
    fn random_below(&mut self, bound: u32) -> u32 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        (self.random >> 32) as u32 % bound.max(1)
    }

    /// Does what is due in the worker with the lease.
    fn go_on(&mut self, now: Timestamp) {
        match &mut self.phase {
            Phase::Idle(0) => self.read(now),
            Phase::Idle(ticks) => *ticks -= 1,
            // The host ends it in time.
            Phase::Reading { .. } => {}
            Phase::Watching(watch) => {
                watch.silence += 1;
                if watch.silence > MAX_SILENCE {
                    self.lose(&"it gives no sign of life");
                } else if !self.etcd.client.send(watch.stream, &progress_request()) {
                    self.lose(&"the watch is gone");
                }
            }
        }
    }
}

impl<D: SharedMap + Clone, C: grpc::Client> Follower for EtcdFollower<D, C> {
    fn tick(&mut self, now: Timestamp) -> Notices {
        self.cancel_doomed();
        let connection = match self.phase {
            Phase::Watching(Watch { created: true, .. }) => Connection::Made,
            _ => Connection::Lost,
        };
        if self.rest > 0 {
            self.rest = if self.etcd.lease.is_free() {
                self.rest - 1
            } else {
                REST
            };
        } else if self.etcd.lease.renew(connection) {
            self.go_on(now);
        } else {
            self.stop();
        }
        mem::take(&mut self.notices)
    }

    fn on_message(&mut self, id: CallId, message: &[u8], now: Timestamp) -> Notices {
        self.receive(id, Ok(message), now);
        mem::take(&mut self.notices)
    }

    fn on_end(&mut self, id: CallId, error: CallError, now: Timestamp) -> Notices {
        self.receive(id, Err(error), now);
        if let Some(at) = self.doomed.iter().position(|doomed| *doomed == id) {
            // The host forgets it only now that this end is closed, too.
            self.etcd.client.cancel(self.doomed.swap_remove(at));
        }
        mem::take(&mut self.notices)
    }
}
