//! The client's IP address: the peer's, or what trusted proxies say.

use std::borrow::Cow;
use std::net::{IpAddr, SocketAddr};

use crate::config::client_address::ClientAddressConfig;
use crate::policy::networks::Networks;
use crate::syntax::field::header_name;
use crate::syntax::invalid::{Compiled, Located, refuse};

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
    /// Compiles `client_address`; refuses what is no header name, and to trust no proxy.
    pub fn compile(config: &ClientAddressConfig) -> Compiled<Self> {
        if config.trusted_proxies.is_empty() {
            return refuse("is empty: the header would never be read").at("trusted_proxies");
        }
        let header = ProxyHeader {
            trusted_proxies: Networks::compile(&config.trusted_proxies).at("trusted_proxies")?,
            name: header_name(&config.header).at("header")?,
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
        let client = match self {
            Self::Peer => None,
            Self::ForwardedFor(from) => read(from).and_then(|list| from.client_of(&list)),
            Self::Single(from) => read(from).and_then(|value| parse_hop(&value)),
        };
        Some(client.unwrap_or(peer))
    }
}

impl ProxyHeader {
    /// Walks the list from the right past trusted proxies; a hop that is no IP ends it.
    fn client_of(&self, list: &[u8]) -> Option<IpAddr> {
        let mut client = None;
        for hop in list.rsplit(|&byte| byte == b',') {
            let hop = parse_hop(hop)?;
            client = Some(hop);
            if !self.trusted_proxies.contains(hop) {
                break;
            }
        }
        client
    }
}

/// Reads the address and port of a peer: `10.0.0.1:4711` or `[2001:db8::1]:4711`.
///
/// An IPv4-mapped IPv6 address is the IPv4 address, and the scope of a link-local one is
/// dropped. Pipes and internal addresses have no IP: `None`.
fn parse_source(source_address: &[u8]) -> Option<(IpAddr, u16)> {
    let text = std::str::from_utf8(source_address).ok()?;
    let address: SocketAddr = text.parse().ok()?;
    Some((address.ip().to_canonical(), address.port()))
}

/// Reads an address that a proxy wrote, with or without spaces, brackets and port.
fn parse_hop(hop: &[u8]) -> Option<IpAddr> {
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
    Some(text.parse::<IpAddr>().ok()?.to_canonical())
}

fn unbracketed(host: &str) -> &str {
    host.strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
        .unwrap_or(host)
}

#[cfg(test)]
mod tests {
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
        ] {
            assert_eq!(
                resolve("X-Forwarded-For", "10.9.9.9:1", list),
                ip(client),
                "{list}"
            );
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
        ] {
            let refused = ClientAddress::compile(&crate::syntax::json_reader::read(config));
            let refused = refused.unwrap_err().to_string();
            assert!(refused.starts_with(error), "{config} gave {refused}");
        }
    }
}
