//! JSON as a tree.

use std::{fmt, iter};

use serde::de::{Error, Expected, MapAccess, SeqAccess, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::error::Error as SyntaxError;

use crate::syntax::invalid::Step;

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
    /// What was here is taken out.
    TakenOut,
}

impl Json {
    /// Reads a text.
    ///
    /// # Errors
    /// It is not JSON; the error names line and column.
    pub fn parse(text: &[u8]) -> Result<Self, SyntaxError> {
        serde_json::from_slice(text)
    }

    /// Takes out what these steps lead to, as far as they lead; `path` gets the steps to it as
    /// they were before anything was taken out. Returns whether it was whole till now.
    pub(crate) fn take_out(&mut self, steps: &[Step], path: &mut Vec<Step>) -> bool {
        if let Some((step, rest)) = steps.split_first()
            && let Some((step, child)) = self.child(step)
        {
            path.push(step);
            return child.take_out(rest, path);
        }
        let was_whole = self.is_whole();
        *self = Self::TakenOut;
        was_whole
    }

    fn child(&mut self, step: &Step) -> Option<(Step, &mut Self)> {
        match (self, step) {
            (Self::Object(entries), Step::Key(key)) => entries
                .iter_mut()
                .rev()
                .find(|(name, value)| **name == **key && !value.is_taken_out())
                .map(|(_, value)| (step.clone(), value)),
            (Self::List(values), Step::Index(index)) => values
                .iter_mut()
                .enumerate()
                .filter(|(_, value)| !value.is_taken_out())
                .nth(*index)
                .map(|(index, value)| (Step::Index(index), value)),
            _ => None,
        }
    }

    /// Without what was taken out.
    pub(crate) fn rest(&self) -> Self {
        match self {
            Self::List(values) => {
                let left = values.iter().filter(|value| !value.is_taken_out());
                Self::List(left.map(Self::rest).collect())
            }
            Self::Object(entries) => {
                let left = entries.iter().filter(|(_, value)| !value.is_taken_out());
                Self::Object(
                    left.map(|(key, value)| (key.clone(), value.rest()))
                        .collect(),
                )
            }
            other => other.clone(),
        }
    }

    fn is_taken_out(&self) -> bool {
        matches!(self, Self::TakenOut)
    }

    fn is_whole(&self) -> bool {
        match self {
            Self::TakenOut => false,
            Self::List(values) => values.iter().all(Self::is_whole),
            Self::Object(entries) => entries.iter().all(|(_, value)| value.is_whole()),
            _ => true,
        }
    }

    /// The error of a reader that expected something else.
    #[cold]
    pub(crate) fn unexpected<E: Error>(&self, expected: &dyn Expected) -> E {
        let unexpected = match self {
            Self::Null | Self::TakenOut => Unexpected::Unit,
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
