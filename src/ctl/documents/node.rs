//! A value of a file, and where it stands there.

use maintenance_mode_core::syntax::invalid::Step;
use serde_json::{Map, Number, Value};

/// Line and column, each counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Position {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

/// A value with its position: that of its key, where it has one.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Node {
    pub(crate) position: Option<Position>,
    pub(crate) content: Content,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Content {
    Null,
    Bool(bool),
    Number(Number),
    /// With the position of its first character, where the lines of the text are lines of
    /// the file.
    Text(String, Option<Position>),
    List(Vec<Node>),
    /// In the order of the file.
    Map(Vec<(String, Node)>),
}

impl Position {
    /// Where something stands in the file that stands here in a text which begins at `start`.
    pub(crate) fn within(self, start: Self) -> Self {
        Self {
            line: start.line + self.line - 1,
            column: start.column + self.column - 1,
        }
    }
}

impl Node {
    /// An object without entries.
    pub(crate) fn empty() -> Self {
        Self {
            position: None,
            content: Content::Map(Vec::new()),
        }
    }

    pub(crate) fn entry(&self, key: &str) -> Option<&Self> {
        self.named_entry(key).map(|(_, node)| node)
    }

    /// With the key as it stands here.
    pub(crate) fn named_entry(&self, key: &str) -> Option<(&str, &Self)> {
        match &self.content {
            Content::Map(entries) => (entries.iter())
                .find(|(other, _)| other == key)
                .map(|(key, node)| (key.as_str(), node)),
            _ => None,
        }
    }

    /// What a step leads to.
    pub(super) fn child<'n>(&'n self, step: &Step) -> Option<&'n Self> {
        match (step, &self.content) {
            (Step::Key(key), Content::Map(_)) => self.entry(key),
            (Step::Index(index), Content::List(items)) => items.get(*index),
            _ => None,
        }
    }

    /// What a way of steps leads to.
    pub(crate) fn at(&self, steps: &[Step]) -> Option<&Self> {
        steps.iter().try_fold(self, Self::child)
    }

    /// Changes every position.
    pub(crate) fn relocate(&mut self, change: &impl Fn(Position) -> Option<Position>) {
        self.position = self.position.and_then(change);
        match &mut self.content {
            Content::Text(_, start) => *start = start.and_then(change),
            Content::List(items) => items.iter_mut().for_each(|item| item.relocate(change)),
            Content::Map(entries) => {
                (entries.iter_mut()).for_each(|(_, node)| node.relocate(change))
            }
            Content::Null | Content::Bool(_) | Content::Number(_) => {}
        }
    }

    /// The value alone.
    pub(crate) fn to_json(&self) -> Value {
        match &self.content {
            Content::Null => Value::Null,
            Content::Bool(bit) => Value::Bool(*bit),
            Content::Number(number) => Value::Number(number.clone()),
            Content::Text(text, _) => Value::String(text.clone()),
            Content::List(items) => items.iter().map(Self::to_json).collect(),
            Content::Map(entries) => {
                let entries = entries.iter();
                let entries = entries.map(|(key, node)| (key.clone(), node.to_json()));
                Value::Object(entries.collect::<Map<_, _>>())
            }
        }
    }
}

/// `a.b[0]`, with keys that have a dot of their own in brackets.
pub(crate) fn path(steps: &[Step]) -> String {
    let mut path = String::new();
    for step in steps {
        match step {
            Step::Index(index) => path.push_str(&format!("[{index}]")),
            Step::Key(key) if key.contains(['.', '[', ' ', '/']) => {
                path.push_str(&format!("[{key:?}]"));
            }
            Step::Key(key) if path.is_empty() => path.push_str(key),
            Step::Key(key) => path.push_str(&format!(".{key}")),
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_reads_as_one_writes_it() {
        let key = |key: &str| Step::Key(key.into());
        let steps = [key("a"), Step::Index(0), key("b"), key("envoy.x"), key("c")];
        assert_eq!(path(&steps), r#"a[0].b["envoy.x"].c"#);
        assert_eq!(path(&[]), "");
    }

    #[test]
    fn a_text_within_a_file_has_the_lines_of_the_file() {
        let at = |line, column| Position { line, column };
        assert_eq!(at(1, 1).within(at(7, 5)), at(7, 5));
        assert_eq!(at(3, 2).within(at(7, 5)), at(9, 6));
    }
}
