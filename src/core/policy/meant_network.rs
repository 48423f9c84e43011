//! What somebody means who writes an address or a block in another form.

use std::net::Ipv4Addr;

use crate::policy::network::parse_network;

/// What to write in the place of an entry with brackets, port, zone, mask, stars or spaces, or of
/// a word; `None` for what may mean anything.
pub(super) fn meant(entry: &str) -> Option<String> {
    let entry = entry.trim();
    match entry.to_ascii_lowercase().as_str() {
        "*" | "all" | "any" => return Some("\"0.0.0.0/0\" and \"::/0\"".to_owned()),
        "localhost" => return Some("\"127.0.0.0/8\" and \"::1\"".to_owned()),
        _ => {}
    }
    let (address, length) = match entry.split_once('/') {
        Some((address, length)) => (address.trim(), Some(bits(length.trim())?)),
        None => (entry, None),
    };
    let block = match (begun(address), length) {
        (Some((address, _)), Some(length)) => format!("{address}/{length}"),
        (Some((address, length)), None) if entry.ends_with(['.', '*']) => {
            format!("{address}/{length}")
        }
        (_, Some(length)) => format!("{}/{length}", bare(address)),
        (_, None) => bare(address).to_owned(),
    };
    parse_network(&block).map(|_| format!("{block:?}"))
}

/// The first numbers of an IPv4 address, such as `10.0.` and `10.0.*`, and of how many bits they are.
fn begun(text: &str) -> Option<(String, usize)> {
    let is_number = |part: &&str| !part.is_empty() && part.bytes().all(|it| it.is_ascii_digit());
    let numbers: Vec<&str> = text.split('.').take_while(is_number).collect();
    let mut rest = text.split('.').skip(numbers.len());
    let zeros = 4_usize
        .checked_sub(numbers.len())
        .filter(|zeros| (1..4).contains(zeros))?;
    let is_open = rest.all(|part| matches!(part, "" | "*"));
    let address = format!("{}{}", numbers.join("."), ".0".repeat(zeros));
    is_open.then_some((address, numbers.len() * 8))
}

/// An address without brackets, zone and port.
fn bare(text: &str) -> &str {
    let in_brackets = text
        .strip_prefix('[')
        .and_then(|rest| rest.split(']').next());
    let address = in_brackets.unwrap_or(text);
    let end = if address.contains('.') {
        [':', '%']
    } else {
        ['%'; 2]
    };
    address.split(end).next().unwrap_or_default()
}

/// A length, also one that is written as a mask.
fn bits(length: &str) -> Option<u32> {
    match length.parse::<Ipv4Addr>() {
        Ok(mask) => {
            let bits = mask.to_bits();
            (bits.leading_ones() + bits.trailing_zeros() == 32).then(|| bits.leading_ones())
        }
        Err(_) => length.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_or_block_that_is_meant_is_named() {
        for (entry, expected) in [
            ("10.0.0.0/08", "\"10.0.0.0/8\""),
            ("10.0.0.0/+8", "\"10.0.0.0/8\""),
            ("10.0.0.0 /8", "\"10.0.0.0/8\""),
            ("10.0.0/8", "\"10.0.0.0/8\""),
            ("10/8", "\"10.0.0.0/8\""),
            ("10.0.0.0/255.0.0.0", "\"10.0.0.0/8\""),
            ("10.0.0.", "\"10.0.0.0/24\""),
            ("10.0.*", "\"10.0.0.0/16\""),
            ("10.*.*.*", "\"10.0.0.0/8\""),
            (" 10.0.0.1 ", "\"10.0.0.1\""),
            ("10.0.0.1:80", "\"10.0.0.1\""),
            ("[::1]", "\"::1\""),
            ("[::1]:80", "\"::1\""),
            ("[2001:db8::]/32", "\"2001:db8::/32\""),
            ("fe80::1%eth0", "\"fe80::1\""),
            ("fe80::%eth0/64", "\"fe80::/64\""),
            ("*", "\"0.0.0.0/0\" and \"::/0\""),
            ("localhost", "\"127.0.0.0/8\" and \"::1\""),
        ] {
            assert_eq!(meant(entry).as_deref(), Some(expected), "{entry}");
        }
        for entry in [
            "",
            "10",
            "1.2.3",
            "10.0.0.300",
            "010.0.0.1",
            "10.0.0.0/33",
            "10.0.0.0/255.0.255.0",
            "10.0.0.1-10.0.0.9",
            "10.0.0.1,10.0.0.2",
            "::/0/",
            "shop.example.com",
        ] {
            assert_eq!(meant(entry), None, "{entry}");
        }
    }
}
