//! A JSON Schema, and what it leads to.

use serde_json::{Map, Value};

/// A part of a JSON Schema, with the whole that its references lead into.
#[derive(Clone, Copy, Debug)]
pub(super) struct Schema<'s> {
    root: &'s Value,
    part: &'s Value,
    /// The name of a definition that it is.
    pub(super) name: Option<&'s str>,
}

impl<'s> Schema<'s> {
    /// A whole schema.
    pub(super) fn whole(root: &'s Value) -> Self {
        Self {
            root,
            part: root,
            name: None,
        }
    }

    fn below(self, part: &'s Value) -> Self {
        Self {
            part,
            name: None,
            ..self
        }
    }

    /// The keywords.
    pub(super) fn keywords(self) -> impl Iterator<Item = (&'s str, &'s Value)> {
        let keywords = self.part.as_object().into_iter().flatten();
        keywords.map(|(keyword, value)| (keyword.as_str(), value))
    }

    /// The value of a keyword.
    pub(super) fn get(self, keyword: &str) -> Option<&'s Value> {
        self.part.get(keyword)
    }

    /// The schema that a keyword has.
    pub(super) fn schema(self, keyword: &str) -> Option<Self> {
        self.get(keyword).map(|part| self.below(part))
    }

    /// The schemas that a keyword lists.
    pub(super) fn list(self, keyword: &str) -> Vec<Self> {
        let list = self.get(keyword).and_then(Value::as_array);
        let list = list.into_iter().flatten();
        list.map(|part| self.below(part)).collect()
    }

    /// The keys of an object that have names, and their schemas.
    pub(super) fn properties(self) -> Vec<(&'s str, Self)> {
        let of = self.resolved();
        let properties = of.get("properties").and_then(Value::as_object);
        let properties = properties.into_iter().flat_map(Map::iter);
        properties
            .map(|(key, part)| (key.as_str(), of.below(part)))
            .collect()
    }

    /// The definition that it refers to, if it does.
    pub(super) fn definition(self) -> Option<Self> {
        let name = self.get("$ref")?.as_str()?.strip_prefix("#/$defs/")?;
        let part = self.root.get("$defs")?.get(name)?;
        Some(Self {
            part,
            name: Some(name),
            ..self
        })
    }

    /// The definition that it refers to, or itself.
    pub(super) fn resolved(self) -> Self {
        self.definition().map_or(self, Self::resolved)
    }

    /// Its type, if it has one alone.
    pub(super) fn kind(self) -> Option<&'s str> {
        self.resolved().get("type")?.as_str()
    }

    /// What is expected, in words.
    pub(super) fn expected(self) -> String {
        if let Some(definition) = self.definition() {
            return definition.expected();
        }
        let named = self.name.and_then(|_| self.get("description")?.as_str());
        let whole = |keyword: &str| self.get(keyword).and_then(Value::as_u64);
        let words = self.get("enum").and_then(Value::as_array);
        match (named, words, self.kind()) {
            (Some(named), None, Some("string") | None) => {
                let mut characters = named.trim_end_matches('.').chars();
                let first = characters.next().map(|first| first.to_ascii_lowercase());
                first.into_iter().chain(characters).collect()
            }
            (_, Some(words), _) => {
                // Booleans among them are what YAML makes of the words.
                let words = words.iter().filter(|word| word.is_string());
                let words: Vec<String> = words.map(Value::to_string).collect();
                words.join(" or ")
            }
            (_, _, Some("integer")) => match (whole("minimum"), whole("maximum")) {
                (Some(least), Some(most)) => format!("a whole number from {least} to {most}"),
                (Some(least), None) => format!("a whole number from {least} on"),
                _ => "a whole number".to_owned(),
            },
            (_, _, Some("boolean")) => "true or false".to_owned(),
            (_, _, Some("object")) => "an object".to_owned(),
            (_, _, Some("array")) => "a list".to_owned(),
            (_, _, Some(_)) => match (whole("minLength"), whole("maxLength")) {
                (Some(least), Some(most)) => {
                    format!("a text of {least} to {most} characters on one line")
                }
                _ => "a text: write it in quotes".to_owned(),
            },
            (_, _, None) => {
                let ways = self.list("anyOf").into_iter().map(Self::expected);
                ways.collect::<Vec<_>>().join(", or ")
            }
        }
    }
}
