//! How keys are read: strictly, with an error that says what was expected.

use std::ops::RangeInclusive;

use serde::{Deserialize, Deserializer};

use crate::syntax::invalid::{Compiled, refuse};
use crate::syntax::json::Json;

/// An integer that is not negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Number(pub u64);

impl Number {
    /// The number, which is `unit` of a range; refuses one outside.
    pub fn within(self, range: RangeInclusive<u64>, unit: &str) -> Compiled<u64> {
        let Self(number) = self;
        if range.contains(&number) {
            return Ok(number);
        }
        let (first, last) = range.into_inner();
        refuse(format!("{number} is not {unit} from {first} to {last}"))
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Json::deserialize(deserializer)? {
            Json::Unsigned(number) => Ok(Self(number)),
            other => Err(other.unexpected(&"a whole number")),
        }
    }
}
