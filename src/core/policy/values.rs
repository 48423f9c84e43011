//! What a body tells.

use crate::policy::response::retry_after::RetryAfter;
use crate::policy::words::direction::Direction;
use crate::policy::words::words::Words;
use crate::syntax::timestamp::Timestamp;

/// What a body tells; an unknown value is empty.
#[derive(Clone, Debug)]
pub struct Values<'a> {
    /// `{{title}}`
    pub title: Wording<'a>,
    /// `{{message}}`
    pub message: Wording<'a>,
    /// `{{status}}`
    pub status: u16,
    /// `{{retry_after}}`, as in the header.
    pub retry_after: Option<RetryAfter>,
    /// `{{until}}`, RFC 3339 in UTC.
    pub until: Option<Timestamp>,
    /// `{{request_id}}`, of the header `x-request-id`.
    pub request_id: &'a [u8],
    /// The tag of the language that is spoken.
    pub language: &'a str,
    /// How that is written.
    pub direction: Direction,
    /// What the built-in page says beside.
    pub words: &'static Words,
}

/// What somebody has worded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wording<'a> {
    /// What it says.
    pub text: &'a str,
    /// The tag of its language; empty where nobody knows it.
    pub language: &'a str,
}

#[cfg(test)]
pub(crate) mod testing {
    //! Values for unit tests.

    use super::*;
    use crate::policy::words::languages::LANGUAGES;

    /// Of these alone is anything known.
    pub(crate) fn values<'a>(title: &'a str, message: &'a str) -> Values<'a> {
        let words = &LANGUAGES[0];
        let worded = |text| Wording {
            text,
            language: words.language,
        };
        Values {
            title: worded(title),
            message: worded(message),
            status: 503,
            retry_after: None,
            until: None,
            request_id: b"",
            language: words.language,
            direction: words.direction,
            words,
        }
    }
}
