//! A set of prefixes that is searched in the time of one comparison.

/// Prefixes of which none begins with another, in order.
///
/// Whatever begins with one of them sorts behind it and before the next: so only the last
/// prefix that does not sort behind the text can match, and a binary search finds it.
/// Read backwards, the same set holds suffixes. Each prefix has a number; of those that begin
/// with another the other's is kept.
#[derive(Clone, Debug, Default)]
pub struct PrefixSet(Vec<(Box<[u8]>, usize)>);

impl PrefixSet {
    /// The number of the prefix of `text` that the set holds.
    pub fn find_prefix_of(&self, text: impl Iterator<Item = u8> + Clone) -> Option<usize> {
        let after = self
            .0
            .partition_point(|(prefix, _)| prefix.iter().copied().le(text.clone()));
        let (prefix, number) = self.0.get(after.checked_sub(1)?)?;
        let is_prefix = prefix.iter().copied().eq(text.take(prefix.len()));
        is_prefix.then_some(*number)
    }
}

impl FromIterator<(Vec<u8>, usize)> for PrefixSet {
    fn from_iter<I: IntoIterator<Item = (Vec<u8>, usize)>>(prefixes: I) -> Self {
        let boxed = |(prefix, number): (Vec<u8>, usize)| (prefix.into_boxed_slice(), number);
        let mut prefixes: Vec<_> = prefixes.into_iter().map(boxed).collect();
        prefixes.sort_unstable();
        prefixes.dedup_by(|(longer, _), (shorter, _)| longer.starts_with(shorter));
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
            let bytes = prefixes.iter().map(|prefix| prefix.clone().into_bytes());
            let set: PrefixSet = bytes.zip(0..).collect();
            let scan = prefixes.iter().any(|prefix| text.starts_with(prefix));
            let found = set.find_prefix_of(text.bytes());
            prop_assert_eq!(found.is_some(), scan);
            prop_assert!(found.is_none_or(|found| text.starts_with(&prefixes[found])));
        }
    }
}
