//! Durations.

use serde::de::{Error, Unexpected};
use serde::{Deserialize, Deserializer};

use crate::syntax::duration;
use crate::syntax::json::Json;

/// Seconds, written as their number or like `1h30m`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seconds(pub u64);

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
