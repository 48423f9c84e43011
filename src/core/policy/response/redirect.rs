//! Where browsers are sent.

use crate::policy::host_name::host_name;
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
    /// Compiles `redirect`; refuses what is no absolute http or https URL of visible ASCII.
    pub fn compile(url: &str) -> Compiled<Self> {
        let expected = "an absolute URL like \"https://status.example.com/\"";
        let invalid = || InvalidConfig::is_not(url, expected);
        let (scheme, rest) = url.split_once("://").ok_or_else(invalid)?;
        let is_http = matches!(&*scheme.to_ascii_lowercase(), "http" | "https");
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at_checked(end).ok_or_else(invalid)?;
        let host = host_name(authority.as_bytes()).to_ascii_lowercase();
        let is_plain = !host.is_empty() && !authority.contains(['@', '\\']);
        let is_url = url
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && !b"{}".contains(&byte));
        if !is_http || !is_plain || !is_url {
            return Err(invalid());
        }
        let path = path.split(['?', '#']).next().unwrap_or_default();
        Ok(Self {
            url: url.into(),
            host: String::from_utf8_lossy(&host).into(),
            path: normalised(path.as_bytes()),
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
        ] {
            assert!(Redirect::compile(url).is_err(), "{url}");
        }
    }
}
