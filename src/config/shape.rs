//! How keys are read: strictly, with an error that says what was expected.

use std::fmt;

use serde::{Deserialize, Deserializer, de};

/// Reads a keyword as a string first, so that any other type is a wrong type at its path
/// and not, as `serde_json` has it for enums, a syntax error.
macro_rules! keyword {
    ($($keyword:ident),+) => {$(
        impl<'de> serde::Deserialize<'de> for $keyword {
            fn deserialize<D: serde::Deserializer<'de>>(
                deserializer: D,
            ) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                $keyword::deserialize(serde::de::IntoDeserializer::into_deserializer(
                    text.as_str(),
                ))
            }
        }
    )+};
}

/// Reads an object, and nothing else: serde on its own takes a list for a struct, too.
macro_rules! object {
    ($($object:ident),+) => {$(
        impl<'de> serde::Deserialize<'de> for $object {
            fn deserialize<D: serde::Deserializer<'de>>(
                deserializer: D,
            ) -> Result<Self, D::Error> {
                struct Visitor;

                impl<'de> serde::de::Visitor<'de> for Visitor {
                    type Value = $object;

                    fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
                        f.write_str("an object")
                    }

                    fn visit_map<A: serde::de::MapAccess<'de>>(
                        self,
                        map: A,
                    ) -> Result<$object, A::Error> {
                        $object::deserialize(serde::de::value::MapAccessDeserializer::new(map))
                    }
                }

                deserializer.deserialize_map(Visitor)
            }
        }
    )+};
}

/// An integer that is not negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Number(pub u64);

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl de::Visitor<'_> for Visitor {
            type Value = Number;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a whole number")
            }

            fn visit_u64<E>(self, number: u64) -> Result<Number, E> {
                Ok(Number(number))
            }
        }

        deserializer.deserialize_u64(Visitor)
    }
}

/// A key that is there has a value: unlike [`Option`]'s own reading, `null` is refused
/// by types that do not expect it.
pub(super) fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

pub(super) use {keyword, object};
