//! The cookies of a request.

use std::borrow::Cow;
use std::{iter, mem};

use crate::request::headers::Headers;
use crate::request::text::{Text, lossy};
use crate::syntax::path::MAX_COMPARED_BYTES;

/// The cookies of a request ([RFC 6265 section 4.2.1](https://www.rfc-editor.org/rfc/rfc6265#section-4.2.1)),
/// read once, so that each name is found in a time that does not grow with their number.
#[derive(Debug)]
pub struct Cookies<'r> {
    text: Cow<'r, str>,
    pairs: Vec<Pair>,
    buckets: Buckets,
}

/// A name and its value, by where they lie in the text.
#[derive(Debug)]
struct Pair {
    name: usize,
    equals: usize,
    end: usize,
    is_too_long: bool,
    /// The place of the next pair in its bucket.
    next: usize,
}

/// The place of the first pair in each bucket: a name leads to one of them.
#[derive(Debug)]
struct Buckets {
    first: Vec<usize>,
    /// Keeps clients from choosing names that all lead to one.
    seed: u64,
}

/// So many are found as fast in one bucket.
const FEW: usize = 16;

/// How many of one name are compared; browsers keep fewer than 200 of a whole site.
const MOST_ALIKE: usize = 100;

/// The end of a bucket.
const NONE: usize = usize::MAX;

impl<'r> Cookies<'r> {
    /// The cookies in these headers; `random` is asked for only where there are many.
    pub fn of(headers: &'r impl Headers, random: impl FnOnce() -> u64) -> Self {
        let sent = headers.get("cookie").unwrap_or_default();
        let text = String::from_utf8_lossy(&sent);
        let replaced = matches!(text, Cow::Owned(_)).then_some(&*sent);
        let mut pairs = Pair::all(text.as_bytes(), replaced);
        let mut buckets = match pairs.len() {
            ..=FEW => Buckets::new(1, 0),
            many => Buckets::new(many, random()),
        };
        for (place, pair) in pairs.iter_mut().enumerate().rev() {
            let name = text.as_bytes().get(pair.name..pair.equals);
            let bucket = buckets.of(name.unwrap_or_default());
            if let Some(first) = buckets.first.get_mut(bucket) {
                pair.next = mem::replace(first, place);
            }
        }
        let decoded = match text {
            Cow::Owned(text) => Some(text.into()),
            Cow::Borrowed(_) => None,
        };
        Self {
            text: decoded.unwrap_or_else(|| lossy(sent)),
            pairs,
            buckets,
        }
    }

    /// The values of all cookies of a name, in the order in which they were sent. One behind
    /// the hundredth is in doubt, and stands for all that follow.
    pub fn values(&self, name: &str) -> impl Iterator<Item = Text<'_>> {
        let bucket = self.buckets.of(name.as_bytes());
        let mut next = self.buckets.first.get(bucket).copied().unwrap_or(NONE);
        let bucket = iter::from_fn(move || {
            let pair = self.pairs.get(next)?;
            next = pair.next;
            Some(pair)
        });
        let alike = bucket.filter(move |pair| self.text.get(pair.name..pair.equals) == Some(name));
        let compared = alike.take(MOST_ALIKE + 1).enumerate();
        compared.map(|(place, pair)| {
            let value = self.text.get(pair.equals + 1..pair.end);
            match value.filter(|_| place < MOST_ALIKE && !pair.is_too_long) {
                Some(value) => Text::Clear(value.into()),
                None => Text::InDoubt,
            }
        })
    }
}

impl Pair {
    /// The pairs of a text, in which some of what was sent may have been replaced.
    fn all(text: &[u8], replaced: Option<&[u8]>) -> Vec<Self> {
        let mut replaced = replaced.map(pieces);
        let mut begin = 0;
        let pairs = pieces(text).filter_map(|piece| {
            let sent = replaced.as_mut().and_then(Iterator::next);
            let pair = Self::read(piece, begin, sent.unwrap_or(piece));
            begin += piece.len() + 1;
            pair
        });
        pairs.collect()
    }

