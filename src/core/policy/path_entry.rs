//! One entry of `paths`: what it compares, and that a request can match it.

use crate::config::matchers::{PathConfig, PathKindConfig};
use crate::policy::dead_path::{can_match, is_possible, written};
use crate::policy::text_match::TextMatch;
use crate::syntax::hex;
use crate::syntax::invalid::{Compiled, Located, refuse};
use crate::syntax::regex::{Regex, Start};

/// Compiles `"/healthz"`, `"/static/*"`, `{"suffix": ".css"}` and the like. Texts come as
/// canonical paths have them: escaped where they must be, in upper case.
///
/// # Errors
/// It is no such thing, or no canonical path matches it.
pub(super) fn compile(entry: &PathConfig) -> Compiled<TextMatch> {
    match entry {
        PathConfig::Pattern(pattern) => compile_pattern(pattern),
        PathConfig::Kind(kind) => compile_kind(kind),
    }
}

fn compile_pattern(pattern: &str) -> Compiled<TextMatch> {
    let segments = pattern.strip_suffix("/*");
    let path = segments.unwrap_or(pattern);
    if path.contains('*') && pattern != "*" {
        return refuse(format!(
            "{pattern:?} has a `*` elsewhere than in a `/*` at its end: write {}",
            starred(pattern)
        ));
    }
    let written = written(path);
    match segments {
        Some(_) => {
            can_match(&format!("{written}/"), pattern, |path| format!("{path}*"))?;
            Ok(TextMatch::Prefix(written.into()))
        }
        None => {
            can_match(&written, pattern, str::to_owned)?;
            Ok(TextMatch::Exact(written.into()))
        }
    }
}

/// The entry for a path in which a star stands for anything.
fn starred(pattern: &str) -> String {
    let only_star_in = |rest: &&str| !rest.contains('*');
    if let Some(begin) = pattern.strip_suffix("/**").filter(only_star_in) {
        return format!("{:?}", format!("{begin}/*"));
    }
    if let Some(suffix) = pattern.strip_prefix('*').filter(only_star_in) {
        return format!("{{\"suffix\": {suffix:?}}}");
    }
    let begin = pattern.trim_end_matches('*');
    let mut regex = if begin.starts_with('/') { "" } else { "/" }.to_owned();
    for character in begin.chars() {
        match character {
            '*' => regex.push_str("[^/]*"),
            '/' | '-' | '_' => regex.push(character),
            _ if character.is_ascii_punctuation() => regex.extend(['\\', character]),
            _ => regex.push(character),
        }
    }
    if begin != pattern {
        regex.push_str(".*");
    }
    format!("{{\"regex\": {regex:?}}}")
}

/// As in the Gateway API, a slash at the end of a prefix does not matter.
fn compile_kind(kind: &PathKindConfig) -> Compiled<TextMatch> {
    Ok(match TextMatch::compile(kind.texts(), None)? {
        TextMatch::Exact(path) | TextMatch::Prefix(path) if path.ends_with("/*") => {
            return no_wildcard(&path);
        }
        TextMatch::Exact(path) => {
            let written = written(&path);
            can_match(&written, &path, str::to_owned).at("exact")?;
            TextMatch::Exact(written.into())
        }
        TextMatch::Prefix(path) => {
            let written = written(&path);
            can_match(&written, &path, str::to_owned).at("prefix")?;
            TextMatch::Prefix(written.strip_suffix('/').unwrap_or(&written).into())
        }
        TextMatch::Suffix(suffix) if suffix.starts_with('*') && suffix.len() > 1 => {
            return no_wildcard(&suffix);
        }
        TextMatch::Suffix(suffix) => {
            let written = written(&suffix);
            let begin = if written.starts_with('/') { "" } else { "/x" };
            let without_begin = |path: &str| path.strip_prefix(begin).unwrap_or(path).to_owned();
            can_match(&format!("{begin}{written}"), &suffix, without_begin).at("suffix")?;
            TextMatch::Suffix(written.into())
        }
        TextMatch::Regex(regex) => TextMatch::Regex(compile_regex(regex).at("regex")?),
        present => present,
    })
}

