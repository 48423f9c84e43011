//! YAML as Envoy and Kubernetes read it, and where each value stands.

use std::collections::HashMap;

use yaml_rust2::parser::{Event, Parser, Tag};
use yaml_rust2::scanner::{Marker, ScanError, TScalarStyle};

use crate::ctl::documents::dialect::Dialect;
use crate::ctl::documents::fault::{NO_YAML, SyntaxFault, TWICE};
use crate::ctl::documents::indented::Indented;
use crate::ctl::documents::node::{Kind, Node, Position};

/// How deep lists and maps may be nested.
const MAX_DEPTH: usize = 128;
/// How many values a file may have, once its aliases are followed.
const MAX_VALUES: usize = 1_000_000;

/// A document, before it is known who reads it.
#[derive(Clone, Debug)]
pub(super) struct Written {
    position: Position,
    form: Form,
}

#[derive(Clone, Debug)]
enum Form {
    Plain(String),
    /// Without quotes, but with `!!str` before it.
    Tagged(String),
    /// In quotes, or a block, whose lines are lines of the file.
    Quoted(String, Option<Position>),
    List(Vec<Written>),
    Map(Vec<(String, Written)>),
}

/// The documents of a file, without those that are empty.
///
/// # Errors
/// What is wrong, with line and column.
pub(super) fn parse(text: &str) -> Result<Vec<Written>, SyntaxFault> {
    let mut indented = Indented::new(text);
    loop {
        match documents(&indented) {
            Err(refused) if indented.mend(&refused.problem, refused.marker.line()) => {}
            Err(refused) => return Err(refused.fault(&indented)),
            Ok(documents) => return Ok(documents),
        }
    }
}

fn documents(indented: &Indented) -> Result<Vec<Written>, Refused> {
    let text = indented.text();
    let mut reader = YamlReader {
        indented,
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
                if !matches!(&document.form, Form::Plain(text) if text.is_empty()) {
                    documents.push(document);
                }
            }
        }
    }
}

impl Written {
    /// Whether a document has a key.
    pub(super) fn has(&self, key: &str) -> bool {
        match &self.form {
            Form::Map(entries) => entries.iter().any(|(other, _)| other == key),
            _ => false,
        }
    }

    /// What a reader makes of it.
    pub(super) fn read(self, dialect: Dialect) -> Node {
        let kind = match self.form {
            Form::Plain(text) => dialect.plain(text),
            Form::Tagged(text) => dialect.tagged(text),
            Form::Quoted(text, start) => Kind::Text(text, start),
            Form::List(items) => {
                Kind::List(items.into_iter().map(|item| item.read(dialect)).collect())
            }
            Form::Map(entries) => {
                let entries = entries.into_iter();
                let entries = entries.map(|(key, value)| (key, value.read(dialect)));
                let entries: Vec<_> = entries.collect();
                match dialect {
                    Dialect::Envoy => Kind::Map(entries),
                    Dialect::Kubernetes => Kind::Map(merged(entries)),
                }
            }
        };
        let position = Some(self.position);
        Node { position, kind }
    }
}

/// What `<<` names is there, too, but for keys that the map has itself.
fn merged(entries: Vec<(String, Node)>) -> Vec<(String, Node)> {
    let (merges, mut entries): (Vec<_>, Vec<_>) =
        entries.into_iter().partition(|(key, _)| key == "<<");
    for (_, node) in merges {
        let maps = match node.kind {
            Kind::List(items) => items,
            _ => vec![node],
        };
        for map in maps {
            let Kind::Map(more) = map.kind else { continue };
            for (key, node) in more {
                if entries.iter().all(|(other, _)| *other != key) {
                    entries.push((key, node));
                }
            }
        }
    }
    entries
}

struct YamlReader<'t> {
    indented: &'t Indented<'t>,
    parser: Parser<std::str::Chars<'t>>,
    anchors: HashMap<usize, (Written, usize)>,
    values: usize,
}

