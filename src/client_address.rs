//! The client's IP address, as Envoy knows it.

use std::net::IpAddr;

/// Reads Envoy's `source.address` attribute: `10.0.0.1:4711` or `[2001:db8::1]:4711`.
///
/// An IPv4-mapped IPv6 address is the IPv4 address, and the scope of a link-local one is
/// dropped. Pipes and internal addresses have no IP: `None`.
pub fn parse(source_address: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(source_address).ok()?;
    let (host, _port) = text.rsplit_once(':')?;
    let host = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
        .unwrap_or(host);
    let (address, _scope) = host.split_once('%').unwrap_or((host, ""));
    Some(address.parse::<IpAddr>().ok()?.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_both_families() {
        for (source, address) in [
            ("10.0.0.1:4711", "10.0.0.1"),
            ("10.0.0.1:0", "10.0.0.1"),
            ("[2001:db8::1]:4711", "2001:db8::1"),
            ("[::ffff:10.0.0.1]:4711", "10.0.0.1"),
            ("[fe80::1%2]:4711", "fe80::1"),
        ] {
            assert_eq!(parse(source.as_bytes()), address.parse().ok(), "{source}");
        }
    }

    #[test]
    fn what_is_no_ip_is_none() {
        for source in [
            "",
            ":",
            "10.0.0.1",
            "/run/x.sock",
            "envoy://internal/x",
            "[10.0.0.1",
        ] {
            assert_eq!(parse(source.as_bytes()), None, "{source}");
        }
        assert_eq!(parse(b"\xff\xfe:1"), None);
    }
}
