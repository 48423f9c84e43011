//! Texts that paths are compared with, of any number in the time of a few comparisons.

use crate::policy::prefix_set::PrefixSet;
use crate::policy::text_match::TextMatch;

/// Exact paths, prefixes and suffixes, each with its place in the list.
#[derive(Clone, Debug, Default)]
pub(super) struct PathIndex {
    /// In order.
    exact: Vec<(Box<[u8]>, usize)>,
    /// Whole segments, each with the slash that ends it.
    prefixes: PrefixSet,
    /// Backwards.
    suffixes: PrefixSet,
}

impl PathIndex {
    /// Of the entries those that are no regular expressions, in some form.
    pub(super) fn new(entries: &[TextMatch], form: impl Fn(&str) -> Vec<u8>) -> Self {
        let mut exact = Vec::new();
        let mut prefixes = Vec::new();
        let mut suffixes = Vec::new();
        for (index, entry) in entries.iter().enumerate() {
            match entry {
                TextMatch::Exact(path) => exact.push((form(path).into(), index)),
                TextMatch::Prefix(path) => prefixes.push((form(&format!("{path}/")), index)),
                TextMatch::Suffix(suffix) => {
                    suffixes.push((form(suffix).into_iter().rev().collect(), index));
                }
                TextMatch::Regex(_) | TextMatch::Present(_) => {}
            }
        }
        exact.sort_unstable();
        Self {
            exact,
            prefixes: prefixes.into_iter().collect(),
            suffixes: suffixes.into_iter().collect(),
        }
    }

    /// The place of an entry that matches.
    pub(super) fn find(&self, path: &[u8]) -> Option<usize> {
        let end = (!path.ends_with(b"/")).then_some(b'/');
        let segments = path.iter().copied().chain(end);
        self.find_exact(path)
            .or_else(|| self.prefixes.find_prefix_of(segments))
            .or_else(|| self.suffixes.find_prefix_of(path.iter().rev().copied()))
    }

    fn find_exact(&self, path: &[u8]) -> Option<usize> {
        let exact = self
            .exact
            .binary_search_by(|(exact, _)| (**exact).cmp(path));
        self.exact.get(exact.ok()?).map(|(_, index)| *index)
    }
}
