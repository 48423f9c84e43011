//! Header maps as the Proxy-Wasm ABI encodes them.

use std::ops::Range;
use std::{iter, slice};

use maintenance_mode_core::request::headers::Headers;

/// A header map, read in place: the number of headers, the lengths of each name and value,
/// then each name and value with a NUL behind it, all numbers 32-bit little-endian.
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

    /// The lines of the map, in the order the client sent them.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        let mut lines = Lines::of(&self.0);
        iter::from_fn(move || {
            let (name, value) = lines.next_ranges()?;
            Some((lines.data.get(name)?, lines.data.get(value)?))
        })
    }
}

impl Headers for HeaderMap {
    fn values<'h>(&'h self, name: &str) -> impl Iterator<Item = &'h [u8]> {
        let mut lines = Lines::of(&self.0);
        iter::from_fn(move || lines.value_of(name.as_bytes()))
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

/// A length on a machine whose addresses have 32 bits or more.
#[inline]
fn size(length: [u8; 4]) -> usize {
    usize::try_from(u32::from_le_bytes(length)).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_header_is_found_on_each_of_its_lines() {
        let lines = [("accept", "a"), ("acc", "x"), ("accept", "b")];
        let headers = HeaderMap::decode(HeaderMap::encode(&lines));
        let values: Vec<&[u8]> = headers.values("accept").collect();
        assert_eq!(values, [b"a", b"b"]);
        assert_eq!(headers.first("host"), None);
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
