//! Host names, as requests and entries have them.

use std::net::Ipv6Addr;

use crate::policy::ascii_host::in_ascii;

/// The host name in `authority`: without port and trailing dot.
pub(crate) fn host_name(authority: &[u8]) -> &[u8] {
    let colon = authority.iter().rposition(|&byte| byte == b':');
    let name = match colon.and_then(|colon| authority.split_at_checked(colon)) {
        Some((name, [_colon, port @ ..]))
            if !port.is_empty() && port.iter().all(u8::is_ascii_digit) =>
        {
            name
        }
        _ => authority,
    };
    name.strip_suffix(b".").unwrap_or(name)
}

/// One label or more of letters, digits, `-` and `_`, with a dot between.
pub(crate) fn is_host_name(name: &[u8]) -> bool {
    name.split(|&byte| byte == b'.').all(|label| {
        let is_allowed = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        !label.is_empty() && label.iter().all(is_allowed)
    })
}

/// Whether a host name is read as an IPv4 address, and as none if it is not written like one:
/// its last label is a number.
pub(crate) fn is_numeric(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or_default();
    !last.is_empty() && last.bytes().all(|byte| byte.is_ascii_digit())
}

/// The IPv6 address in brackets that a host is.
pub(crate) fn bracketed(host: &[u8]) -> Option<Ipv6Addr> {
    let address = host.strip_prefix(b"[")?.strip_suffix(b"]")?;
    std::str::from_utf8(address).ok()?.parse().ok()
}

/// The host that somebody means who writes a URL, an address without brackets or with a zone,
/// dots or stars too many, or letters outside ASCII; what else is wrong with it stays.
pub(crate) fn meant_host(text: &str) -> String {
    let authority = meant_authority(text);
    let address = authority.trim_matches(['[', ']']).split('%').next();
    if let Some(address) = address.filter(|it| it.parse::<Ipv6Addr>().is_ok()) {
        return format!("[{address}]");
    }
    let is_port = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit());
    let port = authority.rsplit_once(':').filter(|(_, port)| is_port(port));
    let host = in_ascii(port.map_or(authority, |(host, _)| host));
    let name = host.trim_start_matches(['*', '.']);
    if !name.starts_with(|first: char| first.is_ascii_alphanumeric()) {
        return host;
    }
    let mut meant = if name == host { "" } else { "*." }.to_owned();
    for character in name.chars() {
        if character != '.' || !meant.ends_with('.') {
            meant.push(character);
        }
    }
    meant
}

/// What of a URL, or a part of one, names the host and its port.
pub(crate) fn meant_authority(text: &str) -> &str {
    let text = text.trim();
    let rest = text.split_once("://").map_or(text, |(_scheme, rest)| rest);
    let rest = rest.strip_prefix("//").unwrap_or(rest);
    let end = ['/', '?', '#', '\\'];
    let authority = rest.split(end).next().unwrap_or_default();
    authority.rsplit('@').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_around_a_host_is_taken_off() {
        for (text, host) in [
            ("https://u:p@shop.example:8443/a?b#c", "shop.example"),
            ("shop.example//a", "shop.example"),
            ("//shop.example/a", "shop.example"),
            (" shop.example ", "shop.example"),
            ("caf\u{e9}.example:80", "xn--caf-dma.example"),
            ("::1", "[::1]"),
            ("http://[::1]:80/", "[::1]"),
            ("[fe80::1%eth0]", "[fe80::1]"),
            (".shop.example", "*.shop.example"),
            ("**.shop.example", "*.shop.example"),
            ("*shop.example", "*.shop.example"),
            ("shop..example", "shop.example"),
            ("*-shop.example", "*-shop.example"),
            ("*", "*"),
            ("", ""),
        ] {
            assert_eq!(meant_host(text), host, "{text}");
        }
    }
}
