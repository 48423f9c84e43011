//! JSON as a tree, and how typed objects are read from it: strictly, with an error that
//! names the path of the culprit.
//!
//! [`serde_json`] reads the text; the types are read from the tree and not from the text,
//! because the code that serde makes for each of them is then made once, and because a
//! `google.protobuf.Struct` makes a tree as well.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{
        DeserializeSeed, Error, Expected, IntoDeserializer, MapAccess, SeqAccess, Unexpected,
        Visitor, value::StrDeserializer,
    },
    forward_to_deserialize_any,
};
use serde_json::error::Error as SyntaxError;

use crate::policy::InvalidConfig;

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

    /// Reads a typed object.
    ///
    /// # Errors
    /// The path of the first key that is unknown, repeated or missing, or whose value has a
    /// wrong type.
    pub fn read<T: for<'de> Deserialize<'de>>(&self) -> Result<T, InvalidConfig> {
        T::deserialize(self)
    }

    fn refuse(&self, expected: &dyn Expected) -> InvalidConfig {
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
        InvalidConfig::invalid_type(unexpected, expected)
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
                let mut values = Vec::new();
                while let Some(value) = list.next_element()? {
                    values.push(value);
                }
                Ok(Json::List(values))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Json::Object(entries))
            }
        }

        deserializer.deserialize_any(Tree)
    }
}

/// Each type is read from the one kind of value that it has, and no list is taken for a
/// struct, nor an object for a keyword.
impl<'de> Deserializer<'de> for &'de Json {
    type Error = InvalidConfig;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, InvalidConfig> {
        match self {
            Json::Null => visitor.visit_unit(),
            Json::Bool(bit) => visitor.visit_bool(*bit),
            Json::Unsigned(number) => visitor.visit_u64(*number),
            Json::Negative(number) => visitor.visit_i64(*number),
            Json::Fraction => Err(self.refuse(&visitor)),
            Json::String(text) => visitor.visit_borrowed_str(text),
            Json::List(_) => self.deserialize_seq(visitor),
            Json::Object(_) => self.deserialize_map(visitor),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, InvalidConfig> {
        match self {
            Json::Bool(bit) => visitor.visit_bool(*bit),
            other => Err(other.refuse(&visitor)),
        }
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, InvalidConfig> {
        match self {
            Json::Unsigned(number) => visitor.visit_u64(*number),
            other => Err(other.refuse(&visitor)),
        }
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, InvalidConfig> {
        match self {
            Json::Unsigned(number) => visitor.visit_u64(*number),
            Json::Negative(number) => visitor.visit_i64(*number),
            other => Err(other.refuse(&visitor)),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, InvalidConfig> {
        match self {
            Json::String(text) => visitor.visit_borrowed_str(text),
            other => Err(other.refuse(&visitor)),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, InvalidConfig> {
        self.deserialize_string(visitor)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, InvalidConfig> {
        match self {
            Json::List(values) => visitor.visit_seq(List { values, index: 0 }),
            other => Err(other.refuse(&visitor)),
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, InvalidConfig> {
        match self {
            Json::Object(entries) => visitor.visit_map(Object {
                entries,
                value: None,
            }),
            other => Err(other.refuse(&"an object")),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, InvalidConfig> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, InvalidConfig> {
        match self {
            Json::String(keyword) => visitor.visit_enum(keyword.as_str().into_deserializer()),
            other => Err(other.refuse(&"a string")),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, InvalidConfig> {
        match self {
            Json::Null => visitor.visit_none(),
            some => visitor.visit_some(some),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(
        self,
        visitor: V,
    ) -> Result<V::Value, InvalidConfig> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i128 u8 u16 u32 u128 f32 f64 char bytes byte_buf
        unit unit_struct newtype_struct tuple tuple_struct identifier
    }
}

struct List<'de> {
    values: &'de [Json],
    index: usize,
}

impl<'de> SeqAccess<'de> for List<'de> {
    type Error = InvalidConfig;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, InvalidConfig> {
        let Some(value) = self.values.get(self.index) else {
            return Ok(None);
        };
        let read = seed.deserialize(value);
        let read = read.map_err(|error| error.under(&format!("[{}]", self.index)))?;
        self.index += 1;
        Ok(Some(read))
    }
}

struct Object<'de> {
    entries: &'de [(String, Json)],
    /// Of the key that was read last.
    value: Option<&'de (String, Json)>,
}

impl<'de> MapAccess<'de> for Object<'de> {
    type Error = InvalidConfig;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, InvalidConfig> {
        let Some((entry, rest)) = self.entries.split_first() else {
            return Ok(None);
        };
        self.entries = rest;
        self.value = Some(entry);
        let key: StrDeserializer<InvalidConfig> = entry.0.as_str().into_deserializer();
        let read = seed
            .deserialize(key)
            .map_err(|error| error.under(&entry.0))?;
        Ok(Some(read))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(
        &mut self,
        seed: V,
    ) -> Result<V::Value, InvalidConfig> {
        let (key, value) = self
            .value
            .ok_or_else(|| InvalidConfig::new("a value without a key"))?;
        seed.deserialize(value).map_err(|error| error.under(key))
    }
}

impl Error for InvalidConfig {
    fn custom<T: fmt::Display>(problem: T) -> Self {
        Self::new(problem.to_string())
    }

    /// In JSON's terms; serde's own text would bring the code that writes fractions.
    fn invalid_type(unexpected: Unexpected, expected: &dyn Expected) -> Self {
        let found = match unexpected {
            Unexpected::Unit => "null".to_owned(),
            Unexpected::Bool(bit) => format!("boolean `{bit}`"),
            Unexpected::Unsigned(number) => format!("integer `{number}`"),
            Unexpected::Signed(number) => format!("integer `{number}`"),
            Unexpected::Str(text) => format!("string {text:?}"),
            Unexpected::Other(other) => other.to_owned(),
            Unexpected::Seq => "list".to_owned(),
            Unexpected::Map => "object".to_owned(),
            _ => "value".to_owned(),
        };
        Self::new(format!("invalid type: {found}, expected {expected}"))
    }
}
