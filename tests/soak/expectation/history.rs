//! The changes of a site, and what they mean for an answer.

use std::time::Duration;

use super::{
    Answer, Call, Exchange, Lags, Seen, Setting, Told,
    candidate::{Candidate, Fit, ROUNDING},
    change::{Change, Outcome},
    disturbance::{Cause, Disturbances},
    ramp::Shares,
    setting::Verdict,
};
use crate::{
    clock::{Moment, after, now},
    windows::Windows,
};

/// No request takes longer that nothing stops. Those that wait are let in within 0.2 seconds, but
/// on a machine that is busy with something else.
const PATIENCE: Duration = Duration::from_secs(2);

#[derive(Debug)]
pub(super) struct History {
    windows: Windows,
    changes: Vec<Change>,
    shares: Shares,
    pub(super) disturbances: Disturbances,
    pub(super) lags: Lags,
    pub(super) seen: Seen,
}

impl History {
    /// Nothing was set.
    pub(super) fn new(windows: Windows) -> Self {
        let mut history = Self {
            windows,
            changes: Vec::new(),
            shares: Shares::default(),
            disturbances: Disturbances::default(),
            lags: Lags::default(),
            seen: Seen::default(),
        };
        let first = history.ask(Call::Reset, 0);
        history.changes[first].outcome = Outcome::Acknowledged(now(), Setting::Reset);
        history
    }

    pub(super) fn ask(&mut self, call: Call, envoy: usize) -> usize {
        self.changes.push(Change {
            call,
            by: envoy,
            asked: now(),
            outcome: Outcome::Pending,
        });
        self.changes.len() - 1
    }

    /// Whether it is not known yet what became of the last change.
    pub(super) fn is_pending(&self) -> bool {
        let last = self.changes.last();
        last.is_some_and(|change| change.outcome == Outcome::Pending)
    }

    pub(super) fn acknowledge(&mut self, answered: Moment, told: Told) -> Result<(), String> {
        let before = self.changes.iter().rev().find_map(Change::setting).unwrap();
        let change = self.changes.last_mut().unwrap();
        let opening = self.shares.next();
        let setting = Setting::new(change.call, told, &before, self.windows, opening)
            .inspect_err(|_| change.outcome = Outcome::Unknown)?;
        change.outcome = Outcome::Acknowledged(answered, setting);
        self.note(before, setting, answered, opening);
        Ok(())
    }

    /// What a change does to a slow opening.
    fn note(&mut self, before: Setting, setting: Setting, at: Moment, opening: usize) {
        let seen = &mut self.seen;
        let ramp = |setting: Setting| match setting {
            Setting::Off { ramp, .. } => ramp,
            _ => None,
        };
        let Some(line) = ramp(setting) else {
            let was_opening = before.opening(self.windows, at).is_some();
            match setting {
                Setting::On { .. } => seen.closed += usize::from(was_opening),
                Setting::Off { .. } => seen.opened_at_once += usize::from(was_opening),
                Setting::Reset => {}
            }
            return;
        };
        if line.opening == opening {
            self.shares.begin();
            seen.openings += 1;
        } else if ramp(before) == Some(line) {
            seen.unchanged += 1;
        } else {
            seen.hastened += 1;
        }
    }

    pub(super) fn refuse(&mut self) {
        self.changes.last_mut().unwrap().outcome = Outcome::Refused;
    }

    pub(super) fn doubt(&mut self) {
        self.changes.last_mut().unwrap().outcome = Outcome::Unknown;
    }

    pub(super) fn uneven(&self, clients: usize) -> Option<String> {
        self.shares.uneven(clients)
    }

    pub(super) fn judge(&mut self, exchange: Exchange, answer: Answer) -> Result<(), String> {
        let candidates = self.candidates(exchange);
        if candidates
            .iter()
            .any(|open| self.was_kept_waiting(open, exchange))
        {
            let explained = self.explain(exchange, answer, &candidates);
            return Err(format!("it was not let in in time: {explained}"));
        }
        let shortest = candidates.iter().filter_map(Candidate::hold).min();
        let has_waited = shortest.is_some_and(|hold| self.has_waited(hold, exchange));
        let mut obeyed = None;
        let mut turns = Vec::new();
        for candidate in &candidates {
            for fit in candidate.fits(answer, self.windows) {
                match fit {
                    _ if answer.was_held() && shortest.is_none() => continue,
                    Fit::Waited if !has_waited => continue,
                    Fit::Turn(turn) if !self.shares.allow(exchange.client, &turn) => continue,
                    Fit::Turn(turn) => turns.push(turn),
                    Fit::Waited | Fit::Plain => {}
                }
                obeyed = obeyed.or(Some(candidate.number));
            }
        }
        let obeyed = obeyed.ok_or_else(|| self.explain(exchange, answer, &candidates))?;
        self.shares.learn(exchange.client, &turns);
        self.see(obeyed, exchange, answer);
        self.measure(obeyed, exchange);
        Ok(())
    }

