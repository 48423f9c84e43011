//! How long requests wait for the end of maintenance.

use serde::de::{Error, Unexpected};
use serde::{Deserialize, Deserializer, Serialize};

use crate::state::given::Given;
use crate::syntax::duration;
use crate::syntax::json::Json;

/// Seconds that a request waits for the end, at most [`Hold::MAX_SECONDS`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Hold(u64);

impl Hold {
    /// Less than the 300 seconds after which a proxy ends a stream on which nothing moves, unless
    /// it is told otherwise.
    pub const MAX_SECONDS: u64 = 240;

    /// So many seconds; `None` where they are too many.
    pub fn new(seconds: u64) -> Option<Self> {
        (seconds <= Self::MAX_SECONDS).then_some(Self(seconds))
    }

    /// In milliseconds; 0 where nothing waits.
    pub fn millis(self) -> u64 {
        self.0 * 1000
    }
}

impl Given for Hold {
    const VALUE: &'static str = "DURATION";
    const EXPECTED: &'static str = "a duration of at most 240 seconds, like 30s or 2m";

    fn parse(text: &str) -> Option<Self> {
        Self::new(duration::parse(text)?)
    }
}

impl<'de> Deserialize<'de> for Hold {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Json::deserialize(deserializer)? {
            Json::Unsigned(seconds) => Self::new(seconds).ok_or_else(|| {
                Error::invalid_value(Unexpected::Unsigned(seconds), &Self::EXPECTED)
            }),
            other => Err(other.unexpected(&Self::EXPECTED)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_up_to_four_minutes() {
        for (text, millis) in [
            ("0", Some(0)),
            ("240", Some(240_000)),
            ("4m", Some(240_000)),
            ("241", None),
            ("4m1s", None),
            ("-1", None),
            ("", None),
        ] {
            assert_eq!(Hold::parse(text).map(Hold::millis), millis, "{text}");
        }
        for (json, is_read) in [("240", true), ("241", false), ("\"20s\"", false)] {
            assert_eq!(
                serde_json::from_str::<Hold>(json).is_ok(),
                is_read,
                "{json}"
            );
        }
    }
}
