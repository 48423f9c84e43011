//! Durations.

use serde::de::{Error, Unexpected};
use serde::{Deserialize, Deserializer};

use crate::syntax::duration;
use crate::syntax::json::Json;

/// Seconds, written as their number or like `1h30m`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seconds(pub u64);

impl<'de> Deserialize<'de> for Seconds {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let seconds = match Json::deserialize(deserializer)? {
            Json::Unsigned(seconds) => seconds,
            Json::String(text) => duration::parse(&text)
                .ok_or_else(|| Error::invalid_value(Unexpected::Str(&text), &duration::EXPECTED))?,
            other => return Err(other.unexpected(&duration::EXPECTED)),
        };
        Ok(Self(seconds))
    }
}