    /// Those changes of which one decided on a request, the newest first.
    ///
    /// From its acknowledgement on, a change holds for every request to the Envoy that gave it,
    /// and from a little later for every request to the others.
    fn candidates(&self, exchange: Exchange) -> Vec<Candidate<'_>> {
        let mut candidates = Vec::new();
        let mut to = exchange.answered;
        for (number, change) in self.changes.iter().enumerate().rev() {
            if change.asked > exchange.answered || change.outcome == Outcome::Refused {
                continue;
            }
            let from = exchange.sent.max(change.asked);
            if from <= to {
                candidates.push(Candidate {
                    number,
                    change,
                    from,
                    to,
                });
            }
            if let Some(due) = self.due(change, exchange.envoy) {
                to = to.min(due);
            }
            if to < exchange.sent {
                break;
            }
        }
        candidates
    }

    /// Whether a request has waited to the end of its time, or to that of its configuration.
    fn has_waited(&self, hold: Duration, exchange: Exchange) -> bool {
        let Exchange {
            envoy,
            sent,
            answered,
            ..
        } = exchange;
        answered - sent + ROUNDING >= hold || self.disturbances.interrupt(envoy, sent, answered)
    }

    /// Whether a request has waited on while a change let all pass.
    fn was_kept_waiting(&self, candidate: &Candidate<'_>, exchange: Exchange) -> bool {
        let Candidate { number, change, .. } = candidate;
        let (Some(setting), Some(due)) = (change.setting(), self.due(change, exchange.envoy))
        else {
            return false;
        };
        let later = self.changes[number + 1..].iter();
        let next = later.map(|change| change.asked).next();
        let from = due.max(exchange.sent);
        let to = next.map_or(exchange.answered, |next| next.min(exchange.answered));
        to - from > PATIENCE
            && setting
                .stretches(self.windows, from, to)
                .iter()
                .any(|it| matches!(it.verdict, Verdict::Open(_)) && it.to - it.from > PATIENCE)
    }

    /// From when on an Envoy obeys a change, or a later one.
    fn due(&self, change: &Change, envoy: usize) -> Option<Moment> {
        let acknowledged = change.acknowledged()?;
        if change.by == envoy {
            Some(acknowledged)
        } else {
            self.disturbances.due(acknowledged, envoy)
        }
    }

    fn see(&mut self, obeyed: usize, exchange: Exchange, answer: Answer) {
        match answer {
            Answer::Set(_) => {
                let hold = self.changes[obeyed].hold();
                let took = exchange.answered - exchange.sent;
                self.seen.ran_out += usize::from(hold.is_some_and(|hold| took >= hold));
            }
            Answer::Window { retry_after, .. } => {
                let window = self.windows.at(exchange.sent);
                let window = window.or_else(|| self.windows.at(exchange.answered));
                self.seen.window(window, retry_after);
            }
            Answer::Open { was_held: true, .. } => {
                let off = &self.changes[obeyed];
                if off.call == Call::OFF
                    && off.by == exchange.envoy
                    && let Some(off) = off.acknowledged()
                {
                    let lag = after(off, exchange.answered);
                    self.lags.release = self.lags.release.max(lag);
                }
            }
            _ => {}
        }
    }

    /// How late the answer is, to a change that was acknowledged before the request.
    fn measure(&mut self, obeyed: usize, exchange: Exchange) {
        let Exchange { envoy, sent, .. } = exchange;
        let later = self.changes[obeyed + 1..].iter();
        let mut acknowledged = later.filter_map(Change::acknowledged);
        let Some(acknowledged) = acknowledged.find(|at| *at < sent) else {
            return;
        };
        let (worst, since) = match self.disturbances.excuse(acknowledged, sent, envoy) {
            None => (&mut self.lags.steady, acknowledged),
            Some((Cause::Update(_), since)) => (&mut self.lags.after_update, since),
            Some((Cause::Outage, since)) => (&mut self.lags.after_outage, since),
        };
        *worst = (*worst).max(after(since, sent));
    }

    /// What would have been right, for who has to find out what happened.
    fn explain(&self, exchange: Exchange, answer: Answer, candidates: &[Candidate<'_>]) -> String {
        let took = exchange.answered - exchange.sent;
        let client = self.shares.shown(exchange.client);
        let changes: String = candidates
            .iter()
            .map(|Candidate { number, change, .. }| {
                let asked = change.asked - exchange.sent;
                let outcome = match change.outcome {
                    Outcome::Acknowledged(at, setting) => {
                        let acknowledged = at - exchange.sent;
                        format!("acknowledged {acknowledged:.3} later, {setting:?}")
                    }
                    other => format!("{other:?}"),
                };
                format!(
                    "\n    {number}: {:?} by Envoy {}, asked {asked:.3} after it was sent, {outcome}",
                    change.call, change.by,
                )
            })
            .collect();
        format!(
            "{answer:?}, after {took:.3}, sent {} to Envoy {}; {client}; what may be obeyed:{changes}",
            exchange.sent, exchange.envoy,
        )
    }
}
