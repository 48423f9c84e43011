//! The server of an address.

use std::fmt;

use ureq::http::Uri;

/// Where it listens, and what it is said to speak.
pub(super) struct Server {
    scheme: &'static str,
    /// What it may speak instead.
    other: &'static str,
    pub(super) host: String,
    pub(super) port: u16,
}

impl Server {
    pub(super) fn of(url: &str) -> Option<Self> {
        let uri: Uri = url.parse().ok()?;
        let (scheme, other, usual) = match uri.scheme_str()? {
            "http" => ("http", "https", 80),
            "https" => ("https", "http", 443),
            _ => return None,
        };
        Some(Self {
            scheme,
            other,
            host: uri.host()?.trim_matches(['[', ']']).to_owned(),
            port: uri.port_u16().unwrap_or(usual),
        })
    }

    /// Its root, in the other scheme.
    pub(super) fn other_root(&self) -> String {
        format!("{}://{self}/", self.other)
    }

    /// What to say of an address there, where it speaks the other scheme.
    pub(super) fn wrong_scheme(&self, url: &str) -> String {
        let Self { scheme, other, .. } = self;
        let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
        format!("{url}: {self} speaks {other}, not {scheme}: write {other}://{rest}")
    }
}

/// Host and port, as they stand in an address.
impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.host.contains(':') {
            true => write!(f, "[{}]:{}", self.host, self.port),
            false => write!(f, "{}:{}", self.host, self.port),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_has_a_host_and_a_port() {
        for (url, told, root) in [
            ("http://a/m", "a:80", "https://a:80/"),
            ("https://a/m", "a:443", "http://a:443/"),
            ("https://[::1]:8443/m", "[::1]:8443", "http://[::1]:8443/"),
        ] {
            let server = Server::of(url).unwrap();
            assert_eq!(server.to_string(), told);
            assert_eq!(server.other_root(), root);
        }
        let server = Server::of("https://a/m").unwrap();
        assert_eq!(
            server.wrong_scheme("https://a/m"),
            "https://a/m: a:443 speaks http, not https: write http://a/m"
        );
        assert!(Server::of("a/m").is_none() && Server::of("ftp://a/m").is_none());
    }
}
