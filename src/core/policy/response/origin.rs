//! An origin, as browsers write it.

use std::borrow::Cow;
use std::net::{Ipv4Addr, Ipv6Addr};

use crate::policy::ascii_host::in_ascii;
use crate::policy::host_name::{bracketed, is_host_name, is_numeric, meant_authority, meant_host};
use crate::syntax::invalid::{Compiled, InvalidConfig};
use crate::syntax::path::MAX_COMPARED_BYTES;

/// The origins of an entry, in the one form that
/// [browsers send](https://html.spec.whatwg.org/#ascii-serialisation-of-an-origin).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// `*`
    Any,
    /// One origin, or `null`.
    Exact(Box<str>),
    /// All of one label or more between the scheme and the domain, such as `https://` and
    /// `.example.com:8443`.
    Below(Box<str>, Box<str>),
}

/// What a page without an origin of its own sends, also one that anybody put into a sandbox.
pub(super) const NULL: &str = "null";

/// Schemes of URLs whose pages have no origin of that scheme, and the scheme that is meant.
const NEVER_SENT: [(&str, &str); 8] = [
    ("about", ""),
    ("blob", ""),
    ("data", ""),
    ("file", ""),
    ("ftp", "https"),
    ("javascript", ""),
    ("ws", "http"),
    ("wss", "https"),
];

impl Origin {
    /// Compiles an entry of `allow_origins`; refuses an origin that no browser sends.
    pub(super) fn compile(text: &str) -> Compiled<Self> {
        Self::parse(text).ok_or_else(|| {
            let meant = meant(text);
            let expected = match Self::parse(&meant) {
                Some(_) => format!("an origin as browsers send it: write {meant:?}"),
                None => "an origin like \"https://app.example.com\" or \"https://*.example.com\""
                    .to_owned(),
            };
            InvalidConfig::is_not(text, &expected)
        })
    }

    /// Case and a default port do not matter; `None` for what no browser sends.
    fn parse(text: &str) -> Option<Self> {
        match text {
            "*" => return Some(Self::Any),
            NULL => return Some(Self::Exact(NULL.into())),
            _ => {}
        }
        let (scheme, authority) = text.split_once("://")?;
        let scheme = scheme.to_ascii_lowercase();
        let is_sent = NEVER_SENT.iter().all(|(never, _)| *never != scheme);
        let (host, port) = split_port(authority);
        let port = match port {
            Some(port) => explicit(&scheme, port)?,
            None => String::new(),
        };
        if !is_scheme(&scheme) || !is_sent {
            return None;
        }
        let host = host.to_ascii_lowercase();
        if let Some(domain) = host.strip_prefix("*.") {
            let domain = serialised(domain).filter(|_| !is_numeric(domain))?;
            let [scheme, domain] = [format!("{scheme}://"), format!(".{domain}{port}")];
            return Some(Self::Below(scheme.into(), domain.into()));
        }
        let host = serialised(&host)?;
        Some(Self::Exact(format!("{scheme}://{host}{port}").into()))
    }

    /// What allows an `Origin` of a request: `*` or the origin itself.
    pub(super) fn allowing(&self, origin: &[u8]) -> Option<Cow<'_, str>> {
        match self {
            Self::Any => Some("*".into()),
            Self::Exact(own) => (own.as_bytes() == origin).then(|| (**own).into()),
            Self::Below(scheme, domain) => {
                let labels = origin.strip_prefix(scheme.as_bytes())?;
                let labels = labels.strip_suffix(domain.as_bytes())?;
                let is_sent = origin.len() <= MAX_COMPARED_BYTES
                    && is_host_name(labels)
                    && !labels.iter().any(u8::is_ascii_uppercase);
                is_sent.then(|| String::from_utf8_lossy(origin).into_owned().into())
            }
        }
    }
}

/// [RFC 3986 section 3.1](https://www.rfc-editor.org/rfc/rfc3986#section-3.1), in lower case.
fn is_scheme(scheme: &str) -> bool {
    let is_part = |byte: u8| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'.')
    };
    scheme.starts_with(|first: char| first.is_ascii_lowercase()) && scheme.bytes().all(is_part)
}

/// What stands before and behind the last colon outside brackets.
pub(super) fn split_port(authority: &str) -> (&str, Option<&str>) {
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (authority, None),
    }
}

/// A port with its colon, empty where it is the scheme's own; `None` where no browser writes
/// it so.
fn explicit(scheme: &str, port: &str) -> Option<String> {
    let number: u16 = port.parse().ok().filter(|&number| number > 0)?;
    let is_default = matches!((scheme, number), ("http", 80) | ("https", 443));
    let written = number.to_string();
    (written == port).then(|| match is_default {
        true => String::new(),
        false => format!(":{port}"),
    })
}

/// A host as browsers write it, from lower case.
pub(super) fn serialised(host: &str) -> Option<Cow<'_, str>> {
    if let Some(address) = bracketed(host.as_bytes()) {
        return Some(in_brackets(address).into());
    }
    let name = host.strip_suffix('.').unwrap_or(host);
    let is_host = if is_numeric(name) {
        host.parse::<Ipv4Addr>().is_ok()
    } else {
        is_host_name(name.as_bytes())
    };
    is_host.then_some(host.into())
}

/// Browsers know no mixed notation.
fn in_brackets(address: Ipv6Addr) -> String {
    match address.segments() {
        [0, 0, 0, 0, 0, 0xffff, high, low] => format!("[::ffff:{high:x}:{low:x}]"),
        _ => format!("[{address}]"),
    }
}

