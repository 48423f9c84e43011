//! Where browsers are sent.

use crate::policy::host_name::host_name;
use crate::policy::response::origin::{serialised, split_port};
use crate::syntax::invalid::{Compiled, InvalidConfig};
use crate::syntax::path::MAX_COMPARED_BYTES;
use crate::syntax::readings::normalised;

/// An absolute http(s) URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect {
    /// The URL as it is configured.
    pub url: Box<str>,
    host: Box<str>,
    /// Normalised: a browser may write it in another way.
    path: Vec<u8>,
}

impl Redirect {
    /// Compiles `redirect`; refuses what is no absolute http or https URL of visible ASCII, with a
    /// host and a port that browsers take.
    pub fn compile(url: &str) -> Compiled<Self> {
        let expected = "an absolute URL like \"https://status.example.com/\"";
        Self::parse(url).ok_or_else(|| InvalidConfig::is_not(url, expected))
    }

    fn parse(url: &str) -> Option<Self> {
        let (scheme, rest) = url.split_once("://")?;
        let is_http = matches!(&*scheme.to_ascii_lowercase(), "http" | "https");
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at_checked(end)?;
        let host = host_name(authority.as_bytes()).to_ascii_lowercase();
        let path_only = path.split(['?', '#']).next().unwrap_or_default();
        let is_url = is_http && is_authority(authority) && path.bytes().all(is_written);
        is_url.then(|| Self {
            url: url.into(),
            host: String::from_utf8_lossy(&host).into(),
            path: normalised(path_only.as_bytes()),
        })
    }

    /// Whether a request is for the very host and path that it would be sent to; a path that is
    /// too long to be compared is not.
    pub fn is_target(&self, authority: &[u8], path: &[u8]) -> bool {
        path.len() <= MAX_COMPARED_BYTES
            && host_name(authority).eq_ignore_ascii_case(self.host.as_bytes())
            && normalised(path) == self.path
    }
}

/// Whether browsers take this for a host, and a port.
fn is_authority(authority: &str) -> bool {
    let (host, port) = split_port(authority);
    let is_port = |port: &str| port.parse::<u16>().is_ok_and(|number| number > 0);
    serialised(&host.to_ascii_lowercase()).is_some() && port.is_none_or(is_port)
}

/// Whether a byte stands in a URL as it is.
fn is_written(byte: u8) -> bool {
    byte.is_ascii_graphic() && !b"{}".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_target_is_known_by_host_and_path() {
        let redirect = Redirect::compile("https://Status.example.com:443/now?a=b#c").unwrap();
        assert!(redirect.is_target(b"status.example.com", b"/now"));
        assert!(redirect.is_target(b"STATUS.example.com:8443", b"/now"));
        assert!(!redirect.is_target(b"status.example.com", b"/"));
        assert!(!redirect.is_target(b"example.com", b"/now"));
        for (url, path) in [
            ("https://a.example/x/../y", "/y"),
            ("https://a.example/%5Ex", "/^x"),
        ] {
            let redirect = Redirect::compile(url).unwrap();
            assert!(redirect.is_target(b"a.example", path.as_bytes()), "{url}");
        }
        let root = Redirect::compile("http://a.example?x").unwrap();
        assert!(root.is_target(b"a.example", b"/"));
        let longest = format!("/{}", "./".repeat(4095));
        assert!(root.is_target(b"a.example", longest.as_bytes()));
        let longer = format!("{longest}./");
        assert!(!root.is_target(b"a.example", longer.as_bytes()));
    }

    #[test]
    fn what_is_no_absolute_http_url_is_refused() {
        for url in [
            "",
            "/a",
            "//a/b",
            "ftp://a/",
            "https://",
            "https:///a",
            "javascript:alert(1)",
            "https://u@a/x",
            "https://a/ b",
            "https://a/\r\nx",
            "https://a:0/",
            "https://a:65536/",
            "https://a:b/",
            "https://[::1/",
            "https://a..b/",
            "https://*.a/",
            "https://10.0.0.300/",
            "https://a/?next={{path}}",
        ] {
            assert!(Redirect::compile(url).is_err(), "{url}");
        }
        for url in ["https://[::1]:8443/", "HTTPS://10.0.0.1", "http://a.:80?b"] {
            assert!(Redirect::compile(url).is_ok(), "{url}");
        }
    }
}
