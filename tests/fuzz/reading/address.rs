//! Addresses: blocks, and where a request comes from.

use std::net::{IpAddr, Ipv6Addr};

use serde_json::Value;

use super::case::Request;

/// An IPv4-mapped address is the IPv4 address.
fn plain(text: &str) -> Option<IpAddr> {
    match text.parse().ok()? {
        IpAddr::V6(address) => Some(match address.to_ipv4_mapped() {
            Some(mapped) => IpAddr::V4(mapped),
            None => IpAddr::V6(address),
        }),
        address => Some(address),
    }
}

/// The family, and each bit as a digit.
fn digits(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => format!("4:{:032b}", address.to_bits()),
        IpAddr::V6(address) => format!("6:{:0128b}", address.to_bits()),
    }
}

/// Whether an address lies in `10.0.0.0/8`, `2001:db8::1` and the like.
pub fn lies_in(entry: &str, address: IpAddr) -> bool {
    let (network, length) = match entry.split_once('/') {
        Some((network, length)) => (network, length.parse::<usize>().unwrap()),
        None if entry.contains(':') => (entry, 128),
        None => (entry, 32),
    };
    let is_mapped = network.contains(':') && plain(network).unwrap().is_ipv4();
    let length = if is_mapped { length - 96 } else { length };
    let network = digits(plain(network).unwrap());
    digits(address).starts_with(&network[..2 + length])
}

pub fn lies_in_any(entries: &Value, address: IpAddr) -> bool {
    let mut entries = entries.as_array().into_iter().flatten();
    entries.any(|entry| lies_in(entry.as_str().unwrap(), address))
}

/// An address as proxies write it: with a port, in brackets, with a zone, among spaces.
fn hop(text: &str) -> Option<(IpAddr, Option<u16>)> {
    let text = text.trim();
    let is_port = |port: &str| !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit());
    let without_zone = |text: &str| text.split('%').next().unwrap().to_owned();
    if let Some(rest) = text.strip_prefix('[') {
        let (inside, after) = rest.split_once(']')?;
        let address = plain(&without_zone(inside))?;
        return match after.strip_prefix(':') {
            Some(port) if is_port(port) => Some((address, Some(port.parse().ok()?))),
            None if after.is_empty() => Some((address, None)),
            _ => None,
        };
    }
    match text.split_once(':') {
        Some((address, port)) if !port.contains(':') => {
            let port = is_port(port).then(|| port.parse().ok())??;
            Some((plain(address)?, Some(port)))
        }
        Some(_) => Some((plain(&without_zone(text))?, None)),
        None => Some((plain(text)?, None)),
    }
}

/// Who has one turn in a slow opening: an IPv4 address, or the /64 of an IPv6 address.
pub fn neighbours(client: IpAddr) -> IpAddr {
    match client {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
        address => address,
    }
}

/// The address of the client, if it has one.
pub fn client(configuration: &Value, request: &Request) -> Option<IpAddr> {
    let (peer, port) = hop(request.source.as_ref()?)?;
    let settings = &configuration["client_address"];
    let Some(name) = settings["header"].as_str() else {
        return Some(peer);
    };
    let is_trusted = |address| lies_in_any(&settings["trusted_proxies"], address);
    if port == Some(0) || !is_trusted(peer) {
        return Some(peer);
    }
    let name = name.to_lowercase();
    let Some(value) = request.header(&name) else {
        return Some(peer);
    };
    let value = String::from_utf8_lossy(&value).into_owned();
    if name != "x-forwarded-for" {
        return Some(hop(&value).map_or(peer, |(address, _)| address));
    }
    let mut leftmost = peer;
    for text in value.rsplit(',') {
        let Some((address, _)) = hop(text) else {
            return Some(peer);
        };
        if !is_trusted(address) {
            return Some(address);
        }
        leftmost = address;
    }
    Some(leftmost)
}