impl YamlReader<'_> {
    fn next(&mut self) -> Result<(Event, Marker), Refused> {
        self.parser
            .next_token()
            .map_err(|error: ScanError| at(*error.marker(), error.info()))
    }

    fn value(&mut self, event: Event, marker: Marker, depth: usize) -> Result<Written, Refused> {
        let before = self.values;
        let mut position = self.position(marker);
        self.values += 1;
        let (form, anchor) = match event {
            Event::Scalar(text, style, anchor, tag) => (
                scalar(text, style, tag.as_ref(), self.position(marker)),
                anchor,
            ),
            Event::SequenceStart(anchor, _) => (self.sequence(depth)?, anchor),
            Event::MappingStart(anchor, _) => {
                let entries = self.mapping(depth)?;
                // The marker of one without brackets is at its first colon.
                let first = entries.first().map(|(_, value)| value.position);
                position = first.map_or(position, |first| first.min(position));
                (Form::Map(entries), anchor)
            }
            Event::Alias(anchor) => {
                let (value, size) = self
                    .anchors
                    .get(&anchor)
                    .ok_or_else(|| at(marker, "an alias of nothing"))?;
                self.values += size;
                (value.form.clone(), 0)
            }
            _ => return Err(at(marker, "expected a value")),
        };
        if self.values > MAX_VALUES {
            return Err(at(marker, "too many values"));
        }
        let value = Written { position, form };
        if anchor != 0 {
            let size = self.values - before;
            self.anchors.insert(anchor, (value.clone(), size));
        }
        Ok(value)
    }

    fn sequence(&mut self, depth: usize) -> Result<Form, Refused> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, _) => return Ok(Form::List(items)),
                (_, marker) if depth >= MAX_DEPTH => return Err(at(marker, "nested too deeply")),
                (event, marker) => items.push(self.value(event, marker, depth + 1)?),
            }
        }
    }

    fn mapping(&mut self, depth: usize) -> Result<Vec<(String, Written)>, Refused> {
        let mut map: Vec<(String, Written)> = Vec::new();
        loop {
            let (key, marker) = match self.next()? {
                (Event::MappingEnd, _) => return Ok(map),
                (_, marker) if depth >= MAX_DEPTH => return Err(at(marker, "nested too deeply")),
                (Event::Scalar(key, ..), marker) => (key, marker),
                (_, marker) => return Err(at(marker, "expected a key that is a string")),
            };
            let (event, value_marker) = self.next()?;
            let mut value = self.value(event, value_marker, depth + 1)?;
            value.position = self.position(marker);
            if key != "<<" && map.iter().any(|(other, _)| *other == key) {
                return Err(at(marker, &format!("the key {key:?} is there twice")));
            }
            map.push((key, value));
        }
    }

    fn position(&self, marker: Marker) -> Position {
        self.indented.position(marker.line(), marker.col() + 1)
    }
}

fn scalar(text: String, style: TScalarStyle, tag: Option<&Tag>, position: Position) -> Form {
    let is_string = tag.is_some_and(|tag| tag.suffix == "str");
    match style {
        TScalarStyle::Plain if is_string => Form::Tagged(text),
        TScalarStyle::Plain => Form::Plain(text),
        TScalarStyle::Literal => {
            let start = block(&text, position);
            Form::Quoted(text, Some(start))
        }
        _ => Form::Quoted(text, None),
    }
}

/// Where the text of a literal block begins, whose first line that is not empty is known.
fn block(text: &str, first: Position) -> Position {
    let empty = text.len() - text.trim_start_matches('\n').len();
    Position {
        line: first.line.saturating_sub(empty),
        ..first
    }
}

/// What cannot be read, and where the parser found it.
struct Refused {
    marker: Marker,
    problem: String,
}

fn at(marker: Marker, problem: &str) -> Refused {
    let problem = problem.to_owned();
    Refused { marker, problem }
}

