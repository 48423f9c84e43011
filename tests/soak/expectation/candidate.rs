//! How a change explains an answer.

use std::time::Duration;

use super::{
    Answer, Call,
    change::Change,
    ramp::Turn,
    setting::{Stretch, Verdict},
};
use crate::{
    clock::{Moment, after},
    load::RETRY_AFTER,
    windows::Windows,
};

/// A moment is that of a request, the filter's is a whole millisecond.
pub(super) const ROUNDING: Duration = Duration::from_millis(1);

/// A change that may have been in force for an Envoy while a request was under way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate<'h> {
    pub number: usize,
    pub change: &'h Change,
    pub from: Moment,
    pub to: Moment,
}

/// How a change explains an answer.
pub(super) enum Fit {
    /// It does.
    Plain,
    /// It does if this is the turn of the client.
    Turn(Turn),
    /// It does if the request has waited so long.
    Waited,
}

impl Candidate<'_> {
    pub(super) fn hold(&self) -> Option<Duration> {
        self.change.hold()
    }

    /// How it explains an answer, in each stretch of its time in which it may.
    pub(super) fn fits(&self, answer: Answer, windows: Windows) -> Vec<Fit> {
        let Some(setting) = self.change.setting() else {
            return Vec::from_iter(self.may_fit(answer));
        };
        let stretches = setting.stretches(windows, self.from, self.to);
        let fits = stretches.iter().filter_map(|it| self.fit(answer, it));
        fits.collect()
    }

    fn fit(&self, answer: Answer, stretch: &Stretch) -> Option<Fit> {
        let Stretch { from, to, verdict } = *stretch;
        let is_right = match (answer, verdict) {
            (Answer::Set(number), Verdict::Set) if number == self.number => {
                return Some(match self.hold() {
                    Some(_) => Fit::Waited,
                    None => Fit::Plain,
                });
            }
            (Answer::Turn { .. }, Verdict::Opening(line)) => {
                return Some(Fit::Turn(Turn {
                    line,
                    after: line.start,
                    by: to,
                }));
            }
            (Answer::Configured { retry_after }, Verdict::Opening(line)) => {
                // The whole seconds, rounded up.
                return Some(Fit::Turn(Turn {
                    line,
                    after: from + Duration::from_secs(retry_after.checked_sub(1)?),
                    by: to + Duration::from_secs(retry_after),
                }));
            }
            (Answer::Window { retry_after, until }, Verdict::Window(window)) => {
                let left = |moment: Moment| after(moment, window.end);
                let rounded_up = Duration::from_secs(retry_after);
                let may_be_left = left(to) <= rounded_up
                    && rounded_up < left(from) + ROUNDING + Duration::from_secs(1);
                until.is_none_or(|until| until == window.end) && may_be_left
            }
            (Answer::Configured { retry_after }, Verdict::Initial) => retry_after == RETRY_AFTER,
            (Answer::Open { announced, .. }, Verdict::Open(window)) => announced == window,
            _ => false,
        };
        is_right.then_some(Fit::Plain)
    }

    /// The same where nobody knows what it has become.
    fn may_fit(&self, answer: Answer) -> Option<Fit> {
        let may_be = match answer {
            Answer::Set(number) => number == self.number,
            Answer::Open { .. } => !matches!(self.change.call, Call::Reset),
            Answer::Turn { .. } => matches!(self.change.call, Call::Off { ramp: Some(_) }),
            Answer::Configured { .. } => !matches!(self.change.call, Call::On { .. }),
            Answer::Window { .. } => true,
            Answer::Exempt(_) => false,
        };
        may_be.then_some(Fit::Plain)
    }
}
