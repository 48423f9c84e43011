//! Texts that stand on one line of a log, of a reply or of a header.

use crate::syntax::invalid::{Compiled, refuse};

/// Whether a text has no control character.
pub fn is_line(text: &str) -> bool {
    !text.chars().any(char::is_control)
}

/// Whether a text is a name: it has 1 to `MAX` bytes, none of a control character.
pub fn is_name<const MAX: usize>(text: &str) -> bool {
    (1..=MAX).contains(&text.len()) && is_line(text)
}

/// A name of at most `MAX` bytes; refuses one that is empty, longer or has a control character.
pub fn name<const MAX: usize>(text: &str) -> Compiled<Box<str>> {
    if is_name::<MAX>(text) {
        return Ok(text.into());
    }
    refuse(format!(
        "expected 1 to {MAX} bytes without control characters"
    ))
}
