//! How typed objects are read from JSON: strictly, with an error that names the path of the
//! culprit.
//!
//! [`serde_json`] reads the text; the types are read from the tree and not from the text,
//! because the code that serde makes for each of them is then made once, and because the
//! configuration comes in other encodings, too.

use std::iter::Enumerate;
use std::{fmt, slice};

use serde::de::value::{StrDeserializer, UnitDeserializer};
use serde::de::{
    DeserializeSeed, Error, Expected, IntoDeserializer, MapAccess, SeqAccess, Unexpected, Visitor,
};
use serde::{Deserialize, Deserializer, forward_to_deserialize_any};

use crate::syntax::invalid::{Compiled, InvalidConfig, Located};
use crate::syntax::json::Json;
use crate::syntax::nearest::nearest;

impl Json {
    /// Reads a typed object, of which all keys must be known and none may be `null`.
    ///
    /// # Errors
    /// The path of a key that is unknown, repeated or missing, or whose value has a wrong type.
    pub fn read<'de, T: Deserialize<'de>>(&'de self) -> Compiled<T> {
        self.read_with(Strictness::Strict)
    }

    /// Reads a typed object, whose optional keys may be `null`, and leaves unknown ones alone.
    ///
    /// # Errors
    /// The path of a key that is repeated or missing, or whose value has a wrong type.
    pub fn read_leniently<'de, T: Deserialize<'de>>(&'de self) -> Compiled<T> {
        self.read_with(Strictness::Lenient)
    }

    fn read_with<'de, T: Deserialize<'de>>(&'de self, strictness: Strictness) -> Compiled<T> {
        let value = self;
        T::deserialize(Reader { value, strictness })
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Strictness {
    Strict,
    Lenient,
}

/// Reads each type from the one kind of value that it has: no list is taken for a struct,
/// nor an object for a keyword.
#[derive(Clone, Copy)]
struct Reader<'de> {
    value: &'de Json,
    strictness: Strictness,
}

impl<'de> Reader<'de> {
    fn of(self, value: &'de Json) -> Self {
        Self { value, ..self }
    }

    fn entries(self) -> Compiled<&'de [(String, Json)]> {
        match self.value {
            Json::Object(entries) => Ok(entries),
            _ => Err(self.value.unexpected(&"an object")),
        }
    }

    /// The error where text was expected. YAML makes something else of `yes` and `007`.
    fn no_text(self) -> InvalidConfig {
        let (expected, in_quotes) = ("a string", "a string: write it in quotes");
        match self.value {
            Json::Bool(_) | Json::Unsigned(_) | Json::Negative(_) | Json::Fraction => {
                self.value.unexpected(&in_quotes)
            }
            _ => self.value.unexpected(&expected),
        }
    }

    /// The entries of an object with these keys.
    fn fields(self, names: &'static [&'static str]) -> Compiled<Fields<'de>> {
        let entries = self.entries()?;
        for (index, (key, _)) in entries.iter().enumerate() {
            let Some(name) = names.iter().find(|name| *name == key) else {
                if self.strictness == Strictness::Strict {
                    return Err(InvalidConfig::unknown_field(key, names).under(key));
                }
                continue;
            };
            if entries.iter().take(index).any(|(before, _)| before == key) {
                return Err(InvalidConfig::duplicate_field(name).under(key));
            }
        }
        Ok(Fields {
            reader: self,
            entries,
            names: names.iter(),
            last: ("", true),
        })
    }
}

