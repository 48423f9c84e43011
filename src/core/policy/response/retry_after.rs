//! `Retry-After`.

use std::borrow::Cow;

use serde::Serialize;

/// A `Retry-After`, [RFC 9110 section 10.2.3](https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum RetryAfter {
    /// A delay in seconds.
    Seconds(u64),
    /// An IMF-fixdate.
    Date(Box<str>),
}

impl RetryAfter {
    /// The value of the header.
    pub fn to_text(&self) -> Cow<'_, str> {
        match self {
            Self::Seconds(seconds) => seconds.to_string().into(),
            Self::Date(date) => Cow::Borrowed(date),
        }
    }
}
