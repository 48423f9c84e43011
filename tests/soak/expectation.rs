//! What an answer may be, by the changes that were made before it and when.

mod disturbance;
mod history;

use std::{
    fmt,
    sync::{Mutex, MutexGuard},
    time::{Duration, Instant},
};

use serde::Serialize;

pub use self::disturbance::Cause;
use self::history::{History, Outcome};
use crate::report::as_millis;

/// The changes of a site, in the order in which they are asked for, one after the other.
///
/// From its acknowledgement on, a change holds for every request to the Envoy that gave it,
/// and from a little later for every request to the others. A request obeys the last change
/// that may have been made by then, or an earlier one if none that came between was due. A
/// change that was refused was never made; one that nobody knows of may be made at any time,
/// until the next acknowledged one.
#[derive(Debug)]
pub struct Expectation {
    history: Mutex<History>,
}

/// What became of a request, as its answer says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    Passed,
    /// By the change of this number.
    Blocked(usize),
}

/// When a request was under way, and to which Envoy of the site.
#[derive(Clone, Copy, Debug)]
pub struct Exchange {
    pub envoy: usize,
    pub sent: Instant,
    pub answered: Instant,
}

/// How late an Envoy was to obey a change of another, at worst.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Lags {
    /// Since the acknowledgement.
    #[serde(rename = "steady_ms", serialize_with = "as_millis")]
    pub steady: Duration,
    /// Since the acknowledgement or an update of the configuration, whichever came later.
    #[serde(rename = "after_update_ms", serialize_with = "as_millis")]
    pub after_update: Duration,
    /// Since the acknowledgement or the return of etcd, whichever came later.
    #[serde(rename = "after_outage_ms", serialize_with = "as_millis")]
    pub after_outage: Duration,
}

impl fmt::Display for Lags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the other Envoy was late by up to {:.1?}, after an update {:.1?}, after an outage {:.1?}",
            self.steady, self.after_update, self.after_outage
        )
    }
}

impl Expectation {
    /// Every Envoy lets requests pass.
    pub fn new() -> Self {
        Self {
            history: Mutex::new(History::new()),
        }
    }

    /// An Envoy is about to be asked for a change; its number.
    pub fn ask(&self, on: bool, envoy: usize) -> usize {
        self.lock().ask(on, envoy)
    }

    /// The change was made, as an answer said at that time.
    pub fn acknowledge(&self, change: usize, answered: Instant) {
        self.lock().changes[change].outcome = Outcome::Acknowledged(answered);
    }

    /// The change was not made.
    ///
    /// # Errors
    /// A request has met it.
    pub fn refuse(&self, change: usize) -> Result<(), String> {
        let change = &mut self.lock().changes[change];
        change.outcome = Outcome::Refused;
        if change.was_seen {
            return Err("a change was refused that a request has met".to_owned());
        }
        Ok(())
    }

    /// Nobody knows whether the change was made.
    pub fn doubt(&self, change: usize) {
        self.lock().changes[change].outcome = Outcome::Unknown;
    }

    /// Something begins that may make an Envoy late; its number.
    pub fn disturb(&self, cause: Cause) -> usize {
        self.lock().disturbances.begin(cause)
    }

    /// It is over.
    pub fn settle(&self, disturbance: usize) {
        self.lock().disturbances.end(disturbance);
    }

    /// Whether etcd has been down since then, or shortly before.
    pub fn was_down(&self, since: Instant) -> bool {
        self.lock().disturbances.was_down(since)
    }

    /// Takes the answer to a request that nothing exempts.
    ///
    /// # Errors
    /// It obeys no change that it may; what was expected.
    pub fn judge(&self, exchange: Exchange, answer: Answer) -> Result<(), String> {
        self.lock().judge(exchange, answer)
    }

    /// How late the Envoys were.
    pub fn lags(&self) -> Lags {
        self.lock().lags
    }

    fn lock(&self) -> MutexGuard<'_, History> {
        self.history.lock().unwrap()
    }
}
