//! One time that a window is open.

use crate::syntax::timestamp::Timestamp;

/// One time that a window is open: from its begin to before its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Occurrence {
    /// `None` if it has always been open.
    pub begin: Option<Timestamp>,
    /// When it ends.
    pub end: End,
}

/// When something ends, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum End {
    /// At a moment.
    At(Timestamp),
    /// Never.
    Never,
}

impl Occurrence {
    /// Whether it is open.
    pub fn covers(&self, now: Timestamp) -> bool {
        self.begin <= Some(now) && End::At(now) < self.end
    }

    /// Whether it began later than it was silenced.
    pub fn is_audible(&self, silenced_at: Option<Timestamp>) -> bool {
        silenced_at.is_none() || self.begin > silenced_at
    }
}

impl End {
    /// The moment, if there is one.
    pub fn at(self) -> Option<Timestamp> {
        match self {
            Self::At(end) => Some(end),
            Self::Never => None,
        }
    }
}
