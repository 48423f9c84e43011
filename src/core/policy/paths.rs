//! The entries of `paths`.

use regex_lite::Regex;

use crate::config::matchers::{PathConfig, PathKindConfig};
use crate::policy::prefix_set::PrefixSet;
use crate::policy::reading::Reading;
use crate::policy::text_match::TextMatch;
use crate::syntax::invalid::{Compiled, Located, each, refuse};
use crate::syntax::path::{Readings, is_canonical};

/// Paths to compare a request path (without query) with. Exact paths, prefixes and
/// suffixes are found in a time that does not grow with their number.
#[derive(Clone, Debug, Default)]
pub struct Paths {
    reading: Reading,
    /// In order, each with its place in the list.
    exact: Vec<(Box<[u8]>, usize)>,
    /// Whole segments, each with the slash that ends it.
    prefixes: PrefixSet,
    /// Backwards.
    suffixes: PrefixSet,
    regexes: Vec<(Regex, usize)>,
}

impl Paths {
    /// Compiles `"/healthz"`, `"/static/*"`, `{"suffix": ".css"}` and the like; refuses all else.
    pub fn compile(entries: &[PathConfig], reading: Reading) -> Compiled<Self> {
        let mut exact = Vec::new();
        let mut prefixes = Vec::new();
        let mut suffixes = Vec::new();
        let mut regexes = Vec::new();
        let compiled = each(entries, |entry| match entry {
            PathConfig::Pattern(pattern) => compile_pattern(pattern),
            PathConfig::Kind(kind) => compile_kind(kind),
        })?;
        for (entry, index) in compiled.into_iter().zip(0..) {
            match entry {
                TextMatch::Exact(path) => exact.push((path.into_boxed_bytes(), index)),
                TextMatch::Prefix(path) => prefixes.push((format!("{path}/").into(), index)),
                TextMatch::Suffix(suffix) => suffixes.push((suffix.bytes().rev().collect(), index)),
                TextMatch::Regex(regex) => regexes.push((regex, index)),
                // No entry of `paths` can name it.
                TextMatch::Present(_) => {}
            }
        }
        exact.sort_unstable();
        Ok(Self {
            reading,
            exact,
            prefixes: prefixes.into_iter().collect(),
            suffixes: suffixes.into_iter().collect(),
            regexes,
        })
    }

    /// The place of an entry that matches the path; `readings` are the path's.
    pub fn find(&self, path: &[u8], readings: &Readings) -> Option<usize> {
        match self.reading {
            // Most paths match nothing, and need no second look.
            Reading::Canonical => self.find_as_sent(path).filter(|_| is_canonical(path)),
            Reading::Any => self.find_as_sent(path).or_else(|| {
                let mut readings = readings.of(path).iter();
                readings.find_map(|reading| self.find_as_sent(reading))
            }),
        }
    }

    fn find_as_sent(&self, path: &[u8]) -> Option<usize> {
        let end = (!path.ends_with(b"/")).then_some(b'/');
        let segments = path.iter().copied().chain(end);
        self.find_exact(path)
            .or_else(|| self.prefixes.find_prefix_of(segments))
            .or_else(|| self.suffixes.find_prefix_of(path.iter().rev().copied()))
            .or_else(|| self.find_regex(path))
    }

    fn find_exact(&self, path: &[u8]) -> Option<usize> {
        let exact = self
            .exact
            .binary_search_by(|(exact, _)| (**exact).cmp(path));
        self.exact.get(exact.ok()?).map(|(_, index)| *index)
    }

    fn find_regex(&self, path: &[u8]) -> Option<usize> {
        if self.regexes.is_empty() {
            return None;
        }
        let text = String::from_utf8_lossy(path);
        let mut regexes = self.regexes.iter();
        regexes.find_map(|(regex, index)| regex.is_match(&text).then_some(*index))
    }
}

fn compile_pattern(pattern: &str) -> Compiled<TextMatch> {
    begins_with_slash(pattern)?;
    let (path, kind): (&str, fn(Box<str>) -> TextMatch) = match pattern.strip_suffix("/*") {
        Some(segments) => (segments, TextMatch::Prefix),
        None => (pattern, TextMatch::Exact),
    };
    if path.contains('*') {
        return refuse(format!(
            "{pattern:?} has a `*` elsewhere than in a `/*` at its end: expected an exact path, \
             a prefix like \"/static/*\", or {{\"regex\": …}}"
        ));
    }
    Ok(kind(path.into()))
}

/// As in the Gateway API, a slash at the end of a prefix does not matter.
fn compile_kind(kind: &PathKindConfig) -> Compiled<TextMatch> {
    match TextMatch::compile(kind.texts(), None)? {
        TextMatch::Exact(path) => {
            begins_with_slash(&path).at("exact")?;
            Ok(TextMatch::Exact(path))
        }
        TextMatch::Prefix(path) => {
            begins_with_slash(&path).at("prefix")?;
            let segments = path.strip_suffix('/').unwrap_or(&path);
            Ok(TextMatch::Prefix(segments.into()))
        }
        other => Ok(other),
    }
}

