//! YAML whose flow collections and quoted texts may stand in any column: yaml-cpp and go-yaml look
//! at no indentation between brackets or quotes, and the parser does.

use std::borrow::Cow;
use std::collections::HashSet;

use crate::ctl::documents::node::Position;

/// More than a bracket is indented.
const COLUMNS: usize = 200;
/// How often the parser may begin anew.
const MAX_ROUNDS: usize = 1000;
/// What it says of a line between brackets that is indented less than it wants.
const TOO_LITTLE: [&str; 2] = [
    "invalid indentation",
    "invalid indentation in flow construct",
];
/// What it says of a text in quotes, where it begins, some line of which is indented less than it
/// wants. Envoy and Kubernetes drop the spaces there as it does.
const IN_QUOTES: &str = "invalid indentation in quoted scalar";
/// What it says of a tab, which may stand between brackets.
const TAB: &str = "tabs disallowed within this context (block indentation)";

/// A text, some of whose lines are indented further.
#[derive(Debug)]
pub(super) struct Indented<'t> {
    text: &'t str,
    lines: HashSet<usize>,
    rounds: usize,
}

impl<'t> Indented<'t> {
    /// As it is.
    pub(super) fn new(text: &'t str) -> Self {
        let lines = HashSet::new();
        let rounds = 0;
        Self {
            text,
            lines,
            rounds,
        }
    }

    /// Indents a line that the parser refuses between brackets, and those after it that are
    /// between the same; or those of a text in quotes that it refuses, all but the first. False
    /// where that is no help.
    pub(super) fn mend(&mut self, problem: &str, at: Position) -> bool {
        let line = at.line;
        self.rounds += 1;
        if self.rounds > MAX_ROUNDS {
            return false;
        }
        if problem == IN_QUOTES {
            let before = self.lines.len();
            self.lines
                .extend((line + 1)..=(line + self.breaks_in_quotes(at)));
            return self.lines.len() > before;
        }
        let is_between =
            TOO_LITTLE.contains(&problem) || problem == TAB && self.is_between_brackets(line);
        if !is_between || !self.lines.insert(line) {
            return false;
        }
        let lines = self.text.lines().skip(line.saturating_sub(1));
        let open = lines.take_while(|line| !line.contains([']', '}'])).count();
        self.lines.extend((line + 1)..=(line + open));
        true
    }

    /// How many lines end within the quotes that open here.
    fn breaks_in_quotes(&self, at: Position) -> usize {
        let lines = self
            .text
            .split_inclusive('\n')
            .skip(at.line.saturating_sub(1));
        let text = lines.flat_map(str::chars);
        let mut text = text.skip(at.column.saturating_sub(1)).peekable();
        let quote = text.next();
        let mut breaks = 0;
        while let Some(character) = text.next() {
            match character {
                '\n' => breaks += 1,
                '\\' if quote == Some('"') && text.peek() != Some(&'\n') => {
                    text.next();
                }
                // Twice, it is one of the text.
                '\'' if quote == Some('\'') && text.peek() == Some(&'\'') => {
                    text.next();
                }
                _ if Some(character) == quote => return breaks,
                _ => {}
            }
        }
        0
    }

    /// Whether a line plainly goes on with a flow collection.
    fn is_between_brackets(&self, line: usize) -> bool {
        let lines: Vec<&str> = self.text.lines().take(line).collect();
        let mut before = lines.into_iter();
        let here = before.next_back().unwrap_or_default().trim_start();
        let last = before.map(str::trim_end).rfind(|line| !line.is_empty());
        here.starts_with([']', '}']) || last.is_some_and(|last| last.ends_with(['[', '{', ',']))
    }

    /// What the parser reads.
    pub(super) fn text(&self) -> Cow<'t, str> {
        if self.lines.is_empty() {
            return Cow::Borrowed(self.text);
        }
        let mut indented = String::with_capacity(self.text.len() + self.lines.len() * COLUMNS);
        for (index, line) in self.text.split_inclusive('\n').enumerate() {
            if self.lines.contains(&(index + 1)) {
                indented.extend([" "; COLUMNS]);
            }
            indented.push_str(line);
        }
        Cow::Owned(indented)
    }

    /// Where something stands that the parser finds in a line and a column.
    pub(super) fn position(&self, line: usize, column: usize) -> Position {
        let added = if self.lines.contains(&line) {
            COLUMNS
        } else {
            0
        };
        let column = column.saturating_sub(added).max(1);
        Position { line, column }
    }
}
