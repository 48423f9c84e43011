//! The changes of a site, and what they mean for an answer.

use std::time::Instant;

use super::{
    Answer, Exchange, Lags,
    disturbance::{Cause, Disturbances},
};

#[derive(Debug)]
pub(super) struct History {
    pub(super) changes: Vec<Change>,
    pub(super) disturbances: Disturbances,
    pub(super) lags: Lags,
}

#[derive(Debug)]
pub(super) struct Change {
    on: bool,
    /// The Envoy that was asked.
    by: usize,
    asked: Instant,
    pub(super) outcome: Outcome,
    pub(super) was_seen: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Pending,
    Acknowledged(Instant),
    Refused,
    Unknown,
}

impl History {
    /// Maintenance is off.
    pub(super) fn new() -> Self {
        let mut history = Self {
            changes: Vec::new(),
            disturbances: Disturbances::default(),
            lags: Lags::default(),
        };
        let first = history.ask(false, 0);
        history.changes[first].outcome = Outcome::Acknowledged(Instant::now());
        history
    }

    pub(super) fn ask(&mut self, on: bool, envoy: usize) -> usize {
        self.changes.push(Change {
            on,
            by: envoy,
            asked: Instant::now(),
            outcome: Outcome::Pending,
            was_seen: false,
        });
        self.changes.len() - 1
    }

    pub(super) fn judge(&mut self, exchange: Exchange, answer: Answer) -> Result<(), String> {
        let obeyed = self
            .newest(exchange, answer)
            .ok_or_else(|| format!("no change explains {answer:?}; the last: {}", self.last()))?;
        if let Answer::Blocked(number) = answer {
            self.changes[number].was_seen = true;
        }
        let mut late = None;
        for (number, change) in self.changes.iter().enumerate().skip(obeyed + 1) {
            let Some(acknowledged) = change.acknowledged().filter(|&at| at < exchange.sent) else {
                continue;
            };
            let due = if change.by == exchange.envoy {
                Some(acknowledged)
            } else {
                self.disturbances.due(acknowledged, exchange.envoy)
            };
            if due.is_some_and(|due| due < exchange.sent) {
                return Err(format!(
                    "{answer:?} obeys change {obeyed} at best, though Envoy {} acknowledged \
                     {number} {:?} before Envoy {} was asked; the last: {}",
                    change.by,
                    exchange.sent - acknowledged,
                    exchange.envoy,
                    self.last()
                ));
            }
            late = late.or(Some(acknowledged));
        }
        if let Some(acknowledged) = late {
            self.measure(exchange, acknowledged);
        }
        Ok(())
    }

    /// The newest change by which a request may have been answered so.
    fn newest(&self, exchange: Exchange, answer: Answer) -> Option<usize> {
        let mut changes = self.changes.iter().enumerate().rev();
        changes.find_map(|(number, change)| {
            let fits = match answer {
                Answer::Passed => !change.on,
                Answer::Blocked(by) => change.on && number == by,
            };
            let may_be_made =
                change.asked <= exchange.answered && change.outcome != Outcome::Refused;
            (fits && may_be_made).then_some(number)
        })
    }

    /// How late the answer is, to a change that was acknowledged before the request.
    fn measure(&mut self, exchange: Exchange, acknowledged: Instant) {
        let Exchange { envoy, sent, .. } = exchange;
        let (worst, since) = match self.disturbances.excuse(acknowledged, sent, envoy) {
            None => (&mut self.lags.steady, acknowledged),
            Some((Cause::Update(_), since)) => (&mut self.lags.after_update, since),
            Some((Cause::Outage, since)) => (&mut self.lags.after_outage, since),
        };
        *worst = (*worst).max(sent.saturating_duration_since(since));
    }

    /// The last changes, for who has to find out what happened.
    fn last(&self) -> String {
        let last = self.changes.iter().enumerate().rev().take(4);
        last.map(|(number, change)| {
            let flag = if change.on { "on" } else { "off" };
            let outcome = match change.outcome {
                Outcome::Acknowledged(at) => format!("acknowledged {:?} ago", at.elapsed()),
                other => format!("{other:?}"),
            };
            format!(
                "\n    {number}: {flag} by Envoy {}, asked {:?} ago, {outcome}",
                change.by,
                change.asked.elapsed()
            )
        })
        .collect()
    }
}

impl Change {
    fn acknowledged(&self) -> Option<Instant> {
        match self.outcome {
            Outcome::Acknowledged(at) => Some(at),
            _ => None,
        }
    }
}
