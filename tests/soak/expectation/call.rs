//! What the toggler asks for.

use std::time::Duration;

/// A change that is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    On {
        /// How long requests wait for its end, if they do.
        hold: Option<Duration>,
        /// How long it lasts, if it ends by itself.
        lasts: Option<Duration>,
    },
    Off {
        /// How long it takes until all pass, if it is slow.
        ramp: Option<Duration>,
    },
    Reset,
}

impl Call {
    pub const ON: Self = Self::On {
        hold: None,
        lasts: None,
    };
    pub const OFF: Self = Self::Off { ramp: None };

    pub const fn holding(seconds: u64) -> Self {
        Self::On {
            hold: Some(Duration::from_secs(seconds)),
            lasts: None,
        }
    }

    pub const fn lasting(seconds: u64) -> Self {
        Self::On {
            hold: None,
            lasts: Some(Duration::from_secs(seconds)),
        }
    }

    pub const fn ramp(seconds: u64) -> Self {
        Self::Off {
            ramp: Some(Duration::from_secs(seconds)),
        }
    }
}
