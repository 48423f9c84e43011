//! JSON as a tree.

use std::{fmt, iter};

use serde::de::{Error, Expected, MapAccess, SeqAccess, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::error::Error as SyntaxError;

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A whole number that is not negative.
    Unsigned(u64),
    /// A whole number that is negative.
    Negative(i64),
    /// Any other number.
    Fraction,
    /// A string.
    String(String),
    /// A list.
    List(Vec<Json>),
    /// An object, in the order it was written; keys may be repeated.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// Reads a text.
    ///
    /// # Errors
    /// It is not JSON; the error names line and column.
    pub fn parse(text: &[u8]) -> Result<Self, SyntaxError> {
        serde_json::from_slice(text)
    }

    /// The error of a reader that expected something else.
    #[cold]
    pub(crate) fn unexpected<E: Error>(&self, expected: &dyn Expected) -> E {
        let unexpected = match self {
            Self::Null => Unexpected::Unit,
            Self::Bool(bit) => Unexpected::Bool(*bit),
            Self::Unsigned(number) => Unexpected::Unsigned(*number),
            Self::Negative(number) => Unexpected::Signed(*number),
            Self::Fraction => Unexpected::Other("a number that is not whole"),
            Self::String(text) => Unexpected::Str(text),
            Self::List(_) => Unexpected::Seq,
            Self::Object(_) => Unexpected::Map,
        };
        E::invalid_type(unexpected, expected)
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Tree;

        impl<'de> Visitor<'de> for Tree {
            type Value = Json;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("JSON")
            }

            fn visit_unit<E>(self) -> Result<Json, E> {
                Ok(Json::Null)
            }

            fn visit_bool<E>(self, bit: bool) -> Result<Json, E> {
                Ok(Json::Bool(bit))
            }

            fn visit_u64<E>(self, number: u64) -> Result<Json, E> {
                Ok(Json::Unsigned(number))
            }

            fn visit_i64<E>(self, number: i64) -> Result<Json, E> {
                Ok(Json::Negative(number))
            }

            fn visit_f64<E>(self, _: f64) -> Result<Json, E> {
                Ok(Json::Fraction)
            }

            fn visit_str<E>(self, text: &str) -> Result<Json, E> {
                Ok(Json::String(text.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Json, A::Error> {
                let values = iter::from_fn(|| list.next_element().transpose());
                values.collect::<Result<_, _>>().map(Json::List)
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json, A::Error> {
                let entries = iter::from_fn(|| map.next_entry().transpose());
                entries.collect::<Result<_, _>>().map(Json::Object)
            }
        }

        deserializer.deserialize_any(Tree)
    }
}
