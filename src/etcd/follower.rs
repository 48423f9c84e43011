//! Follows the key: reads it, then watches it from the next revision on, so that nothing
//! falls between; what comes goes into shared data.

use std::{fmt, rc::Rc};

use super::{
    Etcd, KeyValue,
    exchange::Exchange,
    messages::{
        Event, RANGE, RangeResponse, WATCH, WatchResponse, progress_request, range_request,
        watch_request,
    },
};
use crate::{
    grpc::{self, CallId, Failure, StreamId},
    shared_data::SharedData,
    state::State,
    timestamp::Timestamp,
};

/// The watch of one Envoy, in each of its VMs; it is at work in the one with the lease.
pub struct Follower<D: SharedData + Clone, C: grpc::Client> {
    etcd: Rc<Etcd<D, C>>,
    phase: Phase,
    /// Since the store was last connected.
    failures: u32,
    /// The revision of the last value that could not be read.
    unreadable: Option<u64>,
    random: u64,
}

/// Another VM takes over at once.
impl<D: SharedData + Clone, C: grpc::Client> Drop for Follower<D, C> {
    fn drop(&mut self) {
        self.stop();
    }
}

enum Phase {
    /// To begin after so many ticks.
    Idle(u32),
    Reading {
        exchange: Exchange,
        /// The generation in shared data before etcd was asked.
        known: u64,
    },
    Watching {
        stream: StreamId,
        created: bool,
        /// How many ticks ago the last message came.
        silence: u32,
    },
}

/// What somebody should know.
#[derive(Debug, PartialEq, Eq)]
pub enum Notice {
    /// The store is connected.
    Connected,
    /// The store is connected no longer, or could not be at first.
    Lost(String),
    /// The value of the key cannot be read.
    Unreadable {
        /// The mod revision of the value.
        revision: u64,
        /// What is wrong with it.
        problem: String,
    },
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connected => f.write_str("the store etcd is connected"),
            Self::Lost(reason) => write!(
                f,
                "the store etcd is not connected, so the last state known holds and changes are \
                 refused: {reason}"
            ),
            Self::Unreadable { revision, problem } => write!(
                f,
                "the value of revision {revision} in etcd cannot be read, so the last state \
                 known holds: {problem}"
            ),
        }
    }
}

/// What is to be reported; mostly nothing.
pub type Notices = Vec<Notice>;

/// So many ticks without a sign of life, and the store counts as lost.
const MAX_SILENCE: u32 = 6;
/// A new attempt begins within so many ticks.
const MAX_BACK_OFF: u32 = 4;
/// Ends the watch of a member that has lost the others.
const REQUIRE_LEADER: (&str, &[u8]) = ("hasleader", b"true");

impl<D: SharedData + Clone, C: grpc::Client> Follower<D, C> {
    /// Begins at the first tick; `random` is what back-off is jittered by.
    pub fn new(etcd: Rc<Etcd<D, C>>, random: u64) -> Self {
        Self {
            etcd,
            phase: Phase::Idle(0),
            failures: 0,
            unreadable: None,
            // Xorshift stays at 0.
            random: random | 1,
        }
    }

    /// Renews the lease, and does what is due.
    pub fn tick(&mut self, now: Timestamp) -> Notices {
        if !self.etcd.lease.renew(self.is_connected()) {
            self.stop();
            return Notices::new();
        }
        match &mut self.phase {
            Phase::Idle(0) => return self.read(now),
            Phase::Idle(ticks) => *ticks -= 1,
            // Envoy ends it in time.
            Phase::Reading { .. } => {}
            Phase::Watching {
                stream, silence, ..
            } => {
                *silence += 1;
                if *silence > MAX_SILENCE {
                    return self.lose("it gives no sign of life");
                }
                if !self.etcd.client.send(*stream, &progress_request()) {
                    return self.lose("the watch is gone");
                }
            }
        }
        Notices::new()
    }

    /// Takes the answer to a call.
    pub fn on_answer(
        &mut self,
        call: CallId,
        answer: Result<&[u8], Failure>,
        now: Timestamp,
    ) -> Notices {
        let Phase::Reading { exchange, known } = &mut self.phase else {
            return Notices::new();
        };
        let known = *known;
        match exchange.on_answer(&self.etcd, call, answer, now) {
            None => Notices::new(),
            Some(Err(failure)) => self.lose(failure),
            Some(Ok(answer)) => match RangeResponse::decode(answer) {
                None => self.lose(Failure::malformed()),
                Some(read) => {
                    let mut notices = self.take(read.key_value.as_ref(), read.revision, known);
                    notices.extend(self.watch(read.revision + 1));
                    notices
                }
            },
        }
    }

    /// Takes a message of a stream.
    pub fn on_message(&mut self, stream: StreamId, message: &[u8]) -> Notices {
        let Phase::Watching {
            stream: own,
            created,
            silence,
        } = &mut self.phase
        else {
            return Notices::new();
        };
        if *own != stream {
            return Notices::new();
        }
        let Some(response) = WatchResponse::decode(message) else {
            return self.lose(Failure::malformed());
        };
        if response.canceled {
            let reason = String::from_utf8_lossy(response.cancel_reason);
            return self.lose(format_args!("it canceled the watch: {reason:?}"));
        }
        *silence = 0;
        let is_new = response.created && !std::mem::replace(created, true);
        let mut notices = Notices::new();
        if is_new {
            self.failures = 0;
            self.etcd.lease.report(true);
            notices.push(Notice::Connected);
        }
        for event in response.events {
            notices.extend(self.follow(&event));
        }
        notices
    }

    /// A stream has ended.
    pub fn on_close(&mut self, stream: StreamId, failure: Failure) -> Notices {
        match self.phase {
            Phase::Watching { stream: own, .. } if own == stream => self.lose(failure),
            _ => Notices::new(),
        }
    }

    /// Leaves the store to another VM.
    pub fn stop(&mut self) {
        self.close();
        self.phase = Phase::Idle(0);
        self.failures = 0;
        self.etcd.lease.release();
    }

    fn is_connected(&self) -> bool {
        matches!(self.phase, Phase::Watching { created: true, .. })
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
            Err(failure) => self.lose(failure),
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
            return self.lose(Failure::no_cluster(&settings.cluster));
        };
        self.phase = Phase::Watching {
            stream,
            created: false,
            silence: 0,
        };
        if client.send(stream, &watch_request(&settings.key, start_revision)) {
            Notices::new()
        } else {
            self.lose("the watch is gone")
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
            Err(contended) => self.lose(contended),
        }
    }

    /// The store is not connected: tries again, some ticks later.
    fn lose(&mut self, reason: impl fmt::Display) -> Notices {
        self.close();
        let bound = 2u32.saturating_pow(self.failures + 1).min(MAX_BACK_OFF);
        self.phase = Phase::Idle(self.random_below(bound));
        self.etcd.lease.report(false);
        self.failures = self.failures.saturating_add(1);
        match self.failures {
            1 => vec![Notice::Lost(reason.to_string())],
            _ => Notices::new(),
        }
    }

    fn close(&mut self) {
        if let Phase::Watching { stream, .. } = self.phase {
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
