//! Follows the key: reads it, then watches it from the next revision on, so that nothing
//! falls between; what comes goes into the shared map.

use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::rc::Rc;

use crate::state::state::State;
use crate::store::call::{CallError, CallId};
use crate::store::etcd::etcd::Etcd;
use crate::store::etcd::exchange::Exchange;
use crate::store::etcd::lease::Connection;
use crate::store::etcd::messages::{
    Event, KeyValue, RANGE, RangeResponse, WATCH, WatchResponse, progress_request, range_request,
    watch_request,
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
    Watching {
        stream: CallId,
        created: bool,
        /// How many ticks ago the last message came.
        silence: u32,
    },
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
        }
    }

    fn answer(&mut self, answer: Result<&[u8], CallError>, now: Timestamp) -> Notices {
        let Phase::Reading { exchange, known } = &mut self.phase else {
            return Notices::new();
        };
        let known = *known;
        match exchange.on_answer(&self.etcd, answer, now) {
            None => Notices::new(),
            Some(Err(failure)) => self.lose(&failure),
            Some(Ok(answer)) => match RangeResponse::decode(answer) {
                None => self.lose(&CallError::malformed()),
                Some(read) => {
                    let mut notices = self.take(read.key_value.as_ref(), read.revision, known);
                    notices.extend(self.watch(read.revision.saturating_add(1)));
                    notices
                }
            },
        }
    }

    fn watched(&mut self, message: &[u8]) -> Notices {
        let Some(response) = WatchResponse::decode(message) else {
            return self.lose(&CallError::malformed());
        };
        if response.canceled {
            // A token that does not hold any more may be the cause.
            self.etcd.keep_token(b"");
            let reason = String::from_utf8_lossy(response.cancel_reason);
            return self.lose(&format_args!("it canceled the watch: {reason:?}"));
        }
        let Phase::Watching {
            created, silence, ..
        } = &mut self.phase
        else {
            return Notices::new();
        };
        *silence = 0;
        let is_new = response.created && !std::mem::replace(created, true);
        let mut notices = Notices::new();
        if is_new {
            self.failures = 0;
            self.etcd.lease.report(Connection::Made, 0);
            notices.push(Notice::Connected);
        }
        for event in response.events {
            notices.extend(self.follow(&event));
        }
        notices
    }

    /// Leaves the store to another worker.
    pub fn stop(&mut self) {
        self.close();
        self.cancel_doomed();
        self.phase = Phase::Idle(0);
        self.etcd.lease.release();
    }

    fn connection(&self) -> Connection {
        match self.phase {
            Phase::Watching { created: true, .. } => Connection::Made,
            _ => Connection::Lost,
        }
    }

    fn read(&mut self, now: Timestamp) -> Notices {
        let settings = &self.etcd.settings;
        let known = self.etcd.latest().generation;
        let request = range_request(&settings.key);
        let deadline = now.plus_millis(settings.timeout_ms);
        match Exchange::begin(&self.etcd, RANGE, request, deadline, now) {
            Ok(exchange) => {
                self.phase = Phase::Reading { exchange, known };
                Notices::new()
            }
            Err(failure) => self.lose(&failure),
        }
    }

    fn watch(&mut self, start_revision: u64) -> Notices {
        let Etcd {
            settings, client, ..
        } = &*self.etcd;
        let token = self.etcd.token();
        let mut metadata = vec![REQUIRE_LEADER];
        metadata.extend(token.as_ref().map(|token| ("token", token.as_slice())));
        let Some(stream) = client.open(&settings.cluster, WATCH, metadata) else {
            return self.lose(&CallError::no_cluster(&settings.cluster));
        };
        self.phase = Phase::Watching {
            stream,
            created: false,
            silence: 0,
        };
        if client.send(stream, &watch_request(&settings.key, start_revision)) {
            Notices::new()
        } else {
            self.lose(&"the watch is gone")
        }
    }

    fn follow(&mut self, event: &Event) -> Notices {
        let key_value = (!event.is_delete).then_some(&event.key_value);
        self.take(key_value, event.key_value.mod_revision, 0)
    }

    /// Takes over what the key is at a revision of the store.
    fn take(&mut self, key_value: Option<&KeyValue>, revision: u64, known: u64) -> Notices {
        match self.etcd.state_of(key_value, revision) {
            Ok(state) => self.adopt(&state, known),
            Err(error) => {
                let revision = key_value.map_or(revision, |key_value| key_value.mod_revision);
                if self.unreadable.replace(revision) == Some(revision) {
                    return Notices::new();
                }
                vec![Notice::Unreadable {
                    revision,
                    problem: error.to_string(),
                }]
            }
        }
    }

    fn adopt(&mut self, state: &State, known: u64) -> Notices {
        match self.etcd.state.adopt(state, known) {
            Ok(()) => Notices::new(),
            // It is read again.
            Err(contended) => self.lose(&contended),
        }
    }

    /// The store is not connected: tries again, some ticks later, or leaves that to others.
    fn lose(&mut self, reason: &dyn fmt::Display) -> Notices {
        self.close();
        let bound = 2u32.saturating_pow(self.failures + 1).min(MAX_BACK_OFF);
        self.phase = Phase::Idle(self.random_below(bound));
        self.failures = self.failures.saturating_add(1);
        let reason = reason.to_string();
        let hash = hash(&reason);
        let reported = self.etcd.lease.reported();
        // Another reason is news, too, but where they alternate only now and then.
        let is_news = reported == 0 || self.failures.is_power_of_two() && reported != hash;
        self.etcd
            .lease
            .report(Connection::Lost, if is_news { hash } else { reported });
        if self.failures.is_multiple_of(FAILURES_PER_TURN) {
            self.etcd.lease.release();
            self.phase = Phase::Idle(0);
            self.rest = REST;
        }
        let notice = is_news.then_some(Notice::Lost(reason));
        notice.into_iter().collect()
    }

    fn close(&mut self) {
        if let Phase::Watching { stream, .. } = self.phase {
            self.doomed.push(stream);
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
}

impl<D, C> Follower for EtcdFollower<D, C>
where
    D: SharedMap + Clone,
    C: grpc::Client,
{
    /// Renews the lease, and does what is due.
    fn tick(&mut self, now: Timestamp) -> Notices {
        self.cancel_doomed();
        if self.rest > 0 {
            self.rest = if self.etcd.lease.is_free() {
                self.rest - 1
            } else {
                REST
            };
            return Notices::new();
        }
        if !self.etcd.lease.renew(self.connection()) {
            self.stop();
            return Notices::new();
        }
        match &mut self.phase {
            Phase::Idle(0) => return self.read(now),
            Phase::Idle(ticks) => *ticks -= 1,
            // The host ends it in time.
            Phase::Reading { .. } => {}
            Phase::Watching {
                stream, silence, ..
            } => {
                *silence += 1;
                if *silence > MAX_SILENCE {
                    return self.lose(&"it gives no sign of life");
                }
                if !self.etcd.client.send(*stream, &progress_request()) {
                    return self.lose(&"the watch is gone");
                }
            }
        }
        Notices::new()
    }

    /// Takes what came of a call or a stream.
    fn on_message(&mut self, id: u32, message: &[u8], now: Timestamp) -> Notices {
        match &self.phase {
            Phase::Reading { exchange, .. } if exchange.awaits(id) => self.answer(Ok(message), now),
            Phase::Watching { stream, .. } if *stream == id => self.watched(message),
            _ => Notices::new(),
        }
    }

    /// A call has failed, or a stream has ended.
    fn on_end(&mut self, id: u32, error: CallError, now: Timestamp) -> Notices {
        let notices = match &self.phase {
            Phase::Reading { exchange, .. } if exchange.awaits(id) => {
                return self.answer(Err(error), now);
            }
            Phase::Watching { stream, .. } if *stream == id => self.lose(&error),
            _ => Notices::new(),
        };
        if let Some(at) = self.doomed.iter().position(|doomed| *doomed == id) {
            // The host forgets it only now that this end is closed, too.
            self.etcd.client.cancel(self.doomed.swap_remove(at));
        }
        notices
    }
}

fn hash(reason: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    reason.hash(&mut hasher);
    hasher.finish()
}
