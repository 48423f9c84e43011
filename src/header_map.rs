//! The headers of a request, as the host hands them over.

use std::borrow::Cow;

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
        let length = |bytes: &[u8]| u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_le_bytes();
        let size: usize = headers
            .iter()
            .map(|(name, value)| name.as_ref().len() + value.as_ref().len() + 10)
            .sum();
        let mut encoded = Vec::with_capacity(4 + size);
        encoded.extend(
            u32::try_from(headers.len())
                .unwrap_or(u32::MAX)
                .to_le_bytes(),
        );
        for (name, value) in headers {
            encoded.extend(length(name.as_ref()));
            encoded.extend(length(value.as_ref()));
        }
        for (name, value) in headers {
            encoded.extend_from_slice(name.as_ref());
            encoded.push(0);
            encoded.extend_from_slice(value.as_ref());
            encoded.push(0);
        }
        encoded
    }

    /// The lines of the map, in the order the client sent them.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        let (count, rest) = read_u32(&self.0).unwrap_or((0, &[]));
        let (mut lengths, mut data) = rest
            .split_at_checked(count.saturating_mul(8))
            .unwrap_or((&[], &[]));
        std::iter::from_fn(move || {
            let (name_length, rest) = read_u32(lengths)?;
            let (value_length, rest) = read_u32(rest)?;
            lengths = rest;
            let name = read_field(&mut data, name_length)?;
            let value = read_field(&mut data, value_length)?;
            Some((name, value))
        })
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

fn read_u32(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (number, rest) = bytes.split_first_chunk::<4>()?;
    Some((usize::try_from(u32::from_le_bytes(*number)).ok()?, rest))
}

fn read_field<'a>(data: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (field, rest) = data.split_at_checked(length)?;
    *data = rest.strip_prefix(b"\0")?;
    Some(field)
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
