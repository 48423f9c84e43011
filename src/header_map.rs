//! The headers of a request, as the host hands them over.

use std::{borrow::Cow, slice};

/// A header map in the encoding of the Proxy-Wasm ABI, read in place: the number of
/// headers, the lengths of each name and value, then each name and value with a NUL
/// behind it, all numbers 32-bit little-endian.
///
/// Names are lower-case, as Envoy makes them; values are bytes. What does not follow the
/// encoding ends the map.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HeaderMap(Vec<u8>);

impl HeaderMap {
    /// A map from its encoding.
    pub fn decode(encoded: Vec<u8>) -> Self {
        Self(encoded)
    }

    /// The encoding of a list of headers.
    pub fn encode<N: AsRef<[u8]>, V: AsRef<[u8]>>(headers: &[(N, V)]) -> Vec<u8> {
        let lines = headers.iter();
        encode(lines.map(|(name, value)| (name.as_ref(), value.as_ref())))
    }

    /// The map with these lines in the place of those that it has of their names.
    pub fn with<N: AsRef<[u8]>, V: AsRef<[u8]>>(&self, lines: &[(N, V)]) -> Self {
        let lines = lines
            .iter()
            .map(|(name, value)| (name.as_ref(), value.as_ref()));
        let kept = self
            .iter()
            .filter(|(name, _)| lines.clone().all(|(other, _)| other != *name));
        Self(encode(kept.chain(lines.clone())))
    }

    /// The encoding.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The lines of the map, in the order the client sent them.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], &[u8])> + Clone {
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
        self.values(name).next()
    }

    fn values(&self, name: &str) -> impl Iterator<Item = &[u8]> {
        self.iter()
            .filter(move |(key, _)| *key == name.as_bytes())
            .map(|(_, value)| value)
    }

    fn joined(&self, name: &str, separator: &[u8]) -> Option<Cow<'_, [u8]>> {
        let mut values = self.values(name);
        let first = Cow::Borrowed(values.next()?);
        Some(values.fold(first, |joined, value| {
            let mut joined = joined.into_owned();
            joined.extend_from_slice(separator);
            joined.extend_from_slice(value);
            Cow::Owned(joined)
        }))
    }
}

/// Walks over the lines of an encoded map.
#[derive(Clone)]
struct Lines<'m> {
    /// The lengths of each name and value to come.
    lengths: slice::Iter<'m, [[u8; 4]; 2]>,
    /// The names and values to come.
    data: &'m [u8],
}

impl<'m> Lines<'m> {
    fn of(map: &'m [u8]) -> Self {
        let (count, rest) = map.split_first_chunk().unwrap_or((&[0; 4], &[]));
        let (lengths, data) = rest
            .split_at_checked(size(*count).saturating_mul(8))
            .unwrap_or((&[], &[]));
        let lengths = lengths.as_chunks::<4>().0.as_chunks::<2>().0.iter();
        Self { lengths, data }
    }
}

impl<'m> Iterator for Lines<'m> {
    type Item = (&'m [u8], &'m [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let [name, value] = self.lengths.next()?;
        let (name, rest) = self.data.split_at_checked(size(*name))?;
        let (value, rest) = rest.get(1..)?.split_at_checked(size(*value))?;
        self.data = rest.get(1..)?;
        Some((name, value))
    }
}

fn encode<'l>(lines: impl Iterator<Item = (&'l [u8], &'l [u8])> + Clone) -> Vec<u8> {
    let number = |length: usize| u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes();
    let (mut count, mut size) = (0, 4);
    for (name, value) in lines.clone() {
        count += 1;
        size += name.len() + value.len() + 10;
    }
    let mut encoded = Vec::with_capacity(size);
    encoded.extend_from_slice(&number(count));
    for (name, value) in lines.clone() {
        encoded.extend_from_slice(&number(name.len()));
        encoded.extend_from_slice(&number(value.len()));
    }
    for field in lines.flat_map(|(name, value)| [name, value]) {
        encoded.extend_from_slice(field);
        encoded.push(0);
    }
    encoded
}

/// A length on a machine whose addresses have 32 bits or more.
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
