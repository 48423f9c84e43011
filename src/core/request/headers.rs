//! The headers of a request.

use std::borrow::Cow;

/// The headers of a request, pseudo-headers among them. Names are lower-case, values are bytes.
pub trait Headers {
    /// The values of the lines of a header, in the order the client sent them.
    fn values<'h>(&'h self, name: &str) -> impl Iterator<Item = &'h [u8]>;

    /// The value of a header; the values of repeated lines are joined by `,`, those of
    /// `cookie` by `; `.
    fn get(&self, name: &str) -> Option<Cow<'_, [u8]>> {
        let separator: &[u8] = if name == "cookie" { b"; " } else { b"," };
        let mut values = self.values(name);
        let mut joined = Cow::Borrowed(values.next()?);
        for value in values {
            let joined = joined.to_mut();
            joined.extend_from_slice(separator);
            joined.extend_from_slice(value);
        }
        Some(joined)
    }

    /// The first line of a header that cannot be repeated, such as `:path`.
    fn first(&self, name: &str) -> Option<&[u8]> {
        self.values(name).next()
    }
}

/// Headers that are all there from the start.
#[derive(Clone, Debug, Default)]
pub struct HeaderList(Vec<(String, Vec<u8>)>);

impl HeaderList {
    /// A list of these lines.
    pub fn new<N: AsRef<str>, V: AsRef<[u8]>>(lines: &[(N, V)]) -> Self {
        let owned = |(name, value): &(N, V)| (name.as_ref().to_owned(), value.as_ref().to_vec());
        Self(lines.iter().map(owned).collect())
    }
}

impl Headers for HeaderList {
    fn values<'h>(&'h self, name: &str) -> impl Iterator<Item = &'h [u8]> {
        let lines = self.0.iter().filter(move |(other, _)| *other == name);
        lines.map(|(_, value)| value.as_slice())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_lines_are_one_value() {
        let headers = HeaderList::new(&[
            ("accept", "a"),
            ("cookie", "x=1"),
            ("accept", "b"),
            ("cookie", "y=2"),
        ]);
        assert_eq!(headers.get("accept").as_deref(), Some(&b"a,b"[..]));
        assert_eq!(headers.get("cookie").as_deref(), Some(&b"x=1; y=2"[..]));
        assert_eq!(headers.first("accept"), Some(&b"a"[..]));
        assert_eq!(headers.get("host"), None);
    }
}
