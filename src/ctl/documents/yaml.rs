//! YAML as Envoy and Kubernetes read it, and where each value stands.

use std::collections::HashMap;

use yaml_rust2::parser::{Event, Parser, Tag};
use yaml_rust2::scanner::{Marker, ScanError, TScalarStyle};

use crate::ctl::documents::dialect::Dialect;
use crate::ctl::documents::fault::{NO_YAML, SyntaxFault, TWICE};
use crate::ctl::documents::indented::Indented;
use crate::ctl::documents::node::{Content, Node, Position};

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
            Ok(documents) => return Ok(documents),
            Err(refused) => {
                let marker = refused.marker;
                let position = indented.position(marker.line(), marker.col() + 1);
                if !indented.mend(&refused.problem, position) {
                    return Err(refused.fault(position));
                }
            }
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
        let content = match self.form {
            Form::Plain(text) => dialect.plain(text),
            Form::Tagged(text) => dialect.tagged(text),
            Form::Quoted(text, start) => Content::Text(text, start),
            Form::List(items) => {
                Content::List(items.into_iter().map(|item| item.read(dialect)).collect())
            }
            Form::Map(entries) => {
                let entries = entries.into_iter();
                let entries = entries.map(|(key, value)| (key, value.read(dialect)));
                let entries: Vec<_> = entries.collect();
                match dialect {
                    Dialect::Envoy => Content::Map(entries),
                    Dialect::Kubernetes => Content::Map(merged(entries)),
                }
            }
        };
        let position = Some(self.position);
        Node { position, content }
    }
}

/// What `<<` names is there, too, but for keys that the map has itself.
fn merged(entries: Vec<(String, Node)>) -> Vec<(String, Node)> {
    let (merges, mut entries): (Vec<_>, Vec<_>) =
        entries.into_iter().partition(|(key, _)| key == "<<");
    for (_, node) in merges {
        let maps = match node.content {
            Content::List(items) => items,
            _ => vec![node],
        };
        for map in maps {
            let Content::Map(more) = map.content else {
                continue;
            };
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
    fn fault(self, position: Position) -> SyntaxFault {
        let problem = self.problem;
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
mod tests;
