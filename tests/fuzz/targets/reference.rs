//! Second, plain readings of what several targets need.

use std::net::IpAddr;

/// An IPv4-mapped address is the IPv4 address.
pub fn ip(text: &str) -> Option<IpAddr> {
    match text.parse().ok()? {
        IpAddr::V6(address) => Some(match address.to_ipv4_mapped() {
            Some(mapped) => mapped.into(),
            None => address.into(),
        }),
        address => Some(address),
    }
}

/// A family, the bits of a network (left-aligned) and how many of them count.
pub type Block = (bool, u128, u32);

/// `10.0.0.0/8`, `2001:db8::1` and the like.
pub fn block(text: &str) -> Option<Block> {
    let (address, length) = match text.split_once('/') {
        Some((address, length)) => (address, Some(length)),
        None => (text, None),
    };
    let address: IpAddr = address.parse().ok()?;
    let most = if address.is_ipv4() { 32 } else { 128 };
    let length = match length {
        Some(length) => {
            let number: u32 = length.parse().ok()?;
            (number.to_string() == length && number <= most).then_some(number)?
        }
        None => most,
    };
    let is_mapped = matches!(address, IpAddr::V6(v6) if v6.to_ipv4_mapped().is_some());
    if is_mapped {
        // A wider one is none that an address could be in: addresses are never mapped ones.
        length.checked_sub(96)?;
        let (_, bits) = bits(ip(&address.to_string())?);
        return Some((true, bits, length - 96));
    }
    let (is_v4, bits) = bits(address);
    Some((is_v4, bits, length))
}

/// Whether an address lies in one of the blocks.
pub fn is_in(blocks: &[Block], address: IpAddr) -> bool {
    let (is_v4, address) = bits(address);
    blocks.iter().any(|&(of_v4, network, length)| {
        let differ = (network ^ address).checked_shr(128 - length);
        of_v4 == is_v4 && differ.unwrap_or(0) == 0
    })
}

fn bits(address: IpAddr) -> (bool, u128) {
    match address {
        IpAddr::V4(address) => (true, u128::from(address.to_bits()) << 96),
        IpAddr::V6(address) => (false, address.to_bits()),
    }
}

/// Percent-decoded, as RFC 3986 section 2.1 has it; `None` for a broken escape.
pub fn percent_decode(text: &[u8]) -> Option<Vec<u8>> {
    let mut decoded = Vec::new();
    let mut rest = text;
    while let Some((&byte, tail)) = rest.split_first() {
        if byte == b'%' {
            let digits = std::str::from_utf8(tail.get(..2)?).ok()?;
            if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
                return None;
            }
            decoded.push(u8::from_str_radix(digits, 16).ok()?);
            rest = &tail[2..];
        } else {
            decoded.push(byte);
            rest = tail;
        }
    }
    Some(decoded)
}
