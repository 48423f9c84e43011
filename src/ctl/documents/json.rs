//! JSON, read as strictly as the filter reads it, and where each value stands.

use serde_json::Value;

use crate::ctl::documents::fault::{SyntaxFault, TWICE};
use crate::ctl::documents::node::{Content, Node, Position};

/// Reads a text.
///
/// # Errors
/// It is not JSON, or a key is there twice.
pub(crate) fn parse(text: &str) -> Result<Node, SyntaxFault> {
    if let Err(error) = serde_json::from_str::<Value>(text) {
        let position = (error.line() > 0).then(|| Position {
            line: error.line(),
            column: error.column().max(1),
        });
        return Err(SyntaxFault {
            position,
            problem: format!("not valid JSON: {error}"),
            fix: "What begins with { or [ is read as JSON: no comments, no comma after the last \
                  entry, quotes around every key. If it is YAML, begin with a key, not with {.",
        });
    }
    let mut reader = JsonReader {
        rest: text,
        position: Position { line: 1, column: 1 },
    };
    reader.value()
}

/// Reads what is known to be JSON.
struct JsonReader<'t> {
    rest: &'t str,
    position: Position,
}

impl<'t> JsonReader<'t> {
    fn value(&mut self) -> Result<Node, SyntaxFault> {
        self.space();
        let position = Some(self.position);
        let content = match self.rest.chars().next() {
            Some('{') => self.map()?,
            Some('[') => self.list()?,
            Some('"') => Content::Text(self.string(), None),
            _ => self.word(),
        };
        Ok(Node { position, content })
    }

    fn map(&mut self) -> Result<Content, SyntaxFault> {
        let mut entries: Vec<(String, Node)> = Vec::new();
        self.skip(1);
        loop {
            self.space();
            match self.rest.chars().next() {
                Some('"') => {}
                Some(',') => {
                    self.skip(1);
                    continue;
                }
                _ => {
                    self.skip(1);
                    return Ok(Content::Map(entries));
                }
            }
            let position = self.position;
            let key = self.string();
            self.space();
            self.skip(1);
            let mut node = self.value()?;
            node.position = Some(position);
            if entries.iter().any(|(other, _)| *other == key) {
                return Err(SyntaxFault {
                    position: Some(position),
                    problem: format!("the key {key:?} is there twice"),
                    fix: TWICE,
                });
            }
            entries.push((key, node));
        }
    }

    fn list(&mut self) -> Result<Content, SyntaxFault> {
        let mut items = Vec::new();
        self.skip(1);
        loop {
            self.space();
            match self.rest.chars().next() {
                None | Some(']') => {
                    self.skip(1);
                    return Ok(Content::List(items));
                }
                Some(',') => self.skip(1),
                Some(_) => items.push(self.value()?),
            }
        }
    }

    /// Its quotes are known to match.
    fn string(&mut self) -> String {
        let mut is_escaped = false;
        let mut end = self.rest.len();
        for (index, character) in self.rest.char_indices().skip(1) {
            match character {
                _ if is_escaped => is_escaped = false,
                '\\' => is_escaped = true,
                '"' => {
                    end = index + 1;
                    break;
                }
                _ => {}
            }
        }
        serde_json::from_str(self.take(end)).unwrap_or_default()
    }

    fn word(&mut self) -> Content {
        let is_end = |c: char| c.is_ascii_whitespace() || matches!(c, ',' | ']' | '}');
        let end = self.rest.find(is_end).unwrap_or(self.rest.len());
        match serde_json::from_str(self.take(end.max(1))) {
            Ok(Value::Bool(bit)) => Content::Bool(bit),
            Ok(Value::Number(number)) => Content::Number(number),
            _ => Content::Null,
        }
    }

    fn space(&mut self) {
        let is_space = |c: char| c.is_ascii_whitespace();
        let rest = self.rest.trim_start_matches(is_space);
        self.skip(self.rest.len() - rest.len());
    }

    fn skip(&mut self, bytes: usize) {
        self.take(bytes);
    }

    fn take(&mut self, bytes: usize) -> &'t str {
        let (taken, rest) = (self.rest.split_at_checked(bytes)).unwrap_or((self.rest, ""));
        for character in taken.chars() {
            match character {
                '\n' => {
                    self.position.line += 1;
                    self.position.column = 1;
                }
                _ => self.position.column += 1,
            }
        }
        self.rest = rest;
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_serde_json_reads_and_says_where() {
        let text =
            "{\"a\": [1, -2.5e3, true, null, \"x\\\"\\u00e9\"],\n \"b\": {\"c\": {}, \"d\": []}}";
        let node = parse(text).unwrap();
        assert_eq!(node.to_json(), serde_json::from_str::<Value>(text).unwrap());
        let c = node.entry("b").unwrap().entry("c").unwrap();
        assert_eq!(c.position, Some(Position { line: 2, column: 8 }));
        let Content::List(items) = &node.entry("a").unwrap().content else {
            panic!("{node:?}");
        };
        let column = |index: usize| items[index].position.unwrap().column;
        assert_eq!((column(0), column(1), column(4)), (8, 11, 31));
    }

    #[test]
    fn what_the_filter_refuses_is_refused_with_its_place() {
        for (text, line, column) in [
            ("{\"a\": 1,\n}", 2, 1),
            ("{'a': 1}", 1, 2),
            ("{\"a\": yes}", 1, 7),
            ("{\"a\": 1} // no", 1, 10),
            ("{\"a\": 1,\n \"a\": 2}", 2, 2),
        ] {
            let fault = parse(text).unwrap_err();
            assert_eq!(fault.position, Some(Position { line, column }), "{text}");
        }
    }
}
