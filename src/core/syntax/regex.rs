//! Regular expressions that take no longer than the text is long.

use std::fmt;

use regex_automata::dfa::dense::{Builder, Config, DFA};
use regex_automata::dfa::{Automaton, StartKind};
use regex_automata::nfa::thompson;
use regex_automata::{Anchored, Input};
use regex_syntax::hir::literal::{Extractor, Literal};
use regex_syntax::hir::{Hir, Look};
use regex_syntax::{Error, ParserBuilder};

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
        if names_unicode(pattern) {
            return Err(is_none(
                pattern,
                &"Unicode's classes and the flag `u` are not known",
            ));
        }
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
    let mut parser = ParserBuilder::new();
    // Case by case it is read byte by byte: the tables of Unicode are large.
    let parser = parser.unicode(!has_case_flag(pattern)).utf8(false);
    let parsed = parser
        .dot_matches_new_line(true)
        .build()
        .parse(&in_ascii(pattern));
    let expression = parsed.map_err(|error| match error {
        Error::Parse(error) => is_none(pattern, error.kind()),
        Error::Translate(error) => is_none(pattern, error.kind()),
        other => is_none(pattern, &other),
    })?;
    let [begin, end] = [Look::Start, Look::End].map(Hir::look);
    Ok(Hir::concat(vec![begin, expression, end]))
}

/// An expression whose classes are ASCII's by name.
fn in_ascii(pattern: &str) -> String {
    let translated = tokens(pattern).map(|token| -> &[u8] {
        match token {
            [b'\\', b'd'] => b"[0-9]",
            [b'\\', b'D'] => b"[^0-9]",
            [b'\\', b'w'] => b"[0-9A-Za-z_]",
            [b'\\', b'W'] => b"[^0-9A-Za-z_]",
            [b'\\', b's'] => br"[\t\n\x0B\x0C\r\x20]",
            [b'\\', b'S'] => br"[^\t\n\x0B\x0C\r\x20]",
            [b'\\', b'b'] => br"(?-u:\b)",
            [b'\\', b'B'] => br"(?-u:\B)",
            other => other,
        }
    });
    String::from_utf8_lossy(&translated.collect::<Vec<&[u8]>>().concat()).into_owned()
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

fn has_case_flag(pattern: &str) -> bool {
    tokens(pattern).any(|token| matches!(token, [b'(', flags @ ..] if flags.contains(&b'i')))
}

fn names_unicode(pattern: &str) -> bool {
    tokens(pattern).any(|token| match token {
        [b'\\', b'p' | b'P'] => true,
        [b'(', flags @ ..] => flags.contains(&b'u'),
        _ => false,
    })
}

/// Escapes, parentheses with the flags behind them, and single bytes.
fn tokens(pattern: &str) -> impl Iterator<Item = &[u8]> {
    let mut rest = pattern.as_bytes();
    std::iter::from_fn(move || {
        let length = match rest {
            [] => return None,
            [b'\\', _, ..] => 2,
            [b'(', b'?', flags @ ..] => {
                let is_flag = |byte: &&u8| byte.is_ascii_alphabetic() || **byte == b'-';
                2 + flags.iter().take_while(is_flag).count()
            }
            _ => 1,
        };
        let (token, behind) = rest.split_at_checked(length)?;
        rest = behind;
        Some(token)
    })
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
            pattern in r"[ab.|*+?(){}\[\]^$0-3\\dwsi:é-]{0,10}",
            text in "[ab0é \n]{0,6}",
        ) {
            let other = regex_lite::Regex::new(&pattern).and_then(|_| {
                regex_lite::Regex::new(&format!(r"\A(?s:{pattern})\z"))
            });
            let is_ascii = pattern.is_ascii() && text.is_ascii();
            let is_by_bytes = has_case_flag(&pattern);
            match (Regex::new(&pattern), other) {
                (Ok(ours), Ok(other)) if is_ascii || !is_by_bytes => {
                    prop_assert_eq!(ours.is_match(text.as_bytes()), other.is_match(&text));
                }
                (Err(error), Ok(_)) if is_ascii => prop_assert!(false, "{}", error),
                _ => {}
            }
        }
    }
}