/// Refuses a star that is meant to stand for anything, where it is a letter like others.
fn no_wildcard<T>(text: &str) -> Compiled<T> {
    let instead = match text.strip_suffix("/*") {
        Some(begin) if !begin.contains('*') => format!("{text:?}"),
        _ => starred(text),
    };
    refuse(format!(
        "{text:?} has a `*`, which stands for itself in an object: write {instead}"
    ))
}

/// The one path of an endpoint, without a slash at its end, as canonical paths have it.
pub(super) fn compile_root(path: &str) -> Compiled<Box<str>> {
    let written = written(path);
    let root = |path: &str| path.trim_end_matches(['/', '*']).to_owned();
    can_match(&written, path, root)?;
    match root(&written) {
        root if root.is_empty() => refuse(format!(
            "{path:?} is every path: write one of its own, such as \"/maintenance-mode\""
        )),
        root if root != written => refuse(format!(
            "{path:?} ends with a slash or a star: write {root:?}"
        )),
        root => Ok(root.into()),
    }
}

/// An expression that names escapes as its paths are read.
fn compile_regex(regex: Regex) -> Compiled<Regex> {
    let begins = |start: &Start| can_begin(start, regex.as_str());
    let dead = regex.starts().iter().map(begins).reduce(Result::or);
    dead.unwrap_or(Ok(()))?;
    let readable = readable_regex(regex.as_str());
    if readable == regex.as_str() {
        return Ok(regex);
    }
    Regex::new(&readable)
}

/// What may follow a text that ends within a segment or an escape.
const ENDS: [&str; 5] = ["x", "0", "B", "C", "40"];

/// Whether a canonical path begins like this.
fn can_begin(start: &Start, pattern: &str) -> Compiled<()> {
    let path = written(&String::from_utf8_lossy(&start.text));
    let ends: &[&str] = if start.is_whole { &[""] } else { &ENDS };
    let goes_on = |end: &&str| is_possible(&format!("{path}{end}"));
    if path.is_empty() && !start.is_whole || ends.iter().any(goes_on) {
        return Ok(());
    }
    let end = ends.first().copied().unwrap_or_default();
    can_match(&format!("{path}{end}"), pattern, |path| {
        path.strip_suffix(end).unwrap_or(path).to_owned()
    })
}

