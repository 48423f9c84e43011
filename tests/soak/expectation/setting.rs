//! What is in force, and what it makes of requests.

use std::time::Duration;

use super::{Call, ramp::Line};
use crate::{
    clock::Moment,
    windows::{Window, Windows},
};

/// What a change set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Setting {
    On {
        hold: Option<Duration>,
        until: Option<Moment>,
    },
    Off {
        since: Moment,
        ramp: Option<Line>,
    },
    Reset,
}

/// What the answer to a change says of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told {
    pub since: Option<Moment>,
    pub until: Option<Moment>,
    pub ramp_until: Option<Moment>,
}

/// What becomes of a request that nothing exempts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Verdict {
    /// Blocked by what was set.
    Set,
    Window(Window),
    /// Blocked by `initial`.
    Initial,
    /// It passes if its turn has come.
    Opening(Line),
    /// The upstream learns of this window.
    Open(Option<Window>),
}

/// A time in which the verdict is the same.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stretch {
    pub from: Moment,
    pub to: Moment,
    pub verdict: Verdict,
}

impl Setting {
    /// What a call sets after what was set before; a slow opening that begins has this number.
    ///
    /// # Errors
    /// The answer says something else.
    pub(super) fn new(
        call: Call,
        told: Told,
        before: &Self,
        windows: Windows,
        opening: usize,
    ) -> Result<Self, String> {
        let since = || told.since.ok_or_else(|| format!("{told:?}, without since"));
        let (setting, expected) = match call {
            Call::On { hold, lasts } => {
                let since = since()?;
                let until = lasts.map(|lasts| since + lasts);
                let expected = Told { until, ..told };
                (Self::On { hold, until }, expected)
            }
            Call::Off { ramp } => {
                let since = since()?;
                let ramp =
                    ramp.and_then(|length| before.opened(since, since + length, windows, opening));
                let ramp_until = ramp.map(|line| line.until);
                let expected = Told { ramp_until, ..told };
                (Self::Off { since, ramp }, expected)
            }
            Call::Reset => (Self::Reset, told),
        };
        if told == expected {
            Ok(setting)
        } else {
            Err(format!("{told:?}, {expected:?} is right after {before:?}"))
        }
    }

    /// The slow opening that another that ends then makes of this. Only one that ends earlier
    /// changes the one under way.
    fn opened(
        &self,
        since: Moment,
        until: Moment,
        windows: Windows,
        opening: usize,
    ) -> Option<Line> {
        match *self {
            Self::Off { since: same, ramp } if same == since => ramp,
            Self::Off {
                ramp: Some(line), ..
            } if since < line.until => (until < line.until).then(|| line.hastened(since, until)),
            _ => self
                .blocks(windows, since)
                .then(|| Line::new(opening, since, until)),
        }
    }

    fn blocks(&self, windows: Windows, at: Moment) -> bool {
        matches!(
            self.verdict(windows, at),
            Verdict::Set | Verdict::Window(_) | Verdict::Initial
        )
    }

    /// The slow opening that is under way then.
    pub(super) fn opening(&self, windows: Windows, at: Moment) -> Option<Line> {
        match self.verdict(windows, at) {
            Verdict::Opening(line) => Some(line),
            _ => None,
        }
    }

    fn verdict(&self, windows: Windows, at: Moment) -> Verdict {
        if let Self::On { until, .. } = self
            && until.is_none_or(|until| at < until)
        {
            return Verdict::Set;
        }
        let is_audible = |window: &Window| match self {
            Self::Off { since, .. } => *since < window.begin,
            _ => true,
        };
        if let Some(window) = windows.at(at).filter(is_audible) {
            return Verdict::Window(window);
        }
        match self {
            Self::Reset => Verdict::Initial,
            Self::Off {
                ramp: Some(line), ..
            } if at < line.until => Verdict::Opening(*line),
            _ => Verdict::Open(windows.announced(at)),
        }
    }

    /// From one moment to another.
    pub(super) fn stretches(&self, windows: Windows, from: Moment, to: Moment) -> Vec<Stretch> {
        let own = match self {
            Self::On { until, .. } => *until,
            Self::Off { ramp, .. } => ramp.map(|line| line.until),
            Self::Reset => None,
        };
        let own = own.filter(|own| (from..=to).contains(own));
        let mut begins: Vec<Moment> = [from]
            .into_iter()
            .chain(own)
            .chain(windows.changes(from, to))
            .collect();
        begins.sort_unstable();
        let ends = begins.iter().skip(1).copied().chain([to]);
        let stretches = begins.iter().zip(ends).map(|(&from, to)| Stretch {
            from,
            to,
            verdict: self.verdict(windows, from),
        });
        stretches.collect()
    }
}
