//! Lists of what a client prefers, each with a quality, [RFC 9110 section 12.4](https://www.rfc-editor.org/rfc/rfc9110#section-12.4).

/// What a member of a list names, and its quality in thousandths; `None` where that cannot be read.
pub(super) fn weighted(member: &[u8]) -> Option<(&[u8], u16)> {
    let mut parts = split(member, b';').map(<[u8]>::trim_ascii);
    let named = parts.next()?;
    let mut quality = 1000;
    for parameter in parts {
        if let [b'q' | b'Q', b'=', value @ ..] = parameter {
            quality = parse_quality(value)?;
        }
    }
    Some((named, quality))
}

/// A number from 0 to 1, in thousandths; more decimals are cut off.
fn parse_quality(text: &[u8]) -> Option<u16> {
    let (whole, decimals) = match text {
        [whole @ (b'0' | b'1')] => (whole, &[][..]),
        [whole @ (b'0' | b'1'), b'.', decimals @ ..] => (whole, decimals),
        _ => return None,
    };
    let mut quality = u16::from(whole - b'0') * 1000;
    let mut weight = 100;
    for digit in decimals {
        let digit = digit.checked_sub(b'0').filter(|&digit| digit <= 9)?;
        quality += u16::from(digit) * weight;
        weight /= 10;
    }
    (quality <= 1000).then_some(quality)
}

/// The parts between separators that stand outside quoted strings, RFC 9110 section 5.6.4.
pub(super) fn split(text: &[u8], separator: u8) -> impl Iterator<Item = &[u8]> {
    let mut quoted = false;
    let mut escaped = false;
    text.split(move |&byte| {
        let separates = byte == separator && !quoted;
        quoted ^= byte == b'"' && !escaped;
        escaped = quoted && byte == b'\\' && !escaped;
        separates
    })
}
