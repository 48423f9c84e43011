//! Durations.

use serde::de::{Error, Unexpected};
use serde::{Deserialize, Deserializer};

use crate::config::number::Number;
use crate::syntax::duration;
use crate::syntax::invalid::Compiled;
use crate::syntax::json::Json;

const YEAR: u64 = 365 * 24 * 3600;
/// Longer than any maintenance.
const MAX_SECONDS: u64 = 100 * YEAR;

const SECONDS: &str = "a number of seconds";

/// Seconds, written as their number or like `1h30m`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seconds(pub u64);

impl Seconds {
    /// The number of them; refuses none, and more than any maintenance takes.
    pub fn checked(self) -> Compiled<u64> {
        Number(self.0).within(1..=MAX_SECONDS, SECONDS)
    }

    /// The number of them, `least` or more; refuses more than anybody is told to wait, a year.
    pub fn of_a_wait(self, least: u64) -> Compiled<u64> {
        Number(self.0).within(least..=YEAR, SECONDS)
    }
}

/// The seconds of `1h30m`; `None` for a number in quotes, which is no number.
pub(super) fn in_units(text: &str) -> Option<u64> {
    duration::parse(text).filter(|_| text.ends_with(['d', 'h', 'm', 's']))
}

impl<'de> Deserialize<'de> for Seconds {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let seconds = match Json::deserialize(deserializer)? {
            Json::Unsigned(seconds) => seconds,
            Json::String(text) => in_units(&text)
                .ok_or_else(|| Error::invalid_value(Unexpected::Str(&text), &duration::EXPECTED))?,
            other => return Err(other.unexpected(&duration::EXPECTED)),
        };
        Ok(Self(seconds))
    }
}
