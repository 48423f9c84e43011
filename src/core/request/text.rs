//! Texts of a client.

use std::borrow::Cow;

use crate::syntax::path::MAX_COMPARED_BYTES;

/// A text of a client that entries are compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Text<'r> {
    /// It can be compared.
    Clear(Cow<'r, str>),
    /// It is too long to be compared, or one of too many.
    InDoubt,
}

impl<'r> Text<'r> {
    /// The text of these bytes.
    pub fn new(bytes: Cow<'r, [u8]>) -> Self {
        if bytes.len() > MAX_COMPARED_BYTES {
            return Self::InDoubt;
        }
        Self::Clear(lossy(bytes))
    }
}

/// Bytes that are no UTF-8 read as U+FFFD.
pub(super) fn lossy(bytes: Cow<'_, [u8]>) -> Cow<'_, str> {
    match bytes {
        Cow::Borrowed(bytes) => String::from_utf8_lossy(bytes),
        Cow::Owned(bytes) => match String::from_utf8(bytes) {
            Ok(text) => text.into(),
            Err(error) => String::from_utf8_lossy(error.as_bytes())
                .into_owned()
                .into(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_no_utf8_read_as_the_replacement_character() {
        for bytes in [Cow::Borrowed(&b"a\xff"[..]), Cow::Owned(b"a\xff".to_vec())] {
            assert_eq!(Text::new(bytes), Text::Clear("a\u{fffd}".into()));
        }
    }

    #[test]
    fn what_was_sent_with_too_many_bytes_is_in_doubt() {
        let text = |length| Text::new(vec![0xff; length].into());
        assert!(matches!(text(8192), Text::Clear(_)));
        assert_eq!(text(8193), Text::InDoubt);
    }
}
