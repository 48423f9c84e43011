//! YAML as Envoy and Kubernetes read it, made into JSON values.
//!
//! Both take an unquoted `on`, `off`, `yes` or `no` for a boolean, as YAML 1.1 did; a reader
//! that does not would pass a `mode: on` that the filter then refuses.

use std::collections::HashMap;

use serde_json::{Map, Number, Value};
use yaml_rust2::parser::{Event, Parser, Tag};
use yaml_rust2::scanner::{Marker, TScalarStyle};

/// How deep lists and maps may be nested.
const MAX_DEPTH: usize = 128;
/// How many values a file may have, once its aliases are followed.
const MAX_VALUES: usize = 1_000_000;

/// The documents of a file, without those that are empty; an error has line and column.
pub(super) fn parse(text: &str) -> Result<Vec<Value>, String> {
    let mut reader = YamlReader {
        parser: Parser::new(text.chars()),
        anchors: HashMap::new(),
        values: 0,
    };
    let mut documents = Vec::new();
    loop {
        match reader.next()? {
            (Event::StreamEnd, _) => return Ok(documents),
            (Event::StreamStart | Event::DocumentStart | Event::DocumentEnd, _) => {}
            (event, marker) => {
                let document = reader.value(event, marker, 0)?;
                if !document.is_null() {
                    documents.push(document);
                }
            }
        }
    }
}

struct YamlReader<'t> {
    parser: Parser<std::str::Chars<'t>>,
    anchors: HashMap<usize, (Value, usize)>,
    values: usize,
}

impl YamlReader<'_> {
    fn next(&mut self) -> Result<(Event, Marker), String> {
        self.parser
            .next_token()
            .map_err(|error| format!("not valid YAML: {error}"))
    }

    fn value(&mut self, event: Event, marker: Marker, depth: usize) -> Result<Value, String> {
        let before = self.values;
        self.values += 1;
        let (value, anchor) = match event {
            Event::Scalar(text, style, anchor, tag) => (scalar(text, style, tag.as_ref()), anchor),
            Event::SequenceStart(anchor, _) => (self.sequence(depth)?, anchor),
            Event::MappingStart(anchor, _) => (self.mapping(depth)?, anchor),
            Event::Alias(anchor) => {
                let (value, size) = self
                    .anchors
                    .get(&anchor)
                    .ok_or_else(|| at(marker, "an alias of nothing"))?;
                self.values += size;
                (value.clone(), 0)
            }
            _ => return Err(at(marker, "expected a value")),
        };
        if self.values > MAX_VALUES {
            return Err(at(marker, "too many values"));
        }
        if anchor != 0 {
            let size = self.values - before;
            self.anchors.insert(anchor, (value.clone(), size));
        }
        Ok(value)
    }

    fn sequence(&mut self, depth: usize) -> Result<Value, String> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, _) => return Ok(Value::Array(items)),
                (_, marker) if depth >= MAX_DEPTH => return Err(at(marker, "nested too deeply")),
                (event, marker) => items.push(self.value(event, marker, depth + 1)?),
            }
        }
    }

    fn mapping(&mut self, depth: usize) -> Result<Value, String> {
        let mut map = Map::new();
        loop {
            let (key, marker) = match self.next()? {
                (Event::MappingEnd, _) => return Ok(Value::Object(map)),
                (_, marker) if depth >= MAX_DEPTH => return Err(at(marker, "nested too deeply")),
                (Event::Scalar(key, ..), marker) => (key, marker),
                (_, marker) => return Err(at(marker, "expected a key that is a string")),
            };
            let (event, value_marker) = self.next()?;
            let value = self.value(event, value_marker, depth + 1)?;
            if map.contains_key(&key) {
                return Err(at(marker, &format!("the key {key:?} is there twice")));
            }
            map.insert(key, value);
        }
    }
}

fn at(marker: Marker, problem: &str) -> String {
    format!(
        "not valid YAML: {problem} at line {} column {}",
        marker.line(),
        marker.col() + 1
    )
}

fn scalar(text: String, style: TScalarStyle, tag: Option<&Tag>) -> Value {
    let is_string = tag.is_some_and(|tag| tag.suffix == "str");
    if style != TScalarStyle::Plain || is_string {
        return Value::String(text);
    }
    match text.as_str() {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            return Value::Bool(true);
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            return Value::Bool(false);
        }
        _ => {}
    }
    number(&text).map_or(Value::String(text), Value::Number)
}

fn number(text: &str) -> Option<Number> {
    let is_numeric = |byte: u8| byte.is_ascii_digit() || b"+-.eE".contains(&byte);
    if !text.bytes().all(is_numeric) {
        return None;
    }
    let whole = text.parse::<u64>().map(Number::from);
    let whole = whole.or_else(|_| text.parse::<i64>().map(Number::from));
    whole.ok().or_else(|| Number::from_f64(text.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn scalars_have_the_types_that_envoy_gives_them() {
        let text = "a: on\nb: 'on'\nc: 10\nd: -1\ne: 10.0.0.1\nf: 2026-01-01T00:00:00Z\n\
                    g: ~\nh: \"10\"\ni: !!str 10\nj: 1.5\nk: |\n  x\n";
        let expected = json!({
            "a": true, "b": "on", "c": 10, "d": -1, "e": "10.0.0.1",
            "f": "2026-01-01T00:00:00Z", "g": null, "h": "10", "i": "10", "j": 1.5, "k": "x\n",
        });
        assert_eq!(parse(text), Ok(vec![expected]));
    }

    #[test]
    fn documents_anchors_and_flow_style() {
        let text = "---\na: &x [1, {b: c}]\nd: *x\n---\n# nothing\n---\n- 1\n";
        let first = json!({"a": [1, {"b": "c"}], "d": [1, {"b": "c"}]});
        assert_eq!(parse(text), Ok(vec![first, json!([1])]));
    }

    #[test]
    fn faults_are_named_with_line_and_column() {
        for (text, error) in [
            ("a: [1", "not valid YAML: "),
            (
                "a: 1\na: 2\n",
                "the key \"a\" is there twice at line 2 column 1",
            ),
            ("? [a]\n: b\n", "expected a key that is a string"),
        ] {
            let refused = parse(text).unwrap_err();
            assert!(refused.contains(error), "{text} gave {refused}");
        }
        assert!(parse(&"[".repeat(1000)).is_err());
    }

    #[test]
    fn aliases_cannot_grow_without_end() {
        let mut text = String::from("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
        for level in 1..9 {
            let previous = format!("*a{}", level - 1);
            let list = [previous.as_str(); 10].join(",");
            text.push_str(&format!("a{level}: &a{level} [{list}]\n"));
        }
        assert!(parse(&text).unwrap_err().contains("too many values"));
    }
}
