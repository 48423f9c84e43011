//! What an answer may be, by the changes that were made before it and when.

mod answer;
mod call;
mod candidate;
mod change;
mod disturbance;
mod history;
mod ramp;
mod seen;
mod setting;

use std::{
    fmt, mem,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use serde::Serialize;

use self::history::History;
pub use self::{
    answer::{Answer, Exchange},
    call::Call,
    disturbance::Cause,
    seen::Seen,
    setting::{Setting, Told},
};
use crate::{clock::Moment, report::as_millis, run::Run, windows::Windows};

/// The changes of a site, in the order in which they are asked for, one after the other.
///
/// Which of them an answer may obey is known by when they were asked for and acknowledged, and
/// what that makes of a request by the clock: windows and slow openings go by it. So an answer
/// is judged once it is known what became of the change that was under way. One that was refused
/// was never made; one that nobody knows of may be made at any time, until the next acknowledged
/// one.
#[derive(Debug)]
pub struct Expectation {
    run: Arc<Run>,
    shared: Mutex<Shared>,
}

#[derive(Debug)]
struct Shared {
    history: History,
    /// Answers that are not judged yet, and what they are about.
    waiting: Vec<(Exchange, Answer, String)>,
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
    /// Of an Envoy with its own `off`: from the acknowledgement to the answer of a request that
    /// has waited for it.
    #[serde(rename = "release_ms", serialize_with = "as_millis")]
    pub release: Duration,
}

impl fmt::Display for Lags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "those that waited were answered within {:.1?} of the off; the other Envoy was late by up to \
             {:.1?}, after an update {:.1?}, after an outage {:.1?}",
            self.release, self.steady, self.after_update, self.after_outage
        )
    }
}

impl Expectation {
    /// Nothing was set.
    pub fn new(run: Arc<Run>, windows: Windows) -> Self {
        Self {
            run,
            shared: Mutex::new(Shared {
                history: History::new(windows),
                waiting: Vec::new(),
            }),
        }
    }

    /// An Envoy is about to be asked for a change; its number.
    pub fn ask(&self, call: Call, envoy: usize) -> usize {
        self.lock().history.ask(call, envoy)
    }

    /// The change was made, as an answer said at that time.
    ///
    /// # Errors
    /// The answer says something else of it than it must.
    pub fn acknowledge(&self, answered: Moment, told: Told) -> Result<(), String> {
        self.resolve(|history| history.acknowledge(answered, told))
    }

    /// The change was not made.
    pub fn refuse(&self) {
        self.resolve(History::refuse);
    }

    /// Nobody knows whether the change was made.
    pub fn doubt(&self) {
        self.resolve(History::doubt);
    }

    /// Something begins that may make an Envoy late; its number.
    pub fn disturb(&self, cause: Cause) -> usize {
        self.lock().history.disturbances.begin(cause)
    }

    /// It is over.
    pub fn settle(&self, disturbance: usize) {
        self.lock().history.disturbances.end(disturbance);
    }

    /// Whether etcd has been down since then, or shortly before.
    pub fn was_down(&self, since: Moment) -> bool {
        self.lock().history.disturbances.was_down(since)
    }

    /// Takes the answer to a request that nothing exempts. It is stale where no change explains
    /// it that may have been in force.
    pub fn judge(&self, exchange: Exchange, answer: Answer, about: String) {
        let mut shared = self.lock();
        if shared.history.is_pending() {
            shared.waiting.push((exchange, answer, about));
        } else if let Err(why) = shared.history.judge(exchange, answer) {
            self.run.report_stale(&format!("{about}: {why}"));
        }
    }

    /// How late the Envoys were.
    pub fn lags(&self) -> Lags {
        self.lock().history.lags
    }

    pub fn seen(&self) -> Seen {
        self.lock().history.seen.clone()
    }

    /// How slow openings let clients in, of which there are so many, where that is not evenly.
    pub fn uneven(&self, clients: usize) -> Option<String> {
        self.lock().history.uneven(clients)
    }

    /// What became of the last change is known.
    fn resolve<T>(&self, learn: impl FnOnce(&mut History) -> T) -> T {
        let mut shared = self.lock();
        let learnt = learn(&mut shared.history);
        for (exchange, answer, about) in mem::take(&mut shared.waiting) {
            if let Err(why) = shared.history.judge(exchange, answer) {
                self.run.report_stale(&format!("{about}: {why}"));
            }
        }
        learnt
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap()
    }
}
