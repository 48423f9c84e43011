//! Request paths: without their query, and whether they mean one thing only.

use crate::syntax::percent::{Octet, is_unreserved, octets};

/// The longest text of a client that is compared with anything, in bytes.
pub const MAX_COMPARED_BYTES: usize = 8192;

/// The part of `:path` before the query.
pub fn without_query(path: &[u8]) -> &[u8] {
    before(path, b'?')
}

/// The query of `:path`, without its `?`; empty where there is none.
pub fn query(path: &[u8]) -> &[u8] {
    let mut parts = path.splitn(2, |&byte| byte == b'?');
    parts.nth(1).unwrap_or_default()
}

/// What stands before the first `end`: all where there is none.
pub(super) fn before(text: &[u8], end: u8) -> &[u8] {
    text.split(|&byte| byte == end).next().unwrap_or_default()
}

/// Whether every server reads this path (without query) the same way.
///
/// Canonical is what begins with `/` and has no empty segment but the last, no
/// `.` or `..` segment, no `\` or `;`, no byte outside visible ASCII, no
/// broken escape, and no escape of an unreserved character
/// ([RFC 3986 section 2.3](https://www.rfc-editor.org/rfc/rfc3986#section-2.3)),
/// of `/`, `\`, `;`, `%` or of a control; and is not too long to be compared.
pub fn is_canonical(path: &[u8]) -> bool {
    path.len() <= MAX_COMPARED_BYTES
        && path.starts_with(b"/")
        && octets(path).all(is_canonical_octet)
        && !path.windows(2).any(|pair| pair == b"//")
        && path
            .split(|&byte| byte == b'/')
            .all(|segment| segment != b"." && segment != b"..")
}

pub(super) fn is_canonical_octet(octet: Octet) -> bool {
    match octet {
        Octet::Literal(byte) => byte.is_ascii_graphic() && byte != b'\\' && byte != b';',
        Octet::Escaped(byte) => {
            !is_unreserved(byte)
                && !byte.is_ascii_control()
                && !matches!(byte, b'/' | b'\\' | b';' | b'%')
        }
        Octet::Broken => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn canonical_paths() {
        for path in [
            "/",
            "/a",
            "/a/",
            "/a/b.c",
            "/a/.b",
            "/a/...",
            "/a/..b",
            "/%20",
            "/caf%C3%A9",
            "/a%3Fb",
            "/a:b@c!$&'()*+,=~",
        ] {
            assert!(is_canonical(path.as_bytes()), "{path}");
        }
    }

    #[test]
    fn paths_that_servers_read_differently_are_not_canonical() {
        for path in [
            "",
            "a",
            "*",
            "//",
            "/a//b",
            "/.",
            "/..",
            "/./a",
            "/a/..",
            "/a/../b",
            "/a;b",
            "/a\\b",
            "/a b",
            "/caf\u{e9}",
            "/a\u{7f}",
            "/%",
            "/%2",
            "/%zz",
            "/%2e%2e/a",
            "/%2E",
            "/%41",
            "/a%2Fb",
            "/a%5cb",
            "/a%3Bb",
            "/a%252Fb",
            "/a%00",
            "/a%7F",
            "/a%0d%0a",
        ] {
            assert!(!is_canonical(path.as_bytes()), "{path}");
        }
        assert!(!is_canonical(b"/\xff"));
    }

    #[test]
    fn the_query_begins_at_the_first_question_mark() {
        assert_eq!(without_query(b"/a?b?c"), b"/a");
        assert_eq!(query(b"/a?b?c"), b"b?c");
        assert_eq!(without_query(b"/a"), b"/a");
        assert_eq!(query(b"/a"), b"");
        assert_eq!(query(b"?"), b"");
        assert_eq!(without_query(b""), b"");
    }
}
