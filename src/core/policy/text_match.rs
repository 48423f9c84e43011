//! How a text is compared.

use crate::syntax::invalid::{Compiled, Located, refuse};
use crate::syntax::regex::Regex;

/// One way to compare the value of a header, a cookie or an attribute.
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

impl TextMatch {
    /// Compiles the way to compare that an entry names: `exact`, `prefix`, `suffix`, `regex` or
    /// `present`. Refuses not exactly one, an empty text, and what is no regular expression.
    pub(crate) fn compile(
        [exact, prefix, suffix, regex]: [Option<&str>; 4],
        present: Option<bool>,
    ) -> Compiled<Self> {
        let given = [
            exact.map(|text| non_empty(text).map(Self::Exact).at("exact")),
            prefix.map(|text| non_empty(text).map(Self::Prefix).at("prefix")),
            suffix.map(|text| non_empty(text).map(Self::Suffix).at("suffix")),
            regex.map(|pattern| {
                non_empty(pattern)
                    .and_then(|pattern| Regex::new(&pattern))
                    .map(Self::Regex)
                    .at("regex")
            }),
            present.map(|present| Ok(Self::Present(present))),
        ];
        let mut given = given.into_iter().flatten();
        match (given.next(), given.next()) {
            (Some(kind), None) => kind,
            _ => refuse("expected exactly one of its kinds, such as `exact`"),
        }
    }

    /// Whether a value, or its absence, matches.
    pub fn matches(&self, value: Option<&str>) -> bool {
        match (self, value) {
            (Self::Exact(exact), Some(text)) => *text == **exact,
            (Self::Prefix(prefix), Some(text)) => text.starts_with(&**prefix),
            (Self::Suffix(suffix), Some(text)) => text.ends_with(&**suffix),
            (Self::Regex(regex), Some(text)) => regex.is_match(text.as_bytes()),
            (Self::Present(present), value) => *present == value.is_some(),
            (_, None) => false,
        }
    }
}

/// A text that an entry compares with; an empty one would match too much or nothing.
fn non_empty(text: &str) -> Compiled<Box<str>> {
    if text.is_empty() {
        return refuse("is empty: expected a text to compare with");
    }
    Ok(text.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn regex(pattern: &str) -> TextMatch {
        TextMatch::Regex(Regex::new(pattern).unwrap())
    }

    #[test]
    fn each_kind_hits_and_misses() {
        for (kind, hit, miss) in [
            (TextMatch::Exact("ab".into()), "ab", "abc"),
            (TextMatch::Prefix("ab".into()), "abc", "cab"),
            (TextMatch::Suffix("bc".into()), "abc", "bca"),
            (regex("a|bc"), "bc", "bcd"),
        ] {
            assert!(kind.matches(Some(hit)), "{kind:?}");
            assert!(!kind.matches(Some(miss)), "{kind:?}");
            assert!(!kind.matches(None), "{kind:?}");
        }
    }

    #[test]
    fn presence_needs_no_value() {
        assert!(TextMatch::Present(true).matches(Some("")));
        assert!(!TextMatch::Present(true).matches(None));
        assert!(TextMatch::Present(false).matches(None));
        assert!(!TextMatch::Present(false).matches(Some("")));
    }

    #[test]
    fn a_regex_matches_the_whole_value_only() {
        assert!(!regex("admin").matches(Some("xadmin")));
        assert!(!regex("a|b").matches(Some("ab")));
        assert!(!regex("(?m)^a$").matches(Some("a\nb")));
        assert!(regex("(?i)ADMIN").matches(Some("admin")));
    }

    #[test]
    fn a_regex_cannot_break_out_of_its_anchors() {
        for pattern in ["a)|(?:b", "a)|(b", "("] {
            assert!(Regex::new(pattern).is_err(), "{pattern}");
        }
        for pattern in ["(?x) a # b", "(?x)a#)", "(?x) a # b\n"] {
            assert!(regex(pattern).matches(Some("a")), "{pattern}");
            assert!(!regex(pattern).matches(Some("ab")), "{pattern}");
            assert!(!regex(pattern).matches(Some("a\n")), "{pattern}");
        }
    }

    #[test]
    fn exactly_one_kind_is_named() {
        let none = TextMatch::compile([None; 4], None).unwrap_err();
        assert!(none.to_string().contains("exactly one of its kinds"));
        let two = TextMatch::compile([Some("a"), None, None, None], Some(true));
        assert!(two.is_err());
    }
}
