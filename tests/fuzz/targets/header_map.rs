//! The header map as the host encodes it: against a plain decoder, and what it is asked.

use maintenance_mode::hosts::abi::header_map::HeaderMap;
use maintenance_mode_core::request::headers::Headers;

type Line = (Vec<u8>, Vec<u8>);

pub fn check(data: &[u8]) {
    let map = HeaderMap::decode(data.to_vec());
    let own = |(name, value): (&[u8], &[u8])| (name.to_vec(), value.to_vec());
    let lines: Vec<Line> = map.iter().map(own).collect();
    assert_eq!(lines, decode(data));

    let again = HeaderMap::decode(HeaderMap::encode(&lines));
    assert!(again.iter().map(own).eq(lines.iter().cloned()));

    let values = |name: &str| {
        let lines = lines.iter().filter(|(key, _)| key == name.as_bytes());
        lines.map(|(_, value)| value.as_slice()).collect::<Vec<_>>()
    };
    for (name, separator) in [("cookie", "; "), ("accept", ","), (":path", ","), ("", ",")] {
        let expected = values(name);
        assert_eq!(map.first(name), expected.first().copied());
        let joined = (!expected.is_empty()).then(|| expected.join(separator.as_bytes()));
        assert_eq!(map.get(name).map(|value| value.into_owned()), joined);
    }
}

/// Up to where it follows the encoding, but for the NUL bytes, which nobody looks at.
fn decode(data: &[u8]) -> Vec<Line> {
    let mut lines = Vec::new();
    let number = |at: usize| {
        let bytes = data.get(at..at.checked_add(4)?)?;
        Some(
            bytes
                .iter()
                .rev()
                .fold(0, |sum, byte| sum << 8 | usize::from(*byte)),
        )
    };
    let Some(count) = number(0) else {
        return lines;
    };
    let mut at = count.saturating_mul(8).saturating_add(4);
    if at > data.len() {
        return lines;
    }
    for line in 0..count {
        let mut fields = [Vec::new(), Vec::new()];
        for (half, field) in fields.iter_mut().enumerate() {
            let length = number(4 + line * 8 + half * 4).unwrap();
            let Some(end) = at.checked_add(length) else {
                return lines;
            };
            let Some(bytes) = data.get(at..end) else {
                return lines;
            };
            *field = bytes.to_vec();
            at = end + 1;
        }
        lines.push(fields.into());
    }
    lines
}
