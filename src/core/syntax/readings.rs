//! How servers may read one path.

use std::borrow::Cow;
use std::cell::OnceCell;

use crate::syntax::hex;
use crate::syntax::path::{before, is_canonical, is_canonical_octet};
use crate::syntax::percent::{Octet, is_unreserved, octets};

/// What is known of one path (without query), found out when it is first asked for.
#[derive(Debug)]
pub struct Readings<'p> {
    sent: Spelling<'p>,
    is_canonical: OnceCell<bool>,
    others: OnceCell<Vec<Spelling<'static>>>,
}

/// A way to write a path, and what it is compared by.
#[derive(Debug)]
pub struct Spelling<'p> {
    text: Cow<'p, [u8]>,
    upper_case: OnceCell<Option<Vec<u8>>>,
    readable: OnceCell<Vec<u8>>,
}

impl<'p> Readings<'p> {
    /// The readings of a path.
    pub fn new(sent: &'p [u8]) -> Self {
        Self {
            sent: Spelling::new(sent.into()),
            is_canonical: OnceCell::new(),
            others: OnceCell::new(),
        }
    }

    /// The path as it was sent.
    pub fn sent(&self) -> &Spelling<'p> {
        &self.sent
    }

    /// Whether the path is canonical.
    pub fn is_canonical(&self) -> bool {
        *self
            .is_canonical
            .get_or_init(|| is_canonical(self.sent.text()))
    }

    /// The readings that some server may have of the path; none of one that has no other.
    pub fn others(&self) -> &[Spelling<'static>] {
        self.others.get_or_init(|| {
            let sent = self.sent.text();
            // Without escapes a canonical path is its own normalised form.
            if !sent.contains(&b'%') && self.is_canonical() {
                return Vec::new();
            }
            let readings = readings(sent).into_iter();
            readings.map(|text| Spelling::new(text.into())).collect()
        })
    }
}

impl<'p> Spelling<'p> {
    fn new(text: Cow<'p, [u8]>) -> Self {
        Self {
            text,
            upper_case: OnceCell::new(),
            readable: OnceCell::new(),
        }
    }

    /// As it is.
    pub fn text(&self) -> &[u8] {
        &self.text
    }

    /// With its escapes in upper case.
    pub fn upper_case(&self) -> &[u8] {
        let upper_case = self.upper_case.get_or_init(|| with_upper_case(&self.text));
        upper_case.as_deref().unwrap_or(&self.text)
    }

    /// As people read it, without escapes of spaces and of letters outside ASCII.
    pub fn readable(&self) -> &[u8] {
        self.readable.get_or_init(|| readable(self.upper_case()))
    }
}

fn readable(path: &[u8]) -> Vec<u8> {
    decode_once(path, |byte| byte == b' ' || !byte.is_ascii())
}

/// One reading that some server may have of a path (without query): escapes are decoded
/// until none is left, `\` is `/`, what follows a `;` is no part of its segment, slashes
/// are merged and dot segments removed
/// ([RFC 3986 section 5.2.4](https://www.rfc-editor.org/rfc/rfc3986#section-5.2.4)).
pub fn normalised(path: &[u8]) -> Vec<u8> {
    resolved(&decode_all(path), BOTH, Empty::Merged)
}

/// A path whose escapes are in upper case, unless they are.
pub(crate) fn with_upper_case(path: &[u8]) -> Option<Vec<u8>> {
    let is_lower = |window: &[u8]| match window {
        [b'%', digits @ ..] => digits.iter().any(u8::is_ascii_lowercase),
        _ => false,
    };
    if !path.contains(&b'%') || !path.windows(3).any(is_lower) {
        return None;
    }
    let mut path = path.to_vec();
    let mut digits = 0;
    for byte in &mut path {
        match digits {
            0 if *byte == b'%' => digits = 2,
            0 => {}
            _ => {
                byte.make_ascii_uppercase();
                digits -= 1;
            }
        }
    }
    Some(path)
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
    let mut readings = Distinct::default();
    let mut decoded = Distinct::default();
    for decode in decoders {
        decoded.push(decode(path));
    }
    for decoded in decoded.0 {
        for slashes in [BOTH, b"/"] {
            for empty in [Empty::Merged, Empty::Kept] {
                readings.push(resolved(&decoded, slashes, empty));
            }
        }
    }
    readings.0
}

/// Texts, each once.
#[derive(Default)]
struct Distinct(Vec<Vec<u8>>);

impl Distinct {
    fn push(&mut self, text: Vec<u8>) {
        if !self.0.contains(&text) {
            self.0.push(text);
        }
    }
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
    // Each segment with the slash before it.
    let mut resolved = Vec::with_capacity(decoded.len() + 1);
    let mut ends_in_slash = false;
    for segment in decoded.split(is_slash) {
        let segment = before(segment, b';');
        match segment {
            b"." => {}
            b"" if empty == Empty::Merged => {}
            b".." => {
                let parent = resolved.iter().rposition(|&byte| byte == b'/');
                resolved.truncate(parent.unwrap_or_default());
            }
            _ => {
                resolved.push(b'/');
                resolved.extend_from_slice(segment);
            }
        }
        ends_in_slash = matches!(segment, b"" | b"." | b"..");
    }
    if empty == Empty::Kept {
        resolved.dedup_by(|next, last| *next == b'/' && *last == b'/');
    }
    if resolved.last() != Some(&b'/') && (ends_in_slash || resolved.is_empty()) {
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
        fn a_canonical_path_without_escapes_is_its_own(path in "(/[a-z.;]{0,3}){1,4}/?") {
            if is_canonical(path.as_bytes()) {
                proptest::prop_assert_eq!(normalised(path.as_bytes()), path.as_bytes());
            }
        }
    }
}