impl Refused {
    fn fault(self, indented: &Indented) -> SyntaxFault {
        let Self { marker, problem } = self;
        let position = indented.position(marker.line(), marker.col() + 1);
        let fix = match problem.ends_with("is there twice") {
            true => TWICE,
            false => NO_YAML,
        };
        SyntaxFault {
            position: Some(position),
            problem: format!(
                "not valid YAML: {problem} at line {} column {}",
                position.line, position.column
            ),
            fix,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read(text: &str, dialect: Dialect) -> Vec<Value> {
        let documents = parse(text).unwrap().into_iter();
        documents
            .map(|document| document.read(dialect).to_json())
            .collect()
    }

    #[test]
    fn scalars_have_types_unless_quoted() {
        let text = "a: on\nb: 'on'\nc: 10\nd: -1\ne: 10.0.0.1\nf: 2026-01-01T00:00:00Z\n\
                    g: ~\nh: \"10\"\nk: |\n  x\n";
        let expected = json!({
            "a": true, "b": "on", "c": 10, "d": -1, "e": "10.0.0.1",
            "f": "2026-01-01T00:00:00Z", "g": null, "h": "10", "k": "x\n",
        });
        let tagged = "a: !!str on\n";
        assert_eq!(read(tagged, Dialect::Envoy), [json!({"a": true})]);
        assert_eq!(read(tagged, Dialect::Kubernetes), [json!({"a": "on"})]);
        for dialect in [Dialect::Envoy, Dialect::Kubernetes] {
            assert_eq!(read(text, dialect), std::slice::from_ref(&expected));
        }
    }

    #[test]
    fn documents_anchors_and_flow_style() {
        let text = "---\na: &x [1, {b: c}]\nd: *x\n---\n# nothing\n---\n- 1\n";
        let first = json!({"a": [1, {"b": "c"}], "d": [1, {"b": "c"}]});
        assert_eq!(read(text, Dialect::Envoy), [first, json!([1])]);
    }

    #[test]
    fn kubernetes_merges_keys() {
        let text = "a: &a {b: 1, c: 2}\nd: {<<: *a, b: 3}\n";
        let merged = json!({"a": {"b": 1, "c": 2}, "d": {"b": 3, "c": 2}});
        assert_eq!(read(text, Dialect::Kubernetes), [merged]);
        let kept = json!({"a": {"b": 1, "c": 2}, "d": {"<<": {"b": 1, "c": 2}, "b": 3}});
        assert_eq!(read(text, Dialect::Envoy), [kept]);
    }

    #[test]
    fn a_block_says_where_its_lines_are() {
        let document = parse("# a\nv:\n  w: |\n\n    {\n  x: >\n   {\n")
            .unwrap()
            .remove(0);
        let node = document.read(Dialect::Envoy);
        let w = node.entry("v").unwrap().entry("w").unwrap();
        assert_eq!(w.position, Some(Position { line: 3, column: 3 }));
        let Kind::Text(_, start) = w.kind else {
            panic!("{w:?}");
        };
        assert_eq!(start, Some(Position { line: 4, column: 5 }));
    }

    #[test]
    fn an_item_of_a_list_is_where_it_begins() {
        let text = "a:\n- filter: 1\n- {b: 1}\n- &x\n  c: 1\n- *x\n-\n  - \"d\" : 1\n- {}\n";
        let document = parse(text).unwrap().remove(0).read(Dialect::Envoy);
        let Kind::List(items) = &document.entry("a").unwrap().kind else {
            panic!("{document:?}");
        };
        let places = items.iter().map(|item| item.position.unwrap());
        let places: Vec<_> = places.map(|place| (place.line, place.column)).collect();
        assert_eq!(places, [(2, 3), (3, 3), (5, 3), (6, 3), (8, 3), (9, 3)]);
        let Kind::List(inner) = &items[4].kind else {
            panic!("{items:?}");
        };
        assert_eq!(inner[0].position, Some(Position { line: 8, column: 5 }));
        assert_eq!(document.position, Some(Position { line: 1, column: 1 }));
    }

    #[test]
    fn faults_are_named_with_line_and_column() {
        for (text, error) in [
            ("a: [1", "not valid YAML: "),
            (
                "a: 1\na: 2\n",
                "the key \"a\" is there twice at line 2 column 1",
            ),
            ("a:\n\tb: 1\n", "tabs"),
            ("? [a]\n: b\n", "expected a key that is a string"),
        ] {
            let refused = parse(text).unwrap_err().problem;
            assert!(refused.contains(error), "{text} gave {refused}");
        }
        assert!(parse(&"[".repeat(1000)).is_err());
    }

    #[test]
    fn brackets_and_what_is_in_them_may_stand_in_any_column() {
        let text =
            "a:\n  b: {\n  \"c\": [\n1\n],\n\t'd': \"e f\"}\n  g: |\n   }\n  h: {i: {\n}}\nj: 1\n";
        let document = parse(text).unwrap().remove(0).read(Dialect::Envoy);
        let expected =
            json!({"a": {"b": {"c": [1], "d": "e f"}, "g": "}\n", "h": {"i": {}}}, "j": 1});
        assert_eq!(document.to_json(), expected);
        let c = document.entry("a").unwrap().entry("b").unwrap().entry("c");
        assert_eq!(c.unwrap().position, Some(Position { line: 3, column: 3 }));
        let text = "a:\n  b: {\n}, c\n  d: 1\n";
        let fault = parse(text).unwrap_err();
        assert_eq!(fault.position.unwrap().line, 3, "{fault:?}");
        let many = format!("a: {{b: [\n{}[0]]}}\n", "1,\n[2],\n".repeat(50));
        assert!(parse(&many).is_ok());
    }

    #[test]
    fn aliases_cannot_grow_without_end() {
        let mut text = String::from("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
        for level in 1..9 {
            let previous = format!("*a{}", level - 1);
            let list = [previous.as_str(); 10].join(",");
            text.push_str(&format!("a{level}: &a{level} [{list}]\n"));
        }
        assert!(
            parse(&text)
                .unwrap_err()
                .problem
                .contains("too many values")
        );
    }
}
