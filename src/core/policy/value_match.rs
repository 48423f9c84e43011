//! How the value of a header, a cookie or an attribute is compared.

use crate::policy::reading::Reading;
use crate::policy::text_match::TextMatch;
use crate::syntax::invalid::{Compiled, Located, refuse};
use crate::syntax::path::MAX_COMPARED_BYTES;

/// How a value is compared. One that is too long for that is in doubt.
#[derive(Clone, Debug)]
pub(super) struct ValueMatch {
    text: TextMatch,
    reading: Reading,
}

impl ValueMatch {
    /// The value of an attribute, which may be any text.
    pub(super) fn new(text: TextMatch, reading: Reading) -> Self {
        Self { text, reading }
    }

    /// The value of a header, [RFC 9110 section 5.5](https://www.rfc-editor.org/rfc/rfc9110#section-5.5).
    ///
    /// # Errors
    /// No header has such a value.
    pub(super) fn of_header(text: TextMatch, reading: Reading) -> Compiled<Self> {
        if let Some((kind, value)) = literal(&text) {
            let begins = matches!(text, TextMatch::Exact(_) | TextMatch::Prefix(_));
            let ends = matches!(text, TextMatch::Exact(_) | TextMatch::Suffix(_));
            if (begins && value.starts_with(SPACE)) || (ends && value.ends_with(SPACE)) {
                return refuse(format!(
                    "{value:?} has a space around it, which no value of a header has: write {:?}",
                    value.trim_matches(SPACE)
                ))
                .at(kind);
            }
            if value.chars().any(|c| c.is_ascii_control() && c != '\t') {
                return refuse(format!(
                    "{value:?} has a control character, which no value of a header has"
                ))
                .at(kind);
            }
        }
        Ok(Self::new(text, reading))
    }

    /// The value of a cookie.
    ///
    /// # Errors
    /// No cookie has such a value.
    pub(super) fn of_cookie(text: TextMatch, reading: Reading) -> Compiled<Self> {
        if let Some((kind, value)) = literal(&text)
            && value.contains(';')
        {
            return refuse(format!("{value:?} has a `;`, which no cookie has")).at(kind);
        }
        Self::of_header(text, reading)
    }

    /// Whether a value, or its absence, matches.
    pub(super) fn matches(&self, value: Option<&[u8]>) -> bool {
        match value {
            Some(value) if value.len() > MAX_COMPARED_BYTES => self.reading == Reading::Any,
            value => self.text.matches(value),
        }
    }
}

const SPACE: [char; 2] = [' ', '\t'];

/// The kind of a match and its text, if that is plain.
fn literal(text: &TextMatch) -> Option<(&'static str, &str)> {
    match text {
        TextMatch::Exact(text) => Some(("exact", text)),
        TextMatch::Prefix(text) => Some(("prefix", text)),
        TextMatch::Suffix(text) => Some(("suffix", text)),
        TextMatch::Regex(_) | TextMatch::Present(_) => None,
    }
}
