//! Request paths: without their query, and whether they mean one thing only.

use std::cell::OnceCell;

use crate::syntax::hex;
use crate::syntax::percent::{Octet, is_unreserved, octets};

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
fn before(text: &[u8], end: u8) -> &[u8] {
    text.split(|&byte| byte == end).next().unwrap_or_default()
}

/// Whether every server reads this path (without query) the same way.
///
/// Canonical is what begins with `/` and has no empty segment but the last, no
/// `.` or `..` segment, no `\` or `;`, no byte outside visible ASCII, no
/// broken escape, and no escape of an unreserved character
/// ([RFC 3986 section 2.3](https://www.rfc-editor.org/rfc/rfc3986#section-2.3)),
/// of `/`, `\`, `;`, `%` or of a control.
pub fn is_canonical(path: &[u8]) -> bool {
    path.starts_with(b"/")
        && octets(path).all(is_canonical_octet)
        && !path.windows(2).any(|pair| pair == b"//")
        && path
            .split(|&byte| byte == b'/')
            .all(|segment| segment != b"." && segment != b"..")
}

/// Whether a path is sure to be its own [normalised] form.
pub fn is_normal(path: &[u8]) -> bool {
    !path.contains(&b'%') && is_canonical(path)
}

fn is_canonical_octet(octet: Octet) -> bool {
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

/// One reading that some server may have of a path (without query): escapes are decoded
/// until none is left, `\` is `/`, what follows a `;` is no part of its segment, slashes
/// are merged and dot segments removed
/// ([RFC 3986 section 5.2.4](https://www.rfc-editor.org/rfc/rfc3986#section-5.2.4)).
pub fn normalised(path: &[u8]) -> Vec<u8> {
    resolved(&decode_all(path), BOTH, Empty::Merged)
}

/// All readings that servers may have of one path, made when they are first asked for.
#[derive(Debug, Default)]
pub struct Readings(OnceCell<Vec<Vec<u8>>>);

impl Readings {
    /// Those of a path, the same at each call; none of one that has no other.
    pub fn of(&self, path: &[u8]) -> &[Vec<u8>] {
        self.0.get_or_init(|| {
            if is_normal(path) {
                return Vec::new();
            }
            readings(path)
        })
    }
}

type Decode = fn(&[u8]) -> Vec<u8>;

/// All such readings, each once; a canonical path has none but [`normalised`] that differs. Servers
/// decode all escapes, only those that no canonical path has, or only those of unreserved
/// characters; take `\` for a slash or not; and merge slashes before they remove dot
/// segments, or after, where `..` takes away an empty segment as well.
fn readings(path: &[u8]) -> Vec<Vec<u8>> {
    let decoders: [Decode; 3] = [
        decode_all,
        |path| decode_once(path, |byte| !is_canonical_octet(Octet::Escaped(byte))),
        |path| decode_once(path, is_unreserved),
    ];
    let mut readings = Vec::new();
    for decoded in decoders.map(|decode| decode(path)) {
        for slashes in [BOTH, b"/"] {
            for empty in [Empty::Merged, Empty::Kept] {
                let reading = resolved(&decoded, slashes, empty);
                if !readings.contains(&reading) {
                    readings.push(reading);
                }
            }
        }
    }
    readings
}

/// What some servers take for a slash.
const BOTH: &[u8] = b"/\\";

/// What becomes of empty segments before dot segments are removed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Empty {
    Merged,
    Kept,
}

/// Without dot segments and empty ones.
fn resolved(decoded: &[u8], slashes: &[u8], empty: Empty) -> Vec<u8> {
    let is_slash = |byte: &u8| slashes.contains(byte);
    let decoded = match decoded {
        [first, rest @ ..] if is_slash(first) => rest,
        rest => rest,
    };
    let mut segments: Vec<&[u8]> = Vec::new();
    let mut ends_in_slash = false;
    for segment in decoded.split(is_slash) {
        let segment = before(segment, b';');
        match segment {
            b"." => {}
            b"" if empty == Empty::Merged => {}
            b".." => {
                segments.pop();
            }
            _ => segments.push(segment),
        }
        ends_in_slash = matches!(segment, b"" | b"." | b"..");
    }
    let mut resolved = Vec::with_capacity(decoded.len() + 1);
    for segment in segments.iter().filter(|segment| !segment.is_empty()) {
        resolved.push(b'/');
        resolved.extend_from_slice(segment);
    }
    if ends_in_slash || resolved.is_empty() {
        resolved.push(b'/');
    }
    resolved
}

