//! A set of prefixes that is searched in the time of one comparison.

use super::sorted::sorted;

/// Prefixes of which none begins with another, in order.
///
/// Whatever begins with one of them sorts behind it and before the next: so only the last
/// prefix that does not sort behind the text can match, and a binary search finds it.
/// Read backwards, the same set holds suffixes.
#[derive(Clone, Debug, Default)]
pub struct PrefixSet(Vec<Box<[u8]>>);

impl PrefixSet {
    /// Whether the set holds no prefix.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the set holds a prefix of `text`.
    pub fn contains_prefix_of(&self, text: impl Iterator<Item = u8> + Clone) -> bool {
        let after = self
            .0
            .partition_point(|prefix| prefix.iter().copied().le(text.clone()));
        after
            .checked_sub(1)
            .and_then(|last| self.0.get(last))
            .is_some_and(|prefix| prefix.iter().copied().eq(text.take(prefix.len())))
    }
}

impl FromIterator<Vec<u8>> for PrefixSet {
    fn from_iter<I: IntoIterator<Item = Vec<u8>>>(prefixes: I) -> Self {
        let mut prefixes: Vec<Box<[u8]>> = sorted(prefixes.into_iter().map(Into::into).collect());
        prefixes.dedup_by(|longer, shorter| longer.starts_with(shorter));
        Self(prefixes)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn agrees_with_a_plain_scan(
            prefixes in prop::collection::vec("[ab/]{0,4}", 0..8),
            text in "[ab/]{0,8}",
        ) {
            let set: PrefixSet = prefixes.iter().map(|prefix| prefix.clone().into_bytes()).collect();
            let scan = prefixes.iter().any(|prefix| text.starts_with(prefix));
            prop_assert_eq!(set.contains_prefix_of(text.bytes()), scan);
        }
    }
}
