//! The client's IP address: the peer's, or what trusted proxies say.

use std::borrow::Cow;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use crate::config::client_address::ClientAddressConfig;
use crate::policy::networks::Networks;
use crate::policy::request_header;
use crate::syntax::invalid::{Compiled, Located, refuse};
use crate::syntax::path::MAX_COMPARED_BYTES;
use crate::syntax::percent::is_unreserved;

/// Where the client's address comes from.
#[derive(Clone, Debug, Default)]
pub enum ClientAddress {
    /// The peer's address.
    #[default]
    Peer,
    /// A list of addresses to which each proxy adds the one that it sees: the client is the
    /// last that is not a trusted proxy.
    ForwardedFor(ProxyHeader),
    /// A header that holds the client's address alone.
    Single(ProxyHeader),
}

/// A header that is believed where a trusted proxy sends it.
#[derive(Clone, Debug)]
pub struct ProxyHeader {
    name: Box<str>,
    trusted_proxies: Networks,
}

impl ClientAddress {
    /// Compiles `client_address`; refuses a header with another meaning, and to trust no proxy.
    pub fn compile(config: &ClientAddressConfig) -> Compiled<Self> {
        if config.trusted_proxies.is_empty() {
            return refuse(
                "is empty: the header would never be read: write the addresses of the proxies",
            )
            .at("trusted_proxies");
        }
        let header = ProxyHeader {
            trusted_proxies: Networks::compile(&config.trusted_proxies).at("trusted_proxies")?,
            name: request_header::of_addresses(&config.header).at("header")?,
        };
        Ok(match &*header.name {
            "x-forwarded-for" => Self::ForwardedFor(header),
            _ => Self::Single(header),
        })
    }

    /// The client of a request from `source_address`; the header is only read where a
    /// trusted proxy sent it. A peer of port 0 is one that the host took from a header itself.
    pub fn resolve<'h>(
        &self,
        source_address: &[u8],
        header: impl FnOnce(&str) -> Option<Cow<'h, [u8]>>,
    ) -> Option<IpAddr> {
        let (peer, port) = parse_source(source_address)?;
        let read = |from: &ProxyHeader| {
            let trusted = port != 0 && from.trusted_proxies.contains(peer);
            trusted.then(|| header(&from.name)).flatten()
        };
        match self {
            Self::Peer => Some(peer),
            Self::ForwardedFor(from) => match read(from) {
                Some(list) => from.client_of(&list, peer),
                None => Some(peer),
            },
            Self::Single(from) => {
                let client = read(from).and_then(|value| parse_hop(&value));
                Some(client.unwrap_or(peer))
            }
        }
    }
}

impl ProxyHeader {
    /// Walks the list from the right past trusted proxies; a hop that is no IP ends it, and the
    /// peer is the client. `None` where the walk is too long: nobody knows who it is. 60 KB of
    /// short addresses take 0.65 ms to read alone, the last 8 KiB of them 0.09 ms.
    fn client_of(&self, list: &[u8], peer: IpAddr) -> Option<IpAddr> {
        let beyond = list.len().saturating_sub(MAX_COMPARED_BYTES);
        let mut hops = list.get(beyond..)?.rsplit(|&byte| byte == b',').peekable();
        let mut client = peer;
        while let Some(hop) = hops.next() {
            let may_be_cut = beyond > 0 && hops.peek().is_none();
            if may_be_cut {
                return None;
            }
            let Some(address) = parse_hop(hop) else {
                return Some(peer);
            };
            client = address;
            if !self.trusted_proxies.contains(address) {
                break;
            }
        }
        Some(client)
    }
}

/// Reads the address and port of a peer: `10.0.0.1:4711` or `[2001:db8::1]:4711`.
///
/// An IPv4-mapped IPv6 address is the IPv4 address, and the scope of a link-local one is
/// dropped. Pipes and internal addresses have no IP: `None`.
fn parse_source(source_address: &[u8]) -> Option<(IpAddr, u16)> {
    let text = std::str::from_utf8(source_address).ok()?;
    let in_zone = || {
        let (address, rest) = text.strip_prefix('[')?.split_once('%')?;
        let (zone, port) = rest.split_once("]:")?;
        let address: Ipv6Addr = address.parse().ok()?;
        is_zone(zone).then_some(SocketAddr::new(address.into(), port.parse().ok()?))
    };
    let address = text.parse().ok().or_else(in_zone)?;
    Some((address.ip().to_canonical(), address.port()))
}

