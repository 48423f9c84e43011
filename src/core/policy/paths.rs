//! The entries of `paths`.

use std::iter;

use crate::config::matchers::PathConfig;
use crate::policy::path_entry;
use crate::policy::path_index::PathIndex;
use crate::policy::reading::Reading;
use crate::policy::text_match::TextMatch;
use crate::syntax::invalid::{Compiled, each};
use crate::syntax::path::MAX_COMPARED_BYTES;
use crate::syntax::percent::decode;
use crate::syntax::readings::{Readings, Spelling};
use crate::syntax::regex::Regex;

/// Paths to compare a request path (without query) with. Exact paths, prefixes and
/// suffixes are found in a time that does not grow with their number.
#[derive(Clone, Debug)]
pub struct Paths {
    reading: Reading,
    /// As canonical paths have them.
    written: PathIndex,
    /// Without their escapes, where a path may be read without its own.
    decoded: PathIndex,
    regexes: Vec<(Regex, usize)>,
}

impl Paths {
    /// Compiles `"/healthz"`, `"/static/*"`, `{"suffix": ".css"}` and the like; refuses all else.
    pub fn compile(entries: &[PathConfig], reading: Reading) -> Compiled<Self> {
        let entries = each(entries, path_entry::compile)?;
        let decoded = |path: &str| decode(path.as_bytes()).unwrap_or_default();
        let regexes = entries.iter().enumerate();
        let regexes = regexes.filter_map(|(index, entry)| match entry {
            TextMatch::Regex(regex) => Some((regex.clone(), index)),
            _ => None,
        });
        Ok(Self {
            reading,
            written: PathIndex::new(&entries, |path| path.as_bytes().to_vec()),
            decoded: match reading {
                Reading::Canonical => PathIndex::default(),
                Reading::Any => PathIndex::new(&entries, decoded),
            },
            regexes: regexes.collect(),
        })
    }

    /// The place of an entry that matches a path.
    pub fn find(&self, path: &Readings<'_>) -> Option<usize> {
        let sent = path.sent();
        if sent.text().len() > MAX_COMPARED_BYTES {
            return (self.reading == Reading::Any).then_some(0);
        }
        match self.reading {
            // Most paths match nothing, and need no second look.
            Reading::Canonical => self.find_written(sent).filter(|_| path.is_canonical()),
            Reading::Any => self.find_written(sent).or_else(|| {
                let mut others = path.others().iter();
                others.find_map(|reading| {
                    let decoded = self.decoded.find(reading.text());
                    decoded.or_else(|| self.find_written(reading))
                })
            }),
        }
    }

    fn find_written(&self, path: &Spelling<'_>) -> Option<usize> {
        let written = self.written.find(path.upper_case());
        written.or_else(|| self.find_regex(path))
    }

    /// The place of an expression that matches: what an escape stands for may be what it names.
    fn find_regex(&self, path: &Spelling<'_>) -> Option<usize> {
        if self.regexes.is_empty() {
            return None;
        }
        let [text, readable] = [path.text(), path.readable()].map(String::from_utf8_lossy);
        let readable = Some(readable).filter(|readable| *readable != text);
        let is_match = |regex: &Regex| {
            let mut forms = iter::once(&text).chain(&readable);
            forms.any(|form| regex.is_match(form.as_bytes()))
        };
        let mut regexes = self.regexes.iter();
        regexes.find_map(|(regex, index)| is_match(regex).then_some(*index))
    }
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
                    paths.find(&Readings::new(hit.as_bytes())).is_some(),
                    "{entry} {hit}"
                );
            }
            for miss in misses {
                assert!(
                    paths.find(&Readings::new(miss.as_bytes())).is_none(),
                    "{entry} {miss}"
                );
            }
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
                    paths.find(&Readings::new(path.as_bytes())).is_some(),
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
                paths.find(&Readings::new(path.as_bytes())).is_some(),
                "{path}"
            );
        }
    }

    #[test]
    fn an_empty_list_matches_nothing() {
        let paths = paths("[]").unwrap();
        assert!(paths.find(&Readings::new(b"/")).is_none());
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