impl<'de> Deserializer<'de> for Reader<'de> {
    type Error = InvalidConfig;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Compiled<V::Value> {
        match self.value {
            Json::Null | Json::TakenOut => visitor.visit_unit(),
            Json::Bool(bit) => visitor.visit_bool(*bit),
            Json::Unsigned(number) => visitor.visit_u64(*number),
            Json::Negative(number) => visitor.visit_i64(*number),
            Json::String(text) => visitor.visit_borrowed_str(text),
            Json::Fraction => visitor.visit_f64(f64::NAN),
            Json::List(_) => self.deserialize_seq(visitor),
            Json::Object(_) => self.deserialize_map(visitor),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Compiled<V::Value> {
        match self.value {
            Json::List(values) => visitor.visit_seq(List {
                reader: self,
                values: values.iter().enumerate(),
            }),
            _ => Err(self.value.unexpected(&visitor)),
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Compiled<V::Value> {
        visitor.visit_map(Object {
            reader: self,
            entries: self.entries()?.iter(),
            value: None,
        })
    }

    /// The visitor gets the value of each key in the order of `names`, which takes much less
    /// code than keys in any order.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        names: &'static [&'static str],
        visitor: V,
    ) -> Compiled<V::Value> {
        let mut fields = self.fields(names)?;
        visitor
            .visit_seq(&mut fields)
            .map_err(|error| fields.locate(error))
    }

    /// A string, or an object that is another type.
    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Compiled<V::Value> {
        match self.value {
            Json::Object(_) => visitor.visit_newtype_struct(self),
            Json::String(text) => visitor.visit_borrowed_str(text),
            _ => Err(self.value.unexpected(&visitor)),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        keywords: &'static [&'static str],
        visitor: V,
    ) -> Compiled<V::Value> {
        let keyword = match self.value {
            Json::String(keyword) => keyword.as_str(),
            Json::Bool(true) if keywords.contains(&"on") => "on",
            Json::Bool(false) if keywords.contains(&"off") => "off",
            _ => return Err(self.no_text()),
        };
        visitor.visit_enum(keyword.into_deserializer())
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Compiled<V::Value> {
        match self.value {
            Json::String(text) => visitor.visit_borrowed_str(text),
            _ => Err(self.no_text()),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Compiled<V::Value> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Compiled<V::Value> {
        match (self.value, self.strictness) {
            (Json::Null, Strictness::Lenient) => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf unit unit_struct
        tuple tuple_struct identifier ignored_any
    }
}

struct List<'de> {
    reader: Reader<'de>,
    values: Enumerate<slice::Iter<'de, Json>>,
}

impl<'de> SeqAccess<'de> for List<'de> {
    type Error = InvalidConfig;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Compiled<Option<T::Value>> {
        let next = self.values.next();
        next.map(|(index, value)| seed.deserialize(self.reader.of(value)).at_index(index))
            .transpose()
    }
}

struct Object<'de> {
    reader: Reader<'de>,
    entries: slice::Iter<'de, (String, Json)>,
    /// Of the key that was read last.
    value: Option<&'de (String, Json)>,
}

impl<'de> MapAccess<'de> for Object<'de> {
    type Error = InvalidConfig;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Compiled<Option<K::Value>> {
        self.value = self.entries.next();
        self.value
            .map(|(key, _)| seed.deserialize(StrDeserializer::new(key)).at(key))
            .transpose()
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Compiled<V::Value> {
        let (key, value) = self
            .value
            .ok_or_else(|| InvalidConfig::new("a value without a key"))?;
        seed.deserialize(self.reader.of(value)).at(key)
    }
}

struct Fields<'de> {
    reader: Reader<'de>,
    entries: &'de [(String, Json)],
    names: slice::Iter<'static, &'static str>,
    /// The key that was asked for last, which is the culprit if one is, and whether it is
    /// there.
    last: (&'static str, bool),
}

impl<'de> Fields<'de> {
    fn next(&mut self) -> Option<&'de Json> {
        let name = *self.names.next()?;
        let entry = self.entries.iter().find(|(key, _)| key == name);
        self.last = (name, entry.is_some());
        entry.map(|(_, value)| value)
    }

    /// Says where an error is, here because each type has a `next_element_seed` of its own.
    #[cold]
    #[inline(never)]
    fn locate(&self, error: InvalidConfig) -> InvalidConfig {
        match self.last {
            (name, true) => error.under(name),
            (name, false) => InvalidConfig::missing_field(name),
        }
    }
}

impl<'de> SeqAccess<'de> for Fields<'de> {
    type Error = InvalidConfig;

    /// An absent key is `None` where that is a value.
    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Compiled<Option<T::Value>> {
        let absent = UnitDeserializer::<InvalidConfig>::new();
        match self.next() {
            Some(value) => seed.deserialize(self.reader.of(value)).map(Some),
            None => Ok(seed.deserialize(absent).ok()),
        }
    }
}

impl Error for InvalidConfig {
    fn custom<T: fmt::Display>(problem: T) -> Self {
        Self::new(problem.to_string())
    }

    fn invalid_type(unexpected: Unexpected, expected: &dyn Expected) -> Self {
        mismatch("type", unexpected, expected)
    }

    fn invalid_value(unexpected: Unexpected, expected: &dyn Expected) -> Self {
        mismatch("value", unexpected, expected)
    }

    fn invalid_length(_: usize, _: &dyn Expected) -> Self {
        Self::new("too few values")
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        unknown("field", field, expected)
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        unknown("variant", variant, expected)
    }
}

/// What is none of the known words, and which of them is meant.
pub(crate) fn unknown(what: &str, found: &str, known: &[&str]) -> InvalidConfig {
    let expected = match known {
        [] => "expected none".to_owned(),
        [only] => format!("expected `{only}`"),
        _ => format!("expected one of `{}`", known.join("`, `")),
    };
    let hint = nearest(found, known).map(|name| format!("; did you mean `{name}`?"));
    let hint = hint.unwrap_or_default();
    InvalidConfig::new(format!("unknown {what} `{found}`, {expected}{hint}"))
}

/// In JSON's terms; serde's own text would bring the code that writes fractions.
fn mismatch(of: &str, unexpected: Unexpected, expected: &dyn Expected) -> InvalidConfig {
    let found = match unexpected {
        Unexpected::Unit => "null".to_owned(),
        Unexpected::Bool(bit) => format!("boolean `{bit}`"),
        Unexpected::Unsigned(number) => format!("integer `{number}`"),
        Unexpected::Signed(number) => format!("integer `{number}`"),
        Unexpected::Str(text) => format!("string {text:?}"),
        Unexpected::Float(_) => "a number that is not whole".to_owned(),
        Unexpected::Other(other) => other.to_owned(),
        Unexpected::Seq => "list".to_owned(),
        Unexpected::Map => "object".to_owned(),
        _ => "value".to_owned(),
    };
    InvalidConfig::new(format!("invalid {of}: {found}, expected {expected}"))
}

/// Reads what a test has written.
#[cfg(test)]
pub(crate) fn read<T: for<'de> Deserialize<'de>>(text: &str) -> T {
    Json::parse(text.as_bytes()).unwrap().read().unwrap()
}
