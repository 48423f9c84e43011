//! What may make an Envoy late.

use std::time::Duration;

use crate::clock::{Moment, now};

/// How soon an Envoy obeys a change that another has acknowledged, if nothing disturbs it:
/// milliseconds, but on a machine that is busy with something else.
const PROPAGATION: Duration = Duration::from_secs(1);

/// Why an Envoy may be late to obey a change that another has acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// etcd is down.
    Outage,
    /// This Envoy takes another configuration, which may end the VM that follows etcd, and
    /// answers the requests that wait.
    Update(usize),
}

impl Cause {
    /// How long an Envoy may be late after it, as the reference says.
    fn grace(self) -> Duration {
        match self {
            Self::Outage => Duration::from_secs(5),
            Self::Update(_) => Duration::from_secs(3),
        }
    }

    fn affects(self, envoy: usize) -> bool {
        match self {
            Self::Outage => true,
            Self::Update(updated) => updated == envoy,
        }
    }
}

/// All of them, in the order in which they began.
#[derive(Debug, Default)]
pub(super) struct Disturbances(Vec<Disturbance>);

#[derive(Debug)]
struct Disturbance {
    cause: Cause,
    began: Moment,
    ended: Option<Moment>,
}

impl Disturbance {
    /// When every Envoy has caught up; `None` as long as it goes on.
    fn over(&self) -> Option<Moment> {
        Some(self.ended? + self.cause.grace())
    }
}

impl Disturbances {
    pub(super) fn begin(&mut self, cause: Cause) -> usize {
        self.0.push(Disturbance {
            cause,
            began: now(),
            ended: None,
        });
        self.0.len() - 1
    }

    pub(super) fn end(&mut self, number: usize) {
        self.0[number].ended = Some(now());
    }

    pub(super) fn was_down(&self, since: Moment) -> bool {
        self.0
            .iter()
            .filter(|disturbance| disturbance.cause == Cause::Outage)
            .any(|outage| outage.over().is_none_or(|over| since <= over))
    }

    /// Whether an Envoy took another configuration while a request was under way, or shortly
    /// before.
    pub(super) fn interrupt(&self, envoy: usize, sent: Moment, answered: Moment) -> bool {
        self.0
            .iter()
            .filter(|disturbance| disturbance.cause == Cause::Update(envoy))
            .filter(|update| update.began <= answered)
            .any(|update| update.over().is_none_or(|over| sent <= over))
    }

    /// When an Envoy has to obey a change that another acknowledged then; `None` as long as
    /// that cannot be said.
    pub(super) fn due(&self, acknowledged: Moment, envoy: usize) -> Option<Moment> {
        let mut due = acknowledged + PROPAGATION;
        loop {
            let mut later = due;
            for disturbance in self
                .of(envoy)
                .filter(|disturbance| disturbance.began <= due)
            {
                let over = disturbance.over()?;
                if acknowledged <= over {
                    later = later.max(over);
                }
            }
            if later == due {
                return Some(due);
            }
            due = later;
        }
    }

    /// What excuses an Envoy that does not obey yet, and since when it could have obeyed, but
    /// for that.
    pub(super) fn excuse(
        &self,
        acknowledged: Moment,
        sent: Moment,
        envoy: usize,
    ) -> Option<(Cause, Moment)> {
        let last = self
            .of(envoy)
            .filter(|disturbance| disturbance.began <= sent)
            .filter(|disturbance| disturbance.over().is_none_or(|over| acknowledged <= over))
            .max_by_key(|disturbance| disturbance.ended.unwrap_or(sent))?;
        let ended = last.ended.unwrap_or(sent);
        Some((last.cause, acknowledged.max(ended)))
    }

    fn of(&self, envoy: usize) -> impl Iterator<Item = &Disturbance> {
        self.0
            .iter()
            .filter(move |disturbance| disturbance.cause.affects(envoy))
    }
}
