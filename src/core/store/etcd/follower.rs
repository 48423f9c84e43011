//! Follows the keys: reads them, then watches them from that revision on, so that nothing falls
//! between; what comes goes into the shared map.

use std::error::Error;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::mem;
use std::rc::Rc;

use crate::store::etcd::etcd::{Decoded, Etcd};
use crate::store::etcd::lease::Connection;
use crate::store::etcd::messages::{
    Keys, Presence, WATCH, WatchResponse, progress_request, watch_request,
};
use crate::store::etcd::read::Read;
use crate::store::follower::Follower;
use crate::store::grpc::{CallError, CallId, Rpc};
use crate::store::notice::{Notice, Notices};
use crate::store::shared_map::SharedMap;
use crate::syntax::protobuf::Message;
use crate::syntax::timestamp::Timestamp;

/// The watch of one process, in each of its workers; it is at work in the one with the lease.
pub struct EtcdFollower<D: SharedMap> {
    etcd: Rc<Etcd<D>>,
    phase: Phase,
    /// What is to be reported of the step that is being taken.
    notices: Notices,
    /// Streams that are done with, to be canceled outside their own callbacks.
    doomed: Vec<CallId>,
    /// Since the store was last connected.
    failures: u32,
    /// For so many ticks others may take the lease.
    rest: u32,
    /// The revisions of the last two values that could not be read, one a key.
    unreadable: [u64; 2],
    /// Whether the store allows the two keys alone, so that each has a watch, on one stream.
    is_apart: bool,
    /// The last revision of the flag's key that was taken.
    flag_revision: u64,
    random: u64,
}

/// Another worker takes over at once, without waiting for the lease to end.
impl<D: SharedMap> Drop for EtcdFollower<D> {
    fn drop(&mut self) {
        self.stop();
    }
}

enum Phase {
    /// To begin after so many ticks.
    Idle(u32),
    Reading {
        read: Read,
        /// The generation in the shared map before etcd was asked.
        known: u64,
    },
    Watching {
        stream: CallId,
        /// The revision that was read, from which on it watches: etcd 3.7 gives no sign of life
        /// before it has reached the revision that a watch begins at.
        read: u64,
        created: bool,
        /// How many ticks ago the last message came.
        silence: u32,
    },
}

/// What comes of a step; an error is why the store counts as lost.
type Step = Result<(), Box<dyn Error>>;

/// So many ticks without a sign of life, and the store counts as lost.
const MAX_SILENCE: u32 = 6;

/// A new attempt begins within so many ticks.
const MAX_BACK_OFF: u32 = 4;

/// After so many failures in a row another worker gets a turn: it may be configured better.
const FAILURES_PER_TURN: u32 = 3;

/// After its turn a worker takes the lease again when for so many ticks nobody else did.
const REST: u32 = 2;

/// What a store says that does not allow what is asked for.
const DENIED: &str = "permission denied";

/// Ends the watch of a member that has lost the others.
const REQUIRE_LEADER: (&str, &[u8]) = ("hasleader", b"true");

