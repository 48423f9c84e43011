//! Percent-encoding, [RFC 3986 section 2.1](https://www.rfc-editor.org/rfc/rfc3986#section-2.1).

use crate::syntax::hex;

/// One byte of a percent-encoded text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Octet {
    /// It stands for itself.
    Literal(u8),
    /// It was written as `%XX`.
    Escaped(u8),
    /// A `%` that two hexadecimal digits do not follow.
    Broken,
}

/// Reads the bytes of `text` one after the other.
pub fn octets(text: &[u8]) -> impl Iterator<Item = Octet> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (octet, tail) = match rest {
            [] => return None,
            [b'%', high, low, tail @ ..] if let Some(byte) = hex::byte([*high, *low]) => {
                (Octet::Escaped(byte), tail)
            }
            [b'%', tail @ ..] => (Octet::Broken, tail),
            [byte, tail @ ..] => (Octet::Literal(*byte), tail),
        };
        rest = tail;
        Some(octet)
    })
}

/// The decoded bytes; `None` where an escape is broken. `+` is itself.
pub fn decode(text: &[u8]) -> Option<Vec<u8>> {
    octets(text)
        .map(|octet| match octet {
            Octet::Literal(byte) | Octet::Escaped(byte) => Some(byte),
            Octet::Broken => None,
        })
        .collect()
}

/// Encodes what cannot stand in the `Location` header as it is.
pub fn encode(text: &str) -> String {
    encode_but(text, |byte| byte.is_ascii_graphic())
}

/// Encodes all but unreserved characters,
/// [section 2.3](https://www.rfc-editor.org/rfc/rfc3986#section-2.3): a value of a query.
pub fn encode_value(text: &str) -> String {
    encode_but(text, is_unreserved)
}

/// Encodes what cannot stand in a `grpc-message` as it is,
/// [Responses](https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md#responses).
pub fn encode_grpc_message(text: &str) -> String {
    encode_but(text, |byte| matches!(byte, b' '..=b'~') && byte != b'%')
}

/// Whether a byte means the same escaped or not, in whatever part of a URL.
pub(crate) fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

/// Encodes all but what is literal.
pub fn encode_but(text: &str, is_literal: impl Fn(u8) -> bool) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if is_literal(byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_escapes_of_either_case_and_leaves_plus_alone() {
        assert_eq!(decode(b"a%2Fb%2f+%C3%A9"), Some("a/b/+é".into()));
    }

    #[test]
    fn refuses_broken_escapes() {
        for text in ["%", "%2", "a%zz", "%2%2F", "%+1"] {
            assert_eq!(decode(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn an_encoded_value_is_read_as_it_was() {
        let text = "a&b=c é+%\u{20}-._~";
        let encoded = encode_value(text);
        assert_eq!(encoded, "a%26b%3Dc%20%C3%A9%2B%25%20-._~");
        assert_eq!(decode(encoded.as_bytes()), Some(text.into()));
    }
}
