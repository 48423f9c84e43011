//! Answers, as the expectation sees them.

use crate::{clock::Moment, load::Exemption, windows::Window};

/// What became of a request, as its answer says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It passed while maintenance was off, and the upstream learnt of this window.
    Open {
        was_held: bool,
        announced: Option<Window>,
    },
    /// It passed in a slow opening.
    Turn { was_held: bool },
    /// It passed while maintenance was on.
    Exempt(Exemption),
    /// The change of this number blocked it.
    Set(usize),
    /// A window blocked it.
    Window {
        retry_after: u64,
        until: Option<Moment>,
    },
    /// It was blocked with what the configuration says, as before a turn or by `initial`.
    Configured { retry_after: u64 },
}

/// When a request was under way, whose it was, and to which Envoy of the site.
#[derive(Clone, Copy, Debug)]
pub struct Exchange {
    pub envoy: usize,
    pub client: usize,
    pub sent: Moment,
    pub answered: Moment,
}

impl Answer {
    pub const fn is_blocked(self) -> bool {
        matches!(
            self,
            Self::Set(_) | Self::Window { .. } | Self::Configured { .. }
        )
    }

    pub const fn was_held(self) -> bool {
        matches!(
            self,
            Self::Open { was_held: true, .. } | Self::Turn { was_held: true }
        )
    }
}
