//! A path that no request has: why, and what is meant.

use crate::syntax::invalid::{Compiled, refuse};
use crate::syntax::path::{MAX_COMPARED_BYTES, is_canonical};
use crate::syntax::percent::{Octet, encode_but, octets};
use crate::syntax::readings::{normalised, with_upper_case};

/// An entry as canonical paths have it: a space and letters outside ASCII are escaped.
pub(super) fn written(entry: &str) -> String {
    let is_literal = |byte: u8| byte.is_ascii() && byte != b' ';
    let written = encode_but(entry, is_literal);
    let upper_case = with_upper_case(written.as_bytes());
    upper_case.map_or(written, |path| String::from_utf8_lossy(&path).into_owned())
}

/// Whether a canonical path is like this.
pub(super) fn is_possible(path: &str) -> bool {
    is_canonical(path.as_bytes()) && !path.contains(['?', '#'])
}

/// Whether a canonical path is like this; else says what to write in the place of `entry`.
pub(super) fn can_match(path: &str, entry: &str, rewrite: impl Fn(&str) -> String) -> Compiled<()> {
    if is_possible(path) {
        return Ok(());
    }
    let (problem, expected) = why_never(path);
    let meant = meant(path).map(|path| rewrite(&path));
    let instead = match meant.filter(|entry| !entry.is_empty()) {
        Some(entry) => format!("write {entry:?}"),
        None => format!("expected {expected}"),
    };
    refuse(format!("{entry:?} {problem}: {instead}"))
}

/// The path of a URL, or one without what no canonical path has.
fn meant(path: &str) -> Option<String> {
    let path = match path.split_once("://") {
        Some((scheme, rest)) if !scheme.contains('/') => {
            rest.find('/').and_then(|at| rest.get(at..)).unwrap_or("/")
        }
        _ => path,
    };
    let begin = path.split(['?', '#']).next().unwrap_or_default();
    let mut meant = normalised(begin.as_bytes());
    meant.retain(|byte| !byte.is_ascii_control());
    let meant = written(&String::from_utf8_lossy(&meant));
    is_canonical(meant.as_bytes()).then_some(meant)
}

/// What no canonical path has, and this text does; and what is expected where it cannot be told
/// what is meant.
fn why_never(path: &str) -> (&'static str, &'static str) {
    const WITHOUT: &str = "a path without it";
    let escapes = || octets(path.as_bytes());
    if !path.starts_with('/') {
        ("does not begin with `/`", "a path like \"/healthz\"")
    } else if path.contains('?') {
        ("has a query, with which nothing is compared", WITHOUT)
    } else if path.contains('#') {
        ("has a fragment, which no request has", WITHOUT)
    } else if path.contains(';') {
        ("has a `;`, which no canonical path has", WITHOUT)
    } else if path.contains('\\') {
        ("has a `\\`, which no canonical path has", WITHOUT)
    } else if path.contains("//") {
        ("has an empty segment, which no canonical path has", WITHOUT)
    } else if path.bytes().any(|byte| byte.is_ascii_control()) {
        (
            "has a control character, which no canonical path has",
            WITHOUT,
        )
    } else if escapes().any(|octet| octet == Octet::Broken) {
        (
            "has a `%` without two hexadecimal digits",
            "an escape such as \"%20\", or a path without it",
        )
    } else if path.len() > MAX_COMPARED_BYTES {
        ("is longer than any canonical path", "a shorter one")
    } else if path.split('/').any(|segment| matches!(segment, "." | "..")) {
        ("has a dot segment, which no canonical path has", WITHOUT)
    } else {
        ("has an escape that no canonical path has", WITHOUT)
    }
}
