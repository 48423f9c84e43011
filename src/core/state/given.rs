//! Values that a caller can give.

use crate::syntax::duration;
use crate::syntax::line::is_line;
use crate::syntax::timestamp::Timestamp;

/// The longest message, in bytes.
pub(crate) const MAX_MESSAGE_BYTES: usize = 1000;

/// A value that a caller can give.
pub trait Given: Sized {
    /// What stands for a value in a help text.
    const VALUE: &'static str;
    /// What is expected, for an error.
    const EXPECTED: &'static str;

    /// Reads the value.
    fn parse(text: &str) -> Option<Self>;
}

impl Given for Timestamp {
    const VALUE: &'static str = "TIME";
    const EXPECTED: &'static str = "an RFC 3339 date-time like 2026-01-31T22:00:00Z";

    fn parse(text: &str) -> Option<Self> {
        Self::parse(text)
    }
}

/// Seconds.
impl Given for u64 {
    const VALUE: &'static str = "DURATION";
    const EXPECTED: &'static str = duration::EXPECTED;

    fn parse(text: &str) -> Option<Self> {
        duration::parse(text)
    }
}

/// A text that can stand in replies and logs.
impl Given for String {
    const VALUE: &'static str = "TEXT";
    const EXPECTED: &'static str = "at most 1000 bytes without control characters";

    fn parse(text: &str) -> Option<Self> {
        let fits = text.len() <= MAX_MESSAGE_BYTES && is_line(text);
        fits.then(|| text.to_owned())
    }
}