impl<D: SharedMap> EtcdFollower<D> {
    /// Begins at the first tick; `random` is what back-off is jittered by.
    pub fn new(etcd: Rc<Etcd<D>>, random: u64) -> Self {
        Self {
            etcd,
            phase: Phase::Idle(0),
            notices: Notices::new(),
            doomed: Vec::new(),
            failures: 0,
            rest: 0,
            unreadable: [0; 2],
            is_apart: false,
            flag_revision: 0,
            // Xorshift stays at 0.
            random: random | 1,
        }
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

    fn read(&mut self, now: Timestamp) -> Step {
        let known = self.etcd.latest().generation;
        let deadline = now.plus_millis(self.etcd.settings.timeout_ms);
        let read = Read::begin(&self.etcd, deadline, now)?;
        self.phase = Phase::Reading { read, known };
        Ok(())
    }

    fn answer(&mut self, answer: Result<&[u8], CallError>, now: Timestamp) -> Step {
        let Phase::Reading { read, known } = &mut self.phase else {
            return Ok(());
        };
        let known = *known;
        let Some(answers) = read.on_answer(&self.etcd, answer, now) else {
            return Ok(());
        };
        let (flag, revocation) = answers?;
        let read = Keys::decode(&flag, revocation, self.etcd.keys())?;
        self.take(&read, known, now)?;
        self.watch(read.revision)
    }

    fn watch(&mut self, read: u64) -> Step {
        let etcd = Rc::clone(&self.etcd);
        let cluster = &etcd.settings.cluster;
        let token = etcd.token();
        let mut metadata = vec![REQUIRE_LEADER];
        metadata.extend(token.as_ref().map(|token| ("token", token.as_slice())));
        let rpc = Rpc {
            cluster,
            method: WATCH,
            metadata,
        };
        let stream = etcd.client.open(rpc);
        let stream = stream.ok_or_else(|| CallError::no_cluster(cluster))?;
        self.phase = Phase::Watching {
            stream,
            read,
            created: false,
            silence: 0,
        };
        let keys = etcd.keys();
        let each = keys.map(|key| [key; 2]);
        let watched = if self.is_apart { &each[..] } else { &[keys] };
        let mut requests = watched.iter().map(|keys| watch_request(*keys, read));
        requests.try_for_each(|request| self.send(stream, &request))
    }

    fn send(&self, stream: CallId, message: &Message) -> Step {
        let is_sent = self.etcd.client.send(stream, message);
        is_sent
            .then_some(())
            .ok_or_else(|| "the watch is gone".into())
    }

    fn watched(&mut self, message: Result<&[u8], CallError>, now: Timestamp) -> Step {
        let response = WatchResponse::decode(message?)?;
        if let Some(reason) = response.canceled {
            // A token that does not hold any more may be the cause.
            self.etcd.keep_token(b"");
            let reason = String::from_utf8_lossy(reason);
            if reason.contains(DENIED) && !self.is_apart {
                self.is_apart = true;
                return self.begin_anew(now);
            }
            return Err(format!("it canceled the watch: {reason:?}").into());
        }
        let Phase::Watching {
            read,
            created,
            silence,
            ..
        } = &mut self.phase
        else {
            return Ok(());
        };
        let read = *read;
        *silence = 0;
        if response.created && !mem::replace(created, true) {
            self.failures = 0;
            self.etcd.lease.report(Connection::Made, 0);
            self.notices.push(Notice::Connected);
        }
        for event in response.events.iter().filter(|event| event.revision > read) {
            let Some(keys) = self.etcd.keys_after(event) else {
                continue;
            };
            if self.is_apart && self.is_overtaken(&keys) {
                return self.begin_anew(now);
            }
            self.take(&keys, 0, now)?;
        }
        Ok(())
    }

    /// Whether the other watch was faster than this news of the flag, which would be taken for what
    /// is known.
    fn is_overtaken(&self, keys: &Keys) -> bool {
        keys.flag != Presence::Nothing
            && keys.revision > self.flag_revision
            && keys.revision < self.etcd.latest().generation
    }

    fn begin_anew(&mut self, now: Timestamp) -> Step {
        self.close();
        self.read(now)
    }

    /// Takes over what the keys are.
    fn take(&mut self, keys: &Keys, known: u64, now: Timestamp) -> Step {
        let Decoded { state, unreadable } = self.etcd.state_of(keys, now);
        if keys.flag != Presence::Nothing {
            self.flag_revision = keys.revision;
        }
        for (revision, problem) in unreadable {
            if !self.unreadable.contains(&revision) {
                let [_, last] = self.unreadable;
                self.unreadable = [last, revision];
                let problem = problem.to_string();
                self.notices.push(Notice::Unreadable { revision, problem });
            }
        }
        // Where others are always faster, it is read again.
        Ok(self.etcd.state.adopt(&state, known)?)
    }

    /// What is to be reported of a step.
    fn report(&mut self, step: Step) -> Notices {
        if let Err(reason) = step {
            self.lose(reason.to_string());
        }
        mem::take(&mut self.notices)
    }

    /// The store is not connected: tries again, some ticks later, or leaves that to others.
    fn lose(&mut self, reason: String) {
        self.close();
        let bound = 2u32.saturating_pow(self.failures + 1).min(MAX_BACK_OFF);
        self.phase = Phase::Idle(self.random_below(bound));
        self.failures = self.failures.saturating_add(1);
        let hash = BuildHasherDefault::<DefaultHasher>::new().hash_one(&reason);
        let reported = self.etcd.lease.reported();
        // Another reason is news, too, but where they alternate only now and then.
        let is_news = reported == 0 || self.failures.is_power_of_two() && reported != hash;
        let known = if is_news { hash } else { reported };
        self.etcd.lease.report(Connection::Lost, known);
        if self.failures.is_multiple_of(FAILURES_PER_TURN) {
            self.etcd.lease.release();
            self.phase = Phase::Idle(0);
            self.rest = REST;
        }
        if is_news {
            self.notices.push(Notice::Lost(reason));
        }
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

impl<D: SharedMap> Follower for EtcdFollower<D> {
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
        let step = match &mut self.phase {
            Phase::Idle(0) => self.read(now),
            Phase::Idle(ticks) => {
                *ticks -= 1;
                Ok(())
            }
            // The host ends it in time.
            Phase::Reading { .. } => Ok(()),
            Phase::Watching {
                silence: MAX_SILENCE..,
                ..
            } => Err("it gives no sign of life".into()),
            Phase::Watching {
                stream, silence, ..
            } => {
                *silence += 1;
                let stream = *stream;
                self.send(stream, &progress_request())
            }
        };
        self.report(step)
    }

    fn on_answer(
        &mut self,
        id: CallId,
        answer: Result<&[u8], CallError>,
        now: Timestamp,
    ) -> Notices {
        let has_ended = answer.is_err();
        let step = match &self.phase {
            Phase::Reading { read, .. } if read.awaits(id) => self.answer(answer, now),
            Phase::Watching { stream, .. } if *stream == id => self.watched(answer, now),
            _ => Ok(()),
        };
        let notices = self.report(step);
        for stream in self
            .doomed
            .extract_if(.., |doomed| has_ended && *doomed == id)
        {
            // The host forgets it only now that this end is closed, too.
            self.etcd.client.cancel(stream);
        }
        notices
    }
}