/// An expression without escapes of spaces and of letters outside ASCII, and with the others in
/// upper case; classes stay as they are.
fn readable_regex(pattern: &str) -> String {
    let mut readable = Vec::with_capacity(pattern.len());
    let mut rest = pattern.as_bytes();
    let mut classes: usize = 0;
    while let [first, behind @ ..] = rest {
        let escape = match behind {
            [high, low, ..] if *first == b'%' && classes == 0 => hex::byte([*high, *low]),
            _ => None,
        };
        let length = match (escape, first) {
            (Some(_), _) => 3,
            (None, b'\\') => 2,
            _ => 1,
        };
        let (written, behind) = rest.split_at_checked(length).unwrap_or((rest, &[]));
        match escape {
            Some(b' ') => readable.extend_from_slice(br"\x20"),
            Some(byte) if !byte.is_ascii() => readable.push(byte),
            Some(_) => readable.extend(written.to_ascii_uppercase()),
            None => readable.extend_from_slice(written),
        }
        match first {
            b'[' => classes += 1,
            b']' => classes = classes.saturating_sub(1),
            _ => {}
        }
        rest = behind;
    }
    String::from_utf8_lossy(&readable).into_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::policy::paths::Paths;
    use crate::policy::reading::Reading;
    use crate::syntax::readings::Readings;

    fn refused(entry: &str) -> String {
        let entry: PathConfig = crate::syntax::json_reader::read(entry);
        compile(&entry)
            .map(|kind| panic!("{kind:?}"))
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn what_no_request_can_match_is_refused_with_what_to_write() {
        for (entry, error) in [
            (
                r#""/export?full=1""#,
                r#""/export?full=1" has a query, with which nothing is compared: write "/export""#,
            ),
            (
                r#""/a#b""#,
                r#""/a#b" has a fragment, which no request has: write "/a""#,
            ),
            (
                r#""/a;v=1/b/*""#,
                r#""/a;v=1/b/*" has a `;`, which no canonical path has: write "/a/b/*""#,
            ),
            (r#""/a\\b""#, r#"which no canonical path has: write "/a/b""#),
            (
                r#""//api/*""#,
                r#""//api/*" has an empty segment, which no canonical path has: write "/api/*""#,
            ),
            (r#""/static//*""#, r#"write "/static/*""#),
            (
                r#""/a/../b""#,
                r#"has a dot segment, which no canonical path has: write "/b""#,
            ),
            (
                r#""/%61dmin""#,
                r#"has an escape that no canonical path has: write "/admin""#,
            ),
            (
                r#""/a%2Fb""#,
                r#"has an escape that no canonical path has: write "/a/b""#,
            ),
            (
                r#""/100%""#,
                r#""/100%" has a `%` without two hexadecimal digits: expected an escape such as "%20""#,
            ),
            (
                r#""/a\tb""#,
                r#"has a control character, which no canonical path has: write "/ab""#,
            ),
            (
                r#""/a%00/*""#,
                r#"has an escape that no canonical path has: write "/a/*""#,
            ),
            (r#""https://shop.example/a/*""#, r#"write "/a/*""#),
            (r#"{"suffix":"?x"}"#, "expected a path without it"),
            (r#""*""#, r#"does not begin with `/`: write "/*""#),
            (r#""*.css""#, r#"write {"suffix": ".css"}"#),
            (r#""/a/**""#, r#"write "/a/*""#),
            (r#""/a*""#, r#"write {"regex": "/a.*"}"#),
            (r#""/*/b.c""#, r#"write {"regex": "/[^/]*/b\\.c"}"#),
            (
                r#"{"prefix":"/api/*"}"#,
                r#""/api/*" has a `*`, which stands for itself in an object: write "/api/*""#,
            ),
            (r#"{"exact":"/*"}"#, r#"write "/*""#),
            (r#"{"exact":"/*/b/*"}"#, r#"write {"regex": "/[^/]*/b/.*"}"#),
            (r#"{"suffix":"*.css"}"#, r#"write {"suffix": ".css"}"#),
            (
                r#"{"prefix":"/a?b"}"#,
                r#"prefix: "/a?b" has a query, with which nothing is compared: write "/a""#,
            ),
            (
                r#"{"suffix":"/../b"}"#,
                r#"suffix: "/../b" has a dot segment"#,
            ),
            (
                r#"{"suffix":".php?x"}"#,
                r#"suffix: ".php?x" has a query, with which nothing is compared: write ".php""#,
            ),
            (r#"{"regex":"/export\\?full=.*"}"#, "has a query"),
            (r#"{"regex":"^api/.*"}"#, "does not begin with `/`"),
            (r#"{"regex":"/a//b.*"}"#, "has an empty segment"),
            (r#"{"regex":"/100%-.*"}"#, "without two hexadecimal digits"),
            (r#"{"regex":"/a/\\.\\./b"}"#, "has a dot segment"),
            (
                r#"{"regex":"https://example\\.com/.*"}"#,
                "does not begin with `/`",
            ),
        ] {
            let refused = refused(entry);
            assert!(refused.contains(error), "{entry} gave {refused}");
        }
    }

    #[test]
    fn what_a_person_means_counts() {
        for (entry, path) in [
            (r#""/café""#, "/caf%C3%A9"),
            (r#""/café""#, "/caf%c3%a9"),
            (r#""/a b/*""#, "/a%20b/c"),
            (r#""/caf%c3%a9""#, "/caf%C3%A9"),
            (r#"{"suffix":"é.css"}"#, "/x%C3%A9.css"),
            (r#"{"regex":"/café/.*"}"#, "/caf%c3%a9/x"),
            (r#"{"regex":"/caf%C3%A9"}"#, "/caf%c3%a9"),
            (r#"{"regex":"/a b"}"#, "/a%20b"),
            (r#"{"regex":"/x\\.\\..*"}"#, "/x..y"),
            (r#"{"regex":"/x?/?.*"}"#, "/y"),
            (r#"{"regex":"a|/b"}"#, "/b"),
            (r#"{"regex":"/caf%c3%a9"}"#, "/caf%C3%A9"),
            (r#"{"exact":"/a*b"}"#, "/a*b"),
            (r#"{"suffix":"*"}"#, "/a*"),
            (r#"{"regex":"/é%2C"}"#, "/%c3%a9%2c"),
            (r#"{"regex":"/caf%C3%A9 x"}"#, "/caf%C3%A9%20x"),
            (r#"{"regex":"/a%20+b"}"#, "/a%20%20b"),
            (r#"{"regex":"/%a0 "}"#, "/%A0%20"),
        ] {
            let entry: PathConfig = crate::syntax::json_reader::read(entry);
            for reading in [Reading::Canonical, Reading::Any] {
                let paths = Paths::compile(std::slice::from_ref(&entry), reading).unwrap();
                let found = paths.find(&Readings::new(path.as_bytes()));
                assert_eq!(found, Some(0), "{entry:?} {path}");
            }
        }
    }

    /// Of an expression that begins with a literal one: whatever else it is made of is not looked
    /// at, so that `[a-z]+`, which no path matches, is accepted.
    fn regex(text: &str) -> String {
        let mut regex = "/".to_owned();
        for character in text.chars() {
            if matches!(character, '.' | '?' | '*') {
                regex.push('\\');
            }
            regex.push(character);
        }
        regex
    }

    proptest! {
        #[test]
        fn an_accepted_regex_has_a_request_that_its_literal_start_matches(
            text in "[/x.;?%*0-7-]{0,8}",
            end in 0..2usize,
        ) {
            let entry = serde_json::json!({"regex": regex(&text) + ["", ".*"][end]});
            let config: PathConfig = crate::syntax::json_reader::read(&entry.to_string());
            if compile(&config).is_ok() {
                // What follows may have to complete an escape or a segment.
                let ends: &[&str] = [&[""][..], &ENDS][end];
                let begins = [format!("/{text}"), written(&format!("/{text}"))];
                let requests = begins.iter().flat_map(|begin| {
                    ends.iter().map(move |end| format!("{begin}{end}"))
                });
                for reading in [Reading::Canonical, Reading::Any] {
                    let paths = Paths::compile(std::slice::from_ref(&config), reading).unwrap();
                    let is_match = |path: String| paths.find(&Readings::new(path.as_bytes())).is_some();
                    prop_assert!(requests.clone().any(is_match), "{} matches nothing", entry);
                }
            }
        }

        #[test]
        fn an_accepted_entry_has_a_request_that_it_matches(
            text in "[/a.é ;?%*0-9A-F-]{0,8}",
            kind in 0..4,
        ) {
            let entry = match kind {
                0 => serde_json::json!(format!("/{text}")),
                1 => serde_json::json!({"exact": format!("/{text}")}),
                2 => serde_json::json!({"prefix": format!("/{text}")}),
                _ => serde_json::json!({"suffix": text}),
            };
            let config: PathConfig = crate::syntax::json_reader::read(&entry.to_string());
            if let Ok(compiled) = compile(&config) {
                let request = match &compiled {
                    TextMatch::Exact(path) => path.to_string(),
                    TextMatch::Prefix(path) => format!("{path}/"),
                    TextMatch::Suffix(suffix) if suffix.starts_with('/') => suffix.to_string(),
                    TextMatch::Suffix(suffix) => format!("/x{suffix}"),
                    other => panic!("{other:?}"),
                };
                for reading in [Reading::Canonical, Reading::Any] {
                    let paths = Paths::compile(std::slice::from_ref(&config), reading).unwrap();
                    let found = paths.find(&Readings::new(request.as_bytes()));
                    prop_assert_eq!(found, Some(0), "{} by {}", entry, request);
                }
            }
        }
    }
}
