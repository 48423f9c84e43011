//! The client's address: the walk along a forwarded header against a plain one.
//!
//! The first line is `x-forwarded-for` or the name of another header, the second the
//! trusted proxies, separated by commas, the third `source.address`, and the rest what the
//! header holds.

use std::{borrow::Cow, net::IpAddr};

use maintenance_mode_core::{
    config::client_address::ClientAddressConfig, policy::client_address::ClientAddress,
};

use super::{
    first_line,
    reference::{Block, block, ip, is_in},
};

/// How much of a list is walked, in bytes.
const LONGEST: usize = 8192;

/// In no block of the seeds.
const STRANGER: &str = "203.0.113.77";

pub fn check(data: &[u8]) {
    let (name, rest) = first_line(data);
    let (proxies, rest) = first_line(rest);
    let (source, value) = first_line(rest);
    let (Ok(header), Ok(proxies)) = (std::str::from_utf8(name), std::str::from_utf8(proxies))
    else {
        return;
    };
    let trusted_proxies: Vec<String> = proxies.split(',').map(str::to_owned).collect();
    let blocks: Option<Vec<Block>> = trusted_proxies.iter().map(|entry| block(entry)).collect();
    let config = ClientAddressConfig {
        header: header.to_owned(),
        trusted_proxies,
    };
    let (Ok(address), Some(blocks)) = (ClientAddress::compile(&config), blocks) else {
        return;
    };
    let resolve = |value: &[u8]| address.resolve(source, |_| Some(Cow::Owned(value.to_vec())));
    let is_list = header.eq_ignore_ascii_case("x-forwarded-for");
    let client = resolve(value);
    assert_eq!(client, expected(is_list, &blocks, source, value));

    // Without a header, and from whoever is not trusted, it is the peer.
    let peer = ClientAddress::Peer.resolve(source, |_| panic!("a header was read"));
    assert_eq!(address.resolve(source, |_| None), peer);
    let is_trusted = peer.is_some_and(|peer| is_in(&blocks, peer)) && !source.ends_with(b":0");
    if !is_trusted {
        assert_eq!(client, peer);
    }
    // Whatever a client sends, the proxy that adds its address is believed.
    let stranger = ip(STRANGER).unwrap();
    if is_list && !is_in(&blocks, stranger) && is_trusted && port(source) != Some(0) {
        let forged = [value, b", ", STRANGER.as_bytes()].concat();
        assert_eq!(resolve(&forged), Some(stranger));
    }
}

fn expected(is_list: bool, blocks: &[Block], source: &[u8], value: &[u8]) -> Option<IpAddr> {
    let peer = ClientAddress::Peer.resolve(source, |_| None)?;
    if port(source) == Some(0) || !is_in(blocks, peer) {
        return Some(peer);
    }
    if !is_list {
        return Some(hop(value).unwrap_or(peer));
    }
    let mut value = value;
    if let Some(cut) = value.len().checked_sub(LONGEST).filter(|cut| *cut > 0) {
        // The hop that may be cut is not known, nor what is before it.
        let near = &value[cut..];
        let comma = near.iter().position(|&byte| byte == b',')?;
        value = &near[comma + 1..];
        let mut hops = value.split(|&byte| byte == b',').map(hop);
        if hops.all(|hop| hop.is_some_and(|hop| is_in(blocks, hop))) {
            return None;
        }
    }
    let mut hops: Vec<Option<IpAddr>> = value.split(|&byte| byte == b',').map(hop).collect();
    hops.reverse();
    match hops
        .iter()
        .position(|hop| hop.is_none_or(|hop| !is_in(blocks, hop)))
    {
        // The first that is no trusted proxy, or no address at all.
        Some(at) => Some(hops[at].unwrap_or(peer)),
        None => hops.last().copied().flatten(),
    }
}

fn port(source: &[u8]) -> Option<u16> {
    let text = std::str::from_utf8(source).ok()?;
    text.rsplit(':').next()?.parse().ok()
}

/// `10.0.0.1`, `10.0.0.1:80`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:80`, and a zone
/// behind each `2001:db8::1`.
fn hop(hop: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(hop).ok()?.trim();
    if let Some(inner) = text.strip_prefix('[') {
        let (address, rest) = inner.split_once(']')?;
        let is_port = |rest: &str| {
            rest.strip_prefix(':')
                .is_some_and(|p| p.parse::<u16>().is_ok())
        };
        return (rest.is_empty() || is_port(rest)).then(|| in_zone(address))?;
    }
    match text.matches(':').count() {
        1 => {
            let (address, port) = text.split_once(':')?;
            port.parse::<u16>().ok()?;
            ip(address)
        }
        _ => in_zone(text),
    }
}

fn in_zone(text: &str) -> Option<IpAddr> {
    let Some((address, zone)) = text.split_once('%') else {
        return ip(text);
    };
    let is_part = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
    let is_zone = !zone.is_empty() && zone.chars().all(is_part) && address.contains(':');
    is_zone.then(|| ip(address))?
}
