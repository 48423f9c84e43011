//! The headers of a request, as the host hands them over.

use std::{borrow::Cow, ops::Range, slice};

/// The longest text of a client that a reply repeats: Envoy drops all headers of a reply that
/// has a megabyte of them.
pub const MAX_REPEATED_BYTES: usize = 8192;

/// A header map in the encoding of the Proxy-Wasm ABI, read in place: the number of
/// headers, the lengths of each name and value, then each name and value with a NUL
/// behind it, all numbers 32-bit little-endian.
///
/// Names are lower-case, as Envoy makes them; values are bytes. A length that leads out of
/// the encoding ends the map; the NULs are not looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HeaderMap(Vec<u8>);

impl HeaderMap {
    /// A map from its encoding.
    pub fn decode(encoded: Vec<u8>) -> Self {
        Self(encoded)
    }

    /// The encoding of a list of headers.
    pub fn encode<N: AsRef<[u8]>, V: AsRef<[u8]>>(headers: &[(N, V)]) -> Vec<u8> {
        let number = |length: usize| u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes();
        let size: usize = headers
            .iter()
            .map(|(name, value)| name.as_ref().len() + value.as_ref().len() + 10)
            .sum();
        let mut encoded = Vec::with_capacity(4 + size);
        encoded.extend_from_slice(&number(headers.len()));
        for (name, value) in headers {
            encoded.extend_from_slice(&number(name.as_ref().len()));
            encoded.extend_from_slice(&number(value.as_ref().len()));
        }
        for (name, value) in headers {
            for field in [name.as_ref(), value.as_ref()] {
                encoded.extend_from_slice(field);
                encoded.push(0);
            }
        }
        encoded
    }

    /// The map with these lines in the place of those that it has of their names.
    pub fn with<N: AsRef<[u8]>, V: AsRef<[u8]>>(&self, lines: &[(N, V)]) -> Self {
        let mut all = Vec::with_capacity(16 + lines.len());
        all.extend(self.iter().filter(|(name, _)| {
            let replaces = |(other, _): &(N, V)| other.as_ref() == *name;
            !lines.iter().any(replaces)
        }));
        all.extend(
            lines
                .iter()
                .map(|(name, value)| (name.as_ref(), value.as_ref())),
        );
        Self(Self::encode(&all))
    }

    /// The encoding.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The lines of the map, in the order the client sent them.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        Lines::of(&self.0)
    }

    /// The value of a header; the values of repeated lines are joined by `,`, those of
    /// `cookie` by `; `.
    pub fn get(&self, name: &str) -> Option<Cow<'_, [u8]>> {
        let separator: &[u8] = if name == "cookie" { b"; " } else { b"," };
        self.joined(name, separator)
    }

    /// The cookies of the request.
    pub fn cookies(&self) -> Option<Cow<'_, [u8]>> {
        self.get("cookie")
    }

    /// The first line of a header that cannot be repeated, such as `:path`.
    pub fn first(&self, name: &str) -> Option<&[u8]> {
        Lines::of(&self.0).value_of(name.as_bytes())
    }

    fn joined(&self, name: &str, separator: &[u8]) -> Option<Cow<'_, [u8]>> {
        let mut lines = Lines::of(&self.0);
        let mut joined = Cow::Borrowed(lines.value_of(name.as_bytes())?);
        while let Some(value) = lines.value_of(name.as_bytes()) {
            let joined = joined.to_mut();
            joined.extend_from_slice(separator);
            joined.extend_from_slice(value);
        }
        Some(joined)
    }
}

/// Walks over the lines of an encoded map.
struct Lines<'m> {
    /// The lengths of each name and value to come.
    lengths: slice::Iter<'m, [[u8; 4]; 2]>,
    /// All names and values.
    data: &'m [u8],
    /// Where the next name begins.
    at: usize,
}

impl<'m> Lines<'m> {
    fn of(map: &'m [u8]) -> Self {
        let (count, rest) = map.split_first_chunk().unwrap_or((&[0; 4], &[]));
        let (lengths, data) = rest
            .split_at_checked(size(*count).saturating_mul(8))
            .unwrap_or((&[], &[]));
        let lengths = lengths.as_chunks::<4>().0.as_chunks::<2>().0.iter();
        Self {
            lengths,
            data,
            at: 0,
        }
    }

    /// The value of the next line of a name; a name of another length is not looked at.
    fn value_of(&mut self, name: &[u8]) -> Option<&'m [u8]> {
        loop {
            let (key, value) = self.next_ranges()?;
            let length = key.end.wrapping_sub(key.start);
            if length == name.len() && self.data.get(key) == Some(name) {
                return self.data.get(value);
            }
        }
    }

    /// Where the next name and value lie: nowhere, if a sum wraps around.
    #[inline]
    fn next_ranges(&mut self) -> Option<(Range<usize>, Range<usize>)> {
        let [name, value] = self.lengths.next()?;
        let name = self.at..self.at.wrapping_add(size(*name));
        let begin = name.end.wrapping_add(1);
        let value = begin..begin.wrapping_add(size(*value));
        self.at = value.end.wrapping_add(1);
        Some((name, value))
    }
}

impl<'m> Iterator for Lines<'m> {
    type Item = (&'m [u8], &'m [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (name, value) = self.next_ranges()?;
        Some((self.data.get(name)?, self.data.get(value)?))
    }
}

/// A length on a machine whose addresses have 32 bits or more.
#[inline]
fn size(length: [u8; 4]) -> usize {
    usize::try_from(u32::from_le_bytes(length)).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn map(headers: &[(&str, &str)]) -> HeaderMap {
        HeaderMap::decode(HeaderMap::encode(headers))
    }

    #[test]
    fn repeated_lines_are_one_value() {
        let headers = map(&[
            ("accept", "a"),
            ("cookie", "x=1"),
            ("accept", "b"),
            ("cookie", "y=2"),
        ]);
        assert_eq!(headers.get("accept").as_deref(), Some(&b"a,b"[..]));
        assert_eq!(headers.cookies().as_deref(), Some(&b"x=1; y=2"[..]));
        assert_eq!(headers.first("accept"), Some(&b"a"[..]));
        assert_eq!(headers.get("host"), None);
    }

    proptest! {
        #[test]
        fn reads_what_it_wrote(
            headers in prop::collection::vec((any::<Vec<u8>>(), any::<Vec<u8>>()), 0..6),
        ) {
            let read = HeaderMap::decode(HeaderMap::encode(&headers));
            let read: Vec<_> = read.iter().map(|(n, v)| (n.to_vec(), v.to_vec())).collect();
            prop_assert_eq!(read, headers);
        }

        #[test]
        fn any_bytes_can_be_read(bytes: Vec<u8>, count in 0u8..4) {
            let bytes = [&[count, 0, 0, 0][..], &bytes].concat();
            HeaderMap::decode(bytes).iter().for_each(drop);
        }
    }
}
