//! The cookie that carries a bypass token.

use crate::config::bypass::BypassConfig;
use crate::policy::host_name::{is_host_name, is_numeric, meant_host};
use crate::request::headers::Headers;
use crate::syntax::field::cookie_name;
use crate::syntax::invalid::{Compiled, InvalidConfig, Located, optional, refuse};

/// The compiled `cookie` and `domain` of `bypass`.
#[derive(Clone, Debug)]
pub struct BypassCookie {
    /// Its name.
    pub name: Box<str>,
    /// The domain whose hosts all get it; without, it goes to the host that has set it.
    pub domain: Option<Box<str>>,
}

/// What the name of a cookie begins with that only the host has that set it.
const HOST_PREFIX: &str = "__Host-";

const DEFAULT_NAME: &str = "maintenance_bypass";

/// Compiles `domain`, the hosts to which browsers send the cookie of this name; refuses what is
/// no domain, and with which browsers would drop the cookie.
fn compile_domain(domain: &str, cookie: &str) -> Compiled<Box<str>> {
    let prefix = cookie.get(..HOST_PREFIX.len()).unwrap_or_default();
    if prefix.eq_ignore_ascii_case(HOST_PREFIX) {
        return refuse(format!(
            "no cookie whose name begins with {prefix:?} has a domain: leave it out, or write \
             another `cookie`"
        ));
    }
    let is_name = |text: &str| is_host_name(text.as_bytes()) && !is_numeric(text);
    if is_name(domain) && !domain.contains('.') {
        return refuse(format!(
            "no browser takes a cookie for all of {domain:?}: expected a domain like \
             \"example.com\", or none"
        ));
    }
    let is_domain = |text: &str| is_name(text) && text.contains('.');
    if is_domain(domain) {
        return Ok(domain.to_ascii_lowercase().into());
    }
    let meant = meant_host(domain);
    let meant = meant.trim_start_matches("*.").trim_matches('.');
    let expected = if is_domain(meant) {
        format!("a domain as cookies have it: write {meant:?}")
    } else {
        "a domain like \"example.com\"".to_owned()
    };
    Err(InvalidConfig::is_not(domain, &expected))
}

impl BypassCookie {
    /// Compiles `cookie` and `domain`; refuses what names no cookie or no domain.
    pub(super) fn compile(config: &BypassConfig) -> Compiled<Self> {
        let name = config.cookie.as_deref().unwrap_or(DEFAULT_NAME);
        let name = cookie_name(name).at("cookie")?;
        let domain_of = |domain| compile_domain(domain, name);
        Ok(Self {
            name: name.into(),
            domain: optional(config.domain.as_deref(), domain_of).at("domain")?,
        })
    }

    /// Whether it may be among these, whatever stands between the lines of the header.
    pub fn may_be_in(&self, cookies: &[u8]) -> bool {
        let mut names = cookies.split(|&byte| byte == b'=');
        names.any(|name| name.trim_ascii_end().ends_with(self.name.as_bytes()))
    }

    /// All other cookies, as they were sent; `None` if it is not there.
    pub fn other_cookies(&self, headers: &impl Headers) -> Option<Vec<u8>> {
        let mut lines = headers.values("cookie");
        if !lines.any(|line| pairs(line).any(|pair| self.is_in(pair))) {
            return None;
        }
        let mut others = Vec::new();
        for line in headers.values("cookie") {
            let kept: Vec<&[u8]> = pairs(line).filter(|pair| !self.is_in(pair)).collect();
            let kept = kept.join(&b';');
            let kept = kept.trim_ascii_start();
            if kept.is_empty() {
                continue;
            }
            if !others.is_empty() {
                others.extend_from_slice(b"; ");
            }
            others.extend_from_slice(kept);
        }
        Some(others)
    }

    fn is_in(&self, pair: &[u8]) -> bool {
        let mut parts = pair.splitn(2, |&byte| byte == b'=');
        let name = parts.next().unwrap_or_default().trim_ascii();
        name == self.name.as_bytes() && parts.next().is_some()
    }
}

fn pairs(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    line.split(|&byte| byte == b';')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::headers::HeaderList;

    fn compile(json: &str) -> Compiled<BypassCookie> {
        BypassCookie::compile(&crate::syntax::json_reader::read(&format!("{{{json}}}")))
    }

    #[test]
    fn the_cookie_is_taken_out_and_all_others_stay_as_they_were_sent() {
        let bypass = compile(r#""cookie":"b""#).unwrap();
        for (lines, others) in [
            (&["b=x"][..], Some("")),
            (&["b=x; "], Some("")),
            (&["a=1; b=x; c=2"], Some("a=1; c=2")),
            (&["b=x;a=1;  c=\"2\" ;d"], Some("a=1;  c=\"2\" ;d")),
            (&["a=1;b = x"], Some("a=1")),
            (&["b=x; b=y; a=b=z"], Some("a=b=z")),
            (&["a=1", "b=x", "c=2; b=y"], Some("a=1; c=2")),
            (&["b=x", "b=y"], Some("")),
            (&["a=1; bb=2; B=3; b; ab=4"], None),
            (&["a=b=1"], None),
            (&[""], None),
            (&[], None),
        ] {
            let headers: Vec<_> = lines.iter().map(|line| ("cookie", *line)).collect();
            let left = bypass.other_cookies(&HeaderList::new(&headers));
            assert_eq!(left.as_deref(), others.map(str::as_bytes), "{lines:?}");
            for separator in [";", ",", "; "] {
                let may_be = bypass.may_be_in(lines.join(separator).as_bytes());
                assert!(may_be || others.is_none(), "{lines:?}");
            }
        }
        assert!(!bypass.may_be_in(b"a=1; c=2") && !bypass.may_be_in(b""));
        let bytes = HeaderList::new(&[("cookie", b"a=\xff; b=x")]);
        assert_eq!(bypass.other_cookies(&bytes).unwrap(), b"a=\xff");
    }

    #[test]
    fn a_domain_is_a_host_name_that_browsers_take() {
        for (domain, expected) in [
            ("example.com", "example.com"),
            ("Shop.Example.COM", "shop.example.com"),
        ] {
            let bypass = compile(&format!(r#""domain":"{domain}""#)).unwrap();
            assert_eq!(bypass.domain.as_deref(), Some(expected));
        }
        assert_eq!(compile(r#""cookie":"b""#).unwrap().domain, None);
        for (domain, problem) in [
            (".example.com", "as cookies have it: write \"example.com\""),
            ("*.example.com", "write \"example.com\""),
            ("example.com.", "write \"example.com\""),
            ("example.com:8443", "write \"example.com\""),
            ("https://example.com/a", "write \"example.com\""),
            ("m\u{fc}nchen.de", "write \"xn--mnchen-3ya.de\""),
            ("", "is not a domain like \"example.com\""),
            ("com", "no browser takes a cookie for all of \"com\""),
            (
                "localhost",
                "expected a domain like \"example.com\", or none",
            ),
            ("10.0.0.1", "is not a domain like"),
            ("[::1]", "is not a domain like"),
            ("example.com; Secure", "is not a domain like"),
        ] {
            let error = compile(&format!(r#""domain":"{domain}""#))
                .unwrap_err()
                .to_string();
            assert!(
                error.starts_with("domain: ") && error.contains(problem),
                "{error}"
            );
        }
        for cookie in ["__Host-b", "__host-b"] {
            let json = format!(r#""cookie":"{cookie}","domain":"example.com""#);
            let error = compile(&json).unwrap_err().to_string();
            let problem = "domain: no cookie whose name begins";
            assert!(error.starts_with(problem), "{error}");
        }
    }
}