/// Decodes escapes of some bytes, once.
fn decode_once(path: &[u8], which: impl Fn(u8) -> bool) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(path.len());
    let mut rest = path;
    for octet in octets(path) {
        let length = match octet {
            Octet::Escaped(_) => 3,
            _ => 1,
        };
        let written = rest.split_off(..length).unwrap_or_default();
        match octet {
            Octet::Escaped(byte) if which(byte) => decoded.push(byte),
            _ => decoded.extend_from_slice(written),
        }
    }
    decoded
}

/// Decodes escapes until none is left, in one pass: a byte that completes an escape is
/// put in its place, where it may complete another.
fn decode_all(path: &[u8]) -> Vec<u8> {
    let mut decoded: Vec<u8> = Vec::with_capacity(path.len());
    for &byte in path {
        decoded.push(byte);
        while let [.., b'%', high, low] = decoded.as_slice()
            && let Some(byte) = hex::byte([*high, *low])
        {
            decoded.truncate(decoded.len() - 3);
            decoded.push(byte);
        }
    }
    decoded
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
    fn every_spelling_of_a_path_has_one_normalised_form() {
        for path in [
            "/a/b",
            "//a///b",
            "/./a/x/../b",
            "/a\\b",
            "\\a/b",
            "/a;x=1/b;y",
            "/%61/b",
            "/a%2Fb",
            "/a%252fb",
            "/a%25252fb",
            "/%2561/b",
            "/%%36%31/b",
            "/a/%2e/b",
            "/x/%2e%2e/a/b",
            "/../a/b",
            "/a/..;/a/b",
            "a/b",
        ] {
            let normal = normalised(path.as_bytes());
            assert_eq!(String::from_utf8_lossy(&normal), "/a/b", "{path}");
        }
        for (path, normal) in [
            ("", "/"),
            ("/a/", "/a/"),
            ("/a/.", "/a/"),
            ("/a/b/..", "/a/"),
            ("/%zz", "/%zz"),
        ] {
            assert_eq!(normalised(path.as_bytes()), normal.as_bytes(), "{path}");
        }
    }

    #[test]
    fn what_servers_read_differently_has_several_readings() {
        for (path, expected) in [
            ("/x/../caf%C3%A9", &["/caf\u{e9}", "/caf%C3%A9"][..]),
            ("//a%20b/%2e/%63", &["/a b/c", "/a%20b/c"]),
            ("/x/../a//../b", &["/b", "/a/b"]),
            ("/a///../../b/", &["/b/", "/a/b/"]),
            ("/a%2Fb/../c", &["/a/c", "/c"]),
            ("/a\\b/../c", &["/a/c", "/c"]),
        ] {
            let readings = readings(path.as_bytes());
            for expected in expected {
                let expected = expected.as_bytes().to_vec();
                assert!(readings.contains(&expected), "{path} {readings:?}");
            }
        }
    }

    #[test]
    fn nested_escapes_take_no_longer_than_others() {
        let nested = format!("/%{}41", "25".repeat(30_000));
        assert_eq!(normalised(nested.as_bytes()), b"/A");
    }

    proptest::proptest! {
        #[test]
        fn a_normalised_path_is_its_own(path: Vec<u8>) {
            let once = normalised(&path);
            proptest::prop_assert_eq!(normalised(&once), once);
        }

        #[test]
        fn a_canonical_path_has_no_other_reading(path in "(/([a-z.]|%(C3|20|2e)){1,3}){1,4}/?") {
            if is_canonical(path.as_bytes()) {
                let normalised = normalised(path.as_bytes());
                for reading in readings(path.as_bytes()) {
                    proptest::prop_assert!(reading == path.as_bytes() || reading == normalised);
                }
            }
        }

        #[test]
        fn a_path_that_is_normal_is_its_own(path in "(/[a-z.%;]{0,3}){1,4}/?") {
            if is_normal(path.as_bytes()) {
                proptest::prop_assert_eq!(normalised(path.as_bytes()), path.as_bytes());
            }
        }
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