/// The origin that somebody means who writes a host, a URL or letters outside ASCII; what else
/// is wrong with it stays.
fn meant(text: &str) -> String {
    let text = text.trim();
    if text.eq_ignore_ascii_case(NULL) {
        return NULL.to_owned();
    }
    if text.ends_with(':') && !text.contains('/') {
        return text.to_owned();
    }
    let scheme = text.split_once("://").map(|(scheme, _)| scheme);
    let scheme = scheme.unwrap_or("https").to_ascii_lowercase();
    let mut known = NEVER_SENT.iter();
    let scheme = known
        .find_map(|(never, meant)| (*never == scheme).then_some(*meant))
        .unwrap_or(&scheme);
    let authority = meant_authority(text);
    if authority.parse::<Ipv6Addr>().is_ok() {
        return format!("{scheme}://{}", meant_host(authority));
    }
    let (host, port) = split_port(authority);
    let host = in_ascii(host);
    let port = port.filter(|port| !port.is_empty());
    let port = port.map(|port| match port.parse::<u16>() {
        Ok(number) => explicit(scheme, &number.to_string()).unwrap_or_default(),
        Err(_) => format!(":{port}"),
    });
    format!("{scheme}://{host}{}", port.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowing(entry: &str, origin: &str) -> Option<String> {
        let entry = Origin::compile(entry).unwrap();
        entry.allowing(origin.as_bytes()).map(Cow::into_owned)
    }

    #[test]
    fn an_entry_allows_what_browsers_send_for_it() {
        for (entry, origin) in [
            ("https://app.example", "https://app.example"),
            ("HTTPS://App.Example:443", "https://app.example"),
            ("http://localhost:80", "http://localhost"),
            ("http://localhost:443", "http://localhost:443"),
            ("https://app.example.", "https://app.example."),
            ("https://10.0.0.1:8443", "https://10.0.0.1:8443"),
            ("https://[2001:DB8:0::1]", "https://[2001:db8::1]"),
            ("https://[::ffff:10.0.0.1]", "https://[::ffff:a00:1]"),
            ("chrome-extension://abc", "chrome-extension://abc"),
            ("null", "null"),
            ("https://*.example.com", "https://a.b.example.com"),
            ("HTTPS://*.Example.com:443", "https://a.example.com"),
            ("https://*.example.com:8443", "https://a.example.com:8443"),
        ] {
            assert_eq!(allowing(entry, origin).as_deref(), Some(origin), "{entry}");
        }
        assert_eq!(allowing("*", "null").as_deref(), Some("*"));
    }

    #[test]
    fn no_odd_origin_is_allowed() {
        for origin in [
            "",
            "null",
            "https://example.com",
            "https://.example.com",
            "https://aexample.com",
            "https://A.example.com",
            "HTTPS://a.example.com",
            "http://a.example.com",
            "https://a.example.com:443",
            "https://a.example.com:8443",
            "https://a.example.com.",
            "https://a.example.com/",
            "https://a..example.com",
            "https://u@a.example.com",
            "https://evil.example/.example.com",
            "https://evil.example:80.example.com",
            "https://evil.example#.example.com",
            "https://\u{e9}.example.com",
            "https://a.example.com, https://b.example.com",
            "https://a.example.com,https://b.example.com",
        ] {
            assert_eq!(allowing("https://*.example.com", origin), None, "{origin}");
        }
        let long = format!("https://{}.example.com", "a".repeat(9000));
        assert_eq!(allowing("https://*.example.com", &long), None);
        let invalid = Origin::compile("https://*.example.com").unwrap();
        assert_eq!(invalid.allowing(b"https://\xff.example.com"), None);
    }

    #[test]
    fn of_an_origin_that_no_browser_sends_it_is_said_what_to_write() {
        for (entry, meant) in [
            ("https://app.example/", "https://app.example"),
            ("https://app.example/a?b#c", "https://app.example"),
            ("https://app.example?b", "https://app.example"),
            ("https://u:p@app.example:443", "https://app.example"),
            ("app.example", "https://app.example"),
            ("//app.example", "https://app.example"),
            ("*.example.com", "https://*.example.com"),
            ("https://m\u{fc}nchen.de", "https://xn--mnchen-3ya.de"),
            (
                "https://*.caf\u{e9}.de:8443",
                "https://*.xn--caf-dma.de:8443",
            ),
            ("https://app.example:0443", "https://app.example"),
            ("https://app.example:", "https://app.example"),
            ("https://app.example:0", "https://app.example"),
            ("https://app.example:08443", "https://app.example:8443"),
            ("https://2001:db8::1", "https://[2001:db8::1]"),
            ("wss://app.example", "https://app.example"),
            (" https://app.example ", "https://app.example"),
            ("NULL", "null"),
        ] {
            let error = Origin::compile(entry).unwrap_err().to_string();
            let expected = format!("is not an origin as browsers send it: write {meant:?}");
            assert!(error.ends_with(&expected), "{error}");
        }
        for entry in [
            "",
            "https://",
            "https:app.example",
            "https://*",
            "https://*.",
            "https://a.*.example",
            "https://*a.example",
            "https://*.10.0.0.1",
            "https://10.0.0.300",
            "https://10.1",
            "https://app.example:65536",
            "https://app.example:x",
            "https://app example",
            "https://[::1",
            "1a://app.example",
            "file://",
            "https://a.example,https://b.example",
        ] {
            let error = Origin::compile(entry).unwrap_err().to_string();
            assert!(
                error.contains("is not an origin like"),
                "{entry} gave {error}"
            );
        }
    }
}