/// Reads an address that a proxy wrote, with or without spaces, brackets, zone and port.
pub fn parse_hop(hop: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(hop).ok()?.trim();
    let without_port = || {
        let (host, port) = text.rsplit_once(':')?;
        port.parse::<u16>().ok()?;
        let bracketed = host.starts_with('[') && host.ends_with(']');
        (bracketed || !host.contains(':')).then(|| parse_ip(unbracketed(host)))?
    };
    parse_ip(unbracketed(text)).or_else(without_port)
}

fn parse_ip(text: &str) -> Option<IpAddr> {
    let address = match text.split_once('%') {
        Some((address, zone)) if is_zone(zone) => IpAddr::V6(address.parse().ok()?),
        _ => text.parse().ok()?,
    };
    Some(address.to_canonical())
}

/// [RFC 6874 section 2](https://www.rfc-editor.org/rfc/rfc6874#section-2), which writes `%` as
/// `%25`.
fn is_zone(zone: &str) -> bool {
    !zone.is_empty() && zone.bytes().all(is_unreserved)
}

fn unbracketed(host: &str) -> &str {
    host.strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
        .unwrap_or(host)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    fn ip(text: &str) -> Option<IpAddr> {
        Some(text.parse().unwrap())
    }

    fn resolve(header: &str, source: &str, value: &str) -> Option<IpAddr> {
        let config =
            format!(r#"{{"header":"{header}","trusted_proxies":["10.0.0.0/8","2001:db8::/32"]}}"#);
        ClientAddress::compile(&crate::syntax::json_reader::read(&config))
            .unwrap()
            .resolve(source.as_bytes(), |_| Some(Cow::Borrowed(value.as_bytes())))
    }

    #[test]
    fn without_configuration_it_is_the_peer_and_no_header_is_read() {
        let peer = |source: &str| {
            ClientAddress::Peer.resolve(source.as_bytes(), |_| panic!("the header was read"))
        };
        for (source, address) in [
            ("10.0.0.1:4711", "10.0.0.1"),
            ("10.0.0.1:0", "10.0.0.1"),
            ("[2001:db8::1]:4711", "2001:db8::1"),
            ("[::ffff:10.0.0.1]:4711", "10.0.0.1"),
            ("[fe80::1%2]:4711", "fe80::1"),
            ("[fe80::1%eth0]:4711", "fe80::1"),
        ] {
            assert_eq!(peer(source), ip(address), "{source}");
        }
        for source in [
            "",
            ":",
            "10.0.0.1",
            "/run/x.sock",
            "internal://x",
            "[10.0.0.1",
            "[10.0.0.1%eth0]:1",
            "[fe80::1%]:1",
            "[fe80::1%eth0]",
        ] {
            assert_eq!(peer(source), None, "{source}");
        }
        assert_eq!(ClientAddress::Peer.resolve(b"\xff\xfe:1", |_| None), None);
    }

    #[test]
    fn the_list_is_walked_from_the_right_past_trusted_proxies() {
        for (list, client) in [
            ("192.0.2.1", "192.0.2.1"),
            ("198.51.100.9, 192.0.2.1, 10.2.3.4", "192.0.2.1"),
            ("10.1.1.1,10.2.2.2", "10.1.1.1"),
            ("junk, 192.0.2.1", "192.0.2.1"),
            ("192.0.2.1, junk", "10.9.9.9"),
            ("192.0.2.1, junk, 10.1.1.1", "10.9.9.9"),
            ("", "10.9.9.9"),
            ("192.0.2.1,", "10.9.9.9"),
            ("192.0.2.1:5555", "192.0.2.1"),
            (" [2001:db9::1]:443 ,\t10.0.0.1:1 ", "2001:db9::1"),
            ("[2001:db9::1]", "2001:db9::1"),
            ("2001:db9::1", "2001:db9::1"),
            ("::ffff:192.0.2.1, ::ffff:10.0.0.1", "192.0.2.1"),
            ("fe80::1%eth0, 10.0.0.1", "fe80::1"),
            ("[fe80::1%25eth0.5]:80", "fe80::1"),
            ("192.0.2.1, 2001:db8::1%eth0", "192.0.2.1"),
            ("192.0.2.1%eth0", "10.9.9.9"),
            ("fe80::1%", "10.9.9.9"),
            ("fe80::1%eth0:80", "10.9.9.9"),
        ] {
            assert_eq!(
                resolve("X-Forwarded-For", "10.9.9.9:1", list),
                ip(client),
                "{list}"
            );
        }
    }

    #[test]
    fn an_address_that_is_too_far_to_the_left_is_none() {
        let list = |proxies: usize| format!("192.0.2.1{}", ",10.0.0.1".repeat(proxies));
        let client = |list: &str| resolve("x-forwarded-for", "10.9.9.9:1", list);
        assert_eq!(client(&list(909)), ip("192.0.2.1"));
        assert_eq!(client(&list(910)), None);
        assert_eq!(client(&"10.0.0.1,".repeat(7000)), ip("10.9.9.9"));
        assert_eq!(
            client(&format!("{},198.51.100.9", list(7000))),
            ip("198.51.100.9")
        );
        assert_eq!(client(&" ".repeat(9000)), None);
    }

    /// A millisecond, and more for a build that is not optimised on a machine that is busy.
    #[test]
    fn no_list_takes_longer_than_a_millisecond() {
        for hop in [
            "10.0.0.1,",
            "2001:db8::1%eth0,",
            "[2001:db8::1]:80 ,",
            ",",
            " ",
            "x",
            "%",
        ] {
            for header in ["x-forwarded-for", "cf-connecting-ip"] {
                let list = format!("{}10.0.0.1", hop.repeat(60_000 / hop.len()));
                let took = (0..20).map(|_| {
                    let begin = Instant::now();
                    resolve(header, "10.9.9.9:1", &list);
                    begin.elapsed()
                });
                let took = took.min().unwrap();
                let most = Duration::from_millis(if cfg!(debug_assertions) { 20 } else { 1 });
                assert!(took < most, "{hop:?} {header} took {took:?}");
            }
        }
    }

    #[test]
    fn only_a_trusted_proxy_is_believed() {
        assert_eq!(
            resolve("x-forwarded-for", "192.0.2.7:1", "127.0.0.1"),
            ip("192.0.2.7")
        );
        assert_eq!(
            resolve("x-forwarded-for", "10.9.9.9:0", "127.0.0.1"),
            ip("10.9.9.9")
        );
        assert_eq!(
            resolve("cf-connecting-ip", "192.0.2.7:1", "127.0.0.1"),
            ip("192.0.2.7")
        );
    }

    #[test]
    fn another_header_holds_one_address() {
        for (value, client) in [
            ("192.0.2.1", "192.0.2.1"),
            ("[2001:db9::1]:1", "2001:db9::1"),
            ("192.0.2.1,192.0.2.2", "10.9.9.9"),
            ("junk", "10.9.9.9"),
        ] {
            assert_eq!(
                resolve("cf-connecting-ip", "10.9.9.9:1", value),
                ip(client),
                "{value}"
            );
        }
    }

    #[test]
    fn nobody_trusted_and_no_header_name_are_refused() {
        for (config, error) in [
            (
                r#"{"header":"a","trusted_proxies":[]}"#,
                "trusted_proxies: is empty",
            ),
            (
                r#"{"header":"a","trusted_proxies":["x"]}"#,
                "trusted_proxies[0]: \"x\" is not",
            ),
            (
                r#"{"header":":a","trusted_proxies":["::1"]}"#,
                "header: \":a\" is not",
            ),
            (
                r#"{"header":"Host","trusted_proxies":["::1"]}"#,
                "header: no address is read from \"host\"",
            ),
        ] {
            let refused = ClientAddress::compile(&crate::syntax::json_reader::read(config));
            let refused = refused.unwrap_err().to_string();
            assert!(refused.starts_with(error), "{config} gave {refused}");
        }
    }
}
