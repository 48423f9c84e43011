//! Regular expressions that take no longer than the text is long.

use std::fmt;

use regex_automata::dfa::dense::{Builder, Config, DFA};
use regex_automata::dfa::{Automaton, StartKind};
use regex_automata::nfa::thompson;
use regex_automata::{Anchored, Input};
use regex_syntax::ast::parse::Parser;
use regex_syntax::hir::literal::{Extractor, Literal};
use regex_syntax::hir::translate::TranslatorBuilder;
use regex_syntax::hir::{Hir, Look};

use crate::syntax::ascii_regex::{NamesUnicode, in_ascii};
use crate::syntax::invalid::{Compiled, InvalidConfig};

/// A regular expression that matches whole texts only, in the syntax of
/// [`regex-lite`](https://docs.rs/regex-lite/latest/regex_lite/#syntax): `\d`, `\w`, `\s` and
/// `(?i)` are ASCII's, and `.` is any character, also a line feed.
///
/// It is a table of states, so each byte of a text costs one look-up, whatever the expression.
#[derive(Clone)]
pub struct Regex {
    pattern: Box<str>,
    starts: Vec<Start>,
    states: Box<DFA<Vec<u32>>>,
}

/// A text with which what an expression matches may begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Start {
    /// The text.
    pub text: Vec<u8>,
    /// Whether nothing follows.
    pub is_whole: bool,
}

/// The most bytes of its table, and of what is needed to make that.
const MAX_TABLE_BYTES: usize = 512 * 1024;

impl Regex {
    /// Compiles an expression.
    ///
    /// # Errors
    /// It is none, or needs too large a table.
    pub fn new(pattern: &str) -> Compiled<Self> {
        let expression = parse(pattern)?;
        let states = tabulate(&expression).ok_or_else(|| {
            InvalidConfig::new(format!(
                "{pattern:?} is too large: it would need more than {} KiB; expected fewer or \
                 shorter repetitions",
                MAX_TABLE_BYTES / 1024
            ))
        })?;
        Ok(Self {
            pattern: pattern.into(),
            starts: starts(&expression),
            states: Box::new(states),
        })
    }

    /// Whether it matches the whole text.
    pub fn is_match(&self, text: &[u8]) -> bool {
        let input = Input::new(text).anchored(Anchored::Yes);
        let end = self.states.try_search_fwd(&input);
        end.is_ok_and(|end| end.is_some_and(|end| end.offset() == text.len()))
    }

    /// The texts of which one begins whatever it matches; none where that may begin in many ways.
    pub fn starts(&self) -> &[Start] {
        &self.starts
    }

    /// The expression.
    pub fn as_str(&self) -> &str {
        &self.pattern
    }
}

impl fmt::Debug for Regex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.pattern.fmt(f)
    }
}

fn is_none(pattern: &str, problem: &dyn fmt::Display) -> InvalidConfig {
    let expected = "expected one such as \"a.*\", with a `\\` before what stands for itself";
    InvalidConfig::is_not(
        pattern,
        &format!("a regular expression: {problem}; {expected}"),
    )
}

/// Reads an expression that begins and ends where the text does.
fn parse(pattern: &str) -> Compiled<Hir> {
    let mut expression = Parser::new()
        .parse(pattern)
        .map_err(|error| is_none(pattern, error.kind()))?;
    let unknown = "Unicode's classes and the flag `u` are not known";
    in_ascii(&mut expression).map_err(|NamesUnicode| is_none(pattern, &unknown))?;
    let expression = TranslatorBuilder::new()
        .dot_matches_new_line(true)
        .utf8(false)
        .build()
        .translate(pattern, &expression)
        .map_err(|error| is_none(pattern, error.kind()))?;
    let [begin, end] = [Look::Start, Look::End].map(Hir::look);
    Ok(Hir::concat(vec![begin, expression, end]))
}

fn starts(expression: &Hir) -> Vec<Start> {
    let literals = Extractor::new().extract(expression);
    let literals = literals.literals().unwrap_or_default().iter();
    let start = |literal: &Literal| Start {
        text: literal.as_bytes().to_vec(),
        is_whole: literal.is_exact(),
    };
    literals.map(start).collect()
}