fn begins_with_slash(path: &str) -> Compiled<()> {
    if path.starts_with('/') {
        return Ok(());
    }
    refuse(format!("{path:?} does not begin with `/`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(json: &str) -> Compiled<Paths> {
        Paths::compile(
            &crate::syntax::json_reader::read::<Vec<_>>(json),
            Reading::Canonical,
        )
    }

    #[test]
    fn each_kind_hits_and_misses() {
        for (entry, hits, misses) in [
            (
                r#"["/healthz"]"#,
                &["/healthz"][..],
                &["/healthz/", "/Healthz", "/healthzz", "/"][..],
            ),
            (
                r#"["/static/*"]"#,
                &["/static", "/static/", "/static/a/b"],
                &["/staticx", "/stati", "/Static/a"],
            ),
            (r#"["/*"]"#, &["/", "/a", "/a/b"], &[]),
            (r#"[{"exact":"/a*b"}]"#, &["/a*b"], &["/ab"]),
            (
                r#"[{"prefix":"/static"}]"#,
                &["/static", "/static/a"],
                &["/staticx"],
            ),
            (
                r#"[{"prefix":"/static/"}]"#,
                &["/static", "/static/a"],
                &["/staticx"],
            ),
            (r#"[{"prefix":"/"}]"#, &["/", "/a"], &[]),
            (
                r#"[{"suffix":".css"}]"#,
                &["/a.css", "/.css"],
                &["/a.css/", "/css", "/acss"],
            ),
            (
                r#"[{"regex":"/v[12]/.*"}]"#,
                &["/v1/", "/v2/a/b"],
                &["/v3/a", "/x/v1/a", "/v1"],
            ),
        ] {
            let paths = paths(entry).unwrap();
            for hit in hits {
                assert!(
                    paths.find_as_sent(hit.as_bytes()).is_some(),
                    "{entry} {hit}"
                );
            }
            for miss in misses {
                assert!(
                    paths.find_as_sent(miss.as_bytes()).is_none(),
                    "{entry} {miss}"
                );
            }
        }
    }

    #[test]
    fn a_prefix_with_an_empty_segment_matches_no_canonical_path() {
        for entry in [r#"["//*"]"#, r#"["/static//*"]"#, r#"[{"prefix":"//"}]"#] {
            let paths = paths(entry).unwrap();
            assert!(
                paths.find_as_sent(b"/").is_none() && paths.find_as_sent(b"/a").is_none(),
                "{entry}"
            );
            assert!(paths.find_as_sent(b"/static/a").is_none(), "{entry}");
        }
    }

    #[test]
    fn an_entry_with_an_escape_blocks_every_spelling_of_its_path() {
        for entry in [
            r#"["/caf%C3%A9"]"#,
            r#"["/caf%C3%A9/*"]"#,
            r#"[{"suffix":"f%C3%A9"}]"#,
            r#"[{"regex":"/[a-z]*%C3%A9"}]"#,
        ] {
            let entries = crate::syntax::json_reader::read::<Vec<_>>(entry);
            let paths = Paths::compile(&entries, Reading::Any).unwrap();
            for path in [
                "/caf%C3%A9",
                "/x/../caf%C3%A9",
                "//caf%C3%A9",
                "/%63af%C3%A9;a",
            ] {
                assert!(
                    paths.find(path.as_bytes(), &Readings::default()).is_some(),
                    "{entry} {path}"
                );
            }
        }
    }

    #[test]
    fn whatever_a_dot_segment_may_take_away_a_path_is_blocked() {
        let entries = crate::syntax::json_reader::read::<Vec<_>>(r#"["/a/*"]"#);
        let paths = Paths::compile(&entries, Reading::Any).unwrap();
        for path in [
            "/x/../a//../b",
            "//a///../../b",
            "/x//../../a/b",
            "/x%2Fy/../a",
            "/x\\y/../a/b",
        ] {
            assert!(
                paths.find(path.as_bytes(), &Readings::default()).is_some(),
                "{path}"
            );
        }
    }

    #[test]
    fn an_empty_list_matches_nothing() {
        let paths = paths("[]").unwrap();
        assert!(paths.find_as_sent(b"/").is_none() && paths.find_as_sent(b"").is_none());
    }

    #[test]
    fn bad_entries_are_refused_by_their_index() {
        for (entry, error) in [
            (r#""""#, "[0]: \"\" does not begin with `/`"),
            (r#""healthz""#, "[0]: \"healthz\" does not begin with `/`"),
            (r#""/static*""#, "[0]: \"/static*\" has a `*` elsewhere"),
            (r#""/a/*/b/*""#, "[0]: \"/a/*/b/*\" has a `*` elsewhere"),
            (
                r#"{"prefix":"a"}"#,
                "[0].prefix: \"a\" does not begin with `/`",
            ),
            (r#"{"suffix":""}"#, "[0].suffix: is empty"),
            (
                r#"{"regex":"("}"#,
                "[0].regex: \"(\" is not a regular expression",
            ),
            (r#"{}"#, "[0]: expected exactly one of its kinds"),
            (
                r#"{"exact":"/a","prefix":"/b"}"#,
                "[0]: expected exactly one of its kinds",
            ),
        ] {
            let refused = paths(&format!("[{entry}]")).unwrap_err().to_string();
            assert!(refused.starts_with(error), "{entry} gave {refused}");
        }
    }
}