    /// The pair in a piece of the text, which begins at some place of it, and was sent as `sent`;
    /// `None` for what has no name.
    fn read(piece: &[u8], begin: usize, sent: &[u8]) -> Option<Self> {
        let equals = piece.iter().position(|&byte| byte == b'=')?;
        let spaces = piece.len() - piece.trim_ascii_start().len();
        let sent = sent.trim_ascii().len();
        (spaces < equals).then(|| Self {
            name: begin + spaces,
            equals: begin + equals,
            end: begin + piece.trim_ascii_end().len(),
            // Names that can be asked for were sent as they are.
            is_too_long: sent > equals - spaces + 1 + MAX_COMPARED_BYTES,
            next: NONE,
        })
    }
}

impl Buckets {
    fn new(count: usize, seed: u64) -> Self {
        let first = vec![NONE; count.next_power_of_two()];
        Self { first, seed }
    }

    /// To which one a name leads.
    fn of(&self, name: &[u8]) -> usize {
        /// The golden ratio, in bits.
        const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

        let mask = self.first.len() - 1;
        if mask == 0 {
            return 0;
        }
        let mix =
            |hash: u64, byte: &u8| (hash.rotate_left(5) ^ u64::from(*byte)).wrapping_mul(FACTOR);
        let hash = name.iter().fold(self.seed, mix);
        usize::try_from(hash >> 32).unwrap_or_default() & mask
    }
}

fn pieces(cookies: &[u8]) -> impl Iterator<Item = &[u8]> {
    cookies.split(|&byte| byte == b';')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::request::headers::HeaderList;

    fn values(cookies: &[u8], name: &str) -> Vec<Text<'static>> {
        let headers = HeaderList::new(&[("cookie", cookies)]);
        let owned = |text: Text| match text {
            Text::Clear(text) => Text::Clear(text.into_owned().into()),
            Text::InDoubt => Text::InDoubt,
        };
        let cookies = Cookies::of(&headers, || 7);
        cookies.values(name).map(owned).collect()
    }

    #[test]
    fn bytes_that_are_no_utf8_read_as_the_replacement_character() {
        let cookies = b"\xff=\xfe; a=\xffb; \xe9\x80=1;a= c\xc3";
        let expected = ["\u{fffd}b", " c\u{fffd}"];
        assert_eq!(
            values(cookies, "a"),
            expected.map(|text| Text::Clear(text.into()))
        );
    }

    #[test]
    fn a_value_that_was_sent_with_too_many_bytes_is_in_doubt() {
        for (length, is_clear) in [(8192, true), (8193, false)] {
            let cookies = [b"b=1; \xff; a=", &vec![0xff; length][..], b" ;a=1"].concat();
            let values = values(&cookies, "a");
            assert_eq!(matches!(values[0], Text::Clear(_)), is_clear, "{length}");
            assert_eq!(values[1], Text::Clear("1".into()));
        }
    }

    #[test]
    fn of_one_name_a_hundred_are_compared() {
        for (number, in_doubt) in [(100, None), (101, Some(100)), (1000, Some(100))] {
            let values = values("b=0;a=1;".repeat(number).as_bytes(), "a");
            let found = values.iter().position(|text| *text == Text::InDoubt);
            assert_eq!((values.len(), found), (number.min(101), in_doubt));
        }
    }

    proptest! {
        #[test]
        fn agrees_with_a_plain_scan(cookies in "([ab]{0,2}=?[ab=]{0,2} ?;){0,40}", name in "[ab]{1,2}") {
            let pairs = cookies.split(';').filter_map(|pair| pair.trim().split_once('='));
            let scan = pairs.filter(|(other, _)| *other == name);
            let scan: Vec<_> = scan.map(|(_, value)| Text::Clear(value.to_owned().into())).collect();
            prop_assert_eq!(values(cookies.as_bytes(), &name), scan);
        }
    }
}