/// `None` where the table would be too large.
fn tabulate(expression: &Hir) -> Option<DFA<Vec<u32>>> {
    let limits = thompson::Config::new().nfa_size_limit(Some(MAX_TABLE_BYTES));
    let automaton = thompson::Compiler::new()
        .configure(limits.which_captures(thompson::WhichCaptures::None))
        .build_from_hir(expression)
        .ok()?;
    let config = Config::new()
        .start_kind(StartKind::Anchored)
        .dfa_size_limit(Some(MAX_TABLE_BYTES))
        .determinize_size_limit(Some(MAX_TABLE_BYTES));
    Builder::new()
        .configure(config)
        .build_from_nfa(&automaton)
        .ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn is_match(pattern: &str, text: &str) -> bool {
        Regex::new(pattern).unwrap().is_match(text.as_bytes())
    }

    #[test]
    fn it_matches_whole_texts_only() {
        for (pattern, text, expected) in [
            ("a|ab", "ab", true),
            ("a", "ab", false),
            ("b", "ab", false),
            ("^a$", "a", true),
            ("a.b", "a\nb", true),
            ("a.b", "a\u{e9}b", true),
            ("a.b", "a\u{fffd}b", true),
            ("a..b", "a\u{e9}b", false),
            ("[\u{e0}-\u{ff}]", "\u{e9}", true),
            ("(?i)SHOP", "shop", true),
            ("(?i)k", "\u{212a}", false),
            ("(?i)caf.", "CAF\u{e9}", true),
            ("(?i)caf\u{e9}", "CAF\u{e9}", true),
            ("(?i)caf\u{e9}", "CAF\u{c9}", false),
            ("(?i)a..", "A\u{e9}", false),
            ("(?i)[^a]", "\u{e9}", true),
            ("(?i)[^a]", "A", false),
            ("(?i)[x-z]+[[:lower:]]", "XYZa", true),
            ("(?i:a)b", "Ab", true),
            ("(?i:a)b", "AB", false),
            ("(?:(?i)a|b)c", "Bc", true),
            ("(?i)a(?-i)b", "AB", false),
            (r"(?i)\x6B\W", "K\u{e9}", true),
            ("(?i)[[:^lower:]]", "A", false),
            ("(?i)[[:^lower:]]", "1", true),
            ("(?i)[^a-c&&b-d]", "B", false),
            ("(?i)[a-z--b]", "B", false),
            (r"\d+", "42", true),
            (r"\d", "\u{663}", false),
            (r"\w+", "\u{e9}", false),
            (r"\d.", "1\u{e9}", true),
            ("[\\d\u{e9}]\\w", "\u{e9}a", true),
            (r"[^\D]", "1", true),
            (r"a\b.*", "a b", true),
            (r"a\b.*", "ab", false),
            ("x # a comment", "x # a comment", true),
            ("(?x) x # a comment", "x", true),
            ("", "", true),
        ] {
            assert_eq!(is_match(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn what_is_none_is_refused_on_one_line() {
        for (pattern, problem) in [
            ("(", "is not a regular expression: unclosed group"),
            ("a)|(?:b", "is not a regular expression: unopened group"),
            ("[", "is not a regular expression: unclosed character class"),
            (".*a.{20}", "is too large"),
            ("(a{1000}){1000}", "is too large"),
            (r"\p{Greek}", "is not a regular expression"),
            (r"(?u:\w)", "is not a regular expression"),
        ] {
            let error = Regex::new(pattern).unwrap_err().to_string();
            assert!(error.contains(problem), "{error}");
            assert!(!error.contains('\n'), "{error}");
        }
    }

    proptest! {
        #[test]
        fn it_agrees_with_the_regex_of_everybody(
            pattern in r"([ab.|*+?(){}\[\]^$0-3\\dwDWsbBé-]|\(\?-?i\)[ab.]|\(\?i:|[A-b]-[a-cé]|\[:lower:\]){0,8}",
            text in "[abAB0éÉ_ \n]{0,6}",
        ) {
            let other = regex_lite::Regex::new(&pattern).and_then(|_| {
                regex_lite::Regex::new(&format!(r"\A(?s:{pattern})\z"))
            });
            match (Regex::new(&pattern), other) {
                (Ok(ours), Ok(other)) => {
                    prop_assert_eq!(ours.is_match(text.as_bytes()), other.is_match(&text));
                }
                (Err(error), Ok(_)) => prop_assert!(false, "{}", error),
                (_, Err(_)) => {}
            }
        }
    }
}
