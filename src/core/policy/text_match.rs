//! How a text is compared.

use regex_lite::Regex;

use crate::config::matchers::{AttributeConfig, FieldConfig, PathKindConfig};
use crate::syntax::invalid::{InvalidConfig, Located};

/// One way to compare the value of a header, a cookie or an attribute.
///
/// Bytes that are no UTF-8 read as U+FFFD.
#[derive(Clone, Debug)]
pub enum TextMatch {
    /// The whole value.
    Exact(Box<str>),
    /// How the value begins.
    Prefix(Box<str>),
    /// How the value ends.
    Suffix(Box<str>),
    /// A regular expression that the whole value matches.
    Regex(Regex),
    /// Whether there is a value.
    Present(bool),
}

/// The kinds that an entry names; exactly one must be given.
#[derive(Debug, Default)]
pub(crate) struct Kinds<'c> {
    pub(super) exact: Option<&'c str>,
    pub(super) prefix: Option<&'c str>,
    pub(super) suffix: Option<&'c str>,
    pub(super) regex: Option<&'c str>,
    pub(super) present: Option<bool>,
}

/// The kinds of an entry, of which not all have `present`.
macro_rules! kinds {
    ($($entry:ty: $present:expr;)+) => {$(
        impl<'c> From<&'c $entry> for Kinds<'c> {
            fn from(entry: &'c $entry) -> Self {
                Self {
                    exact: entry.exact.as_deref(),
                    prefix: entry.prefix.as_deref(),
                    suffix: entry.suffix.as_deref(),
                    regex: entry.regex.as_deref(),
                    present: ($present as fn(&$entry) -> Option<bool>)(entry),
                }
            }
        }
    )+};
}

kinds! {
    AttributeConfig: |entry| entry.present;
    FieldConfig: |entry| entry.present;
    PathKindConfig: |_| None;
}

impl TryFrom<Kinds<'_>> for TextMatch {
    type Error = InvalidConfig;

    fn try_from(kinds: Kinds) -> Result<Self, InvalidConfig> {
        let Kinds {
            exact,
            prefix,
            suffix,
            regex,
            present,
        } = kinds;
        let mut given = [
            exact.map(|text| non_empty(text).map(Self::Exact).at("exact")),
            prefix.map(|text| non_empty(text).map(Self::Prefix).at("prefix")),
            suffix.map(|text| non_empty(text).map(Self::Suffix).at("suffix")),
            regex.map(|pattern| whole_match(pattern).map(Self::Regex).at("regex")),
            present.map(|present| Ok(Self::Present(present))),
        ]
        .into_iter()
        .flatten();
        match (given.next(), given.next()) {
            (Some(kind), None) => kind,
            _ => Err(InvalidConfig::new(
                "expected exactly one of its kinds, such as `exact`",
            )),
        }
    }
}

impl TextMatch {
    /// Whether a value, or its absence, matches.
    pub fn matches(&self, value: Option<&[u8]>) -> bool {
        let Some(value) = value else {
            return matches!(self, Self::Present(false));
        };
        let text = String::from_utf8_lossy(value);
        match self {
            Self::Exact(exact) => *text == **exact,
            Self::Prefix(prefix) => text.starts_with(&**prefix),
            Self::Suffix(suffix) => text.ends_with(&**suffix),
            Self::Regex(regex) => regex.is_match(&text),
            Self::Present(present) => *present,
        }
    }
}

/// A text that an entry compares with; an empty one would match too much or nothing.
pub(crate) fn non_empty(text: &str) -> Result<Box<str>, InvalidConfig> {
    if text.is_empty() {
        return Err(InvalidConfig::new("is empty"));
    }
    Ok(text.into())
}

/// A regular expression that matches whole texts only.
pub(crate) fn whole_match(pattern: &str) -> Result<Regex, InvalidConfig> {
    let invalid = |error: regex_lite::Error| {
        InvalidConfig::new(format!("{pattern:?} is not a regular expression: {error}"))
    };
    non_empty(pattern)?;
    // On its own first: `a)|(?:b` would be valid only between the parentheses below.
    Regex::new(pattern).map_err(invalid)?;
    // `.` is any character: a decoded path may hold a newline.
    let whole = |end| Regex::new(&format!(r"\A(?s:{pattern}{end})\z"));
    // The parenthesis would be part of a comment that stands at the end.
    whole("").or_else(|_| whole("\n")).map_err(invalid)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn regex(pattern: &str) -> TextMatch {
        TextMatch::Regex(whole_match(pattern).unwrap())
    }

    #[test]
    fn each_kind_hits_and_misses() {
        for (kind, hit, miss) in [
            (TextMatch::Exact("ab".into()), "ab", "abc"),
            (TextMatch::Prefix("ab".into()), "abc", "cab"),
            (TextMatch::Suffix("bc".into()), "abc", "bca"),
            (regex("a|bc"), "bc", "bcd"),
        ] {
            assert!(kind.matches(Some(hit.as_bytes())), "{kind:?}");
            assert!(!kind.matches(Some(miss.as_bytes())), "{kind:?}");
            assert!(!kind.matches(None), "{kind:?}");
        }
    }

    #[test]
    fn presence_needs_no_value() {
        assert!(TextMatch::Present(true).matches(Some(b"")));
        assert!(!TextMatch::Present(true).matches(None));
        assert!(TextMatch::Present(false).matches(None));
        assert!(!TextMatch::Present(false).matches(Some(b"")));
    }

    #[test]
    fn a_regex_matches_the_whole_value_only() {
        assert!(!regex("admin").matches(Some(b"xadmin")));
        assert!(!regex("a|b").matches(Some(b"ab")));
        assert!(!regex("(?m)^a$").matches(Some(b"a\nb")));
        assert!(regex("(?i)ADMIN").matches(Some(b"admin")));
    }

    #[test]
    fn a_regex_cannot_break_out_of_its_anchors() {
        for pattern in ["a)|(?:b", "a)|(b", "("] {
            assert!(whole_match(pattern).is_err(), "{pattern}");
        }
        for pattern in ["(?x) a # b", "(?x)a#)", "(?x) a # b\n"] {
            assert!(regex(pattern).matches(Some(b"a")), "{pattern}");
            assert!(!regex(pattern).matches(Some(b"ab")), "{pattern}");
            assert!(!regex(pattern).matches(Some(b"a\n")), "{pattern}");
        }
    }

    #[test]
    fn bytes_that_are_no_utf8_read_as_the_replacement_character() {
        assert!(TextMatch::Exact("a\u{fffd}".into()).matches(Some(b"a\xff")));
        assert!(regex("a.").matches(Some(b"a\xff")));
        assert!(TextMatch::Prefix("a".into()).matches(Some(b"a\xff")));
    }

    #[test]
    fn exactly_one_kind_is_named() {
        let none = TextMatch::try_from(Kinds::default()).unwrap_err();
        assert!(none.to_string().contains("exactly one of its kinds"));
        let two = Kinds {
            exact: Some("a"),
            present: Some(true),
            ..Kinds::default()
        };
        assert!(TextMatch::try_from(two).is_err());
    }
}
