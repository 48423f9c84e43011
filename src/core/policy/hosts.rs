//! The entries of `hosts`.

use crate::policy::reading::Reading;
use crate::syntax::invalid::{Compiled, InvalidConfig, each};

/// Host names to compare `:authority` with. Case, port and a trailing dot do not matter.
#[derive(Clone, Debug, Default)]
pub struct Hosts {
    reading: Reading,
    hosts: Vec<Host>,
}

/// Lower-case, without port and trailing dot.
#[derive(Clone, Debug)]
enum Host {
    Exact(Box<str>),
    /// What follows the `*`, with its dot.
    Below(Box<str>),
}

impl Hosts {
    /// Compiles `"shop.example.com"`, `"*.example.com"` and IP addresses (IPv6 in brackets); refuses
    /// what is no host name.
    pub fn compile(entries: &[String], reading: Reading) -> Compiled<Self> {
        let hosts = each(entries, |entry| compile_entry(entry))?;
        Ok(Self { reading, hosts })
    }

    /// The place of the first entry that matches the `:authority` of a request.
    pub fn find(&self, authority: &[u8]) -> Option<usize> {
        let name = host_name(authority);
        self.hosts.iter().position(|host| match host {
            Host::Exact(host) => name.eq_ignore_ascii_case(host.as_bytes()),
            Host::Below(domain) => name
                .split_at_checked(name.len().saturating_sub(domain.len()))
                .is_some_and(|(labels, end)| {
                    end.eq_ignore_ascii_case(domain.as_bytes()) && self.are_labels(labels)
                }),
        })
    }

    /// Whether what stands before a domain is one label or more. Proxies route by the domain
    /// alone: in doubt it is, where a match blocks.
    fn are_labels(&self, labels: &[u8]) -> bool {
        match self.reading {
            Reading::Canonical => is_host_name(labels),
            Reading::Any => !labels.is_empty(),
        }
    }
}

/// The host name in `authority`: without port and trailing dot.
pub(crate) fn host_name(authority: &[u8]) -> &[u8] {
    let colon = authority.iter().rposition(|&byte| byte == b':');
    let name = match colon.and_then(|colon| authority.split_at_checked(colon)) {
        Some((name, [_colon, port @ ..])) if port.iter().all(u8::is_ascii_digit) => name,
        _ => authority,
    };
    name.strip_suffix(b".").unwrap_or(name)
}

fn compile_entry(entry: &str) -> Compiled<Host> {
    let name = String::from_utf8_lossy(host_name(entry.as_bytes())).to_ascii_lowercase();
    match name.strip_prefix("*.") {
        Some(domain) if is_host_name(domain.as_bytes()) => {
            Ok(Host::Below(format!(".{domain}").into()))
        }
        None if is_host_name(name.as_bytes()) || is_ip_literal(&name) => {
            Ok(Host::Exact(name.into()))
        }
        _ => {
            let expected = "a host name like \"shop.example.com\" or \"*.example.com\"";
            Err(InvalidConfig::is_not(entry, expected))
        }
    }
}

/// One label or more of letters, digits, `-` and `_`, with a dot between.
fn is_host_name(name: &[u8]) -> bool {
    name.split(|&byte| byte == b'.').all(|label| {
        let is_allowed = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        !label.is_empty() && label.iter().all(is_allowed)
    })
}

fn is_ip_literal(name: &str) -> bool {
    name.strip_prefix('[')
        .and_then(|name| name.strip_suffix(']'))
        .is_some_and(|address| address.parse::<std::net::Ipv6Addr>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts(entry: &str) -> Hosts {
        Hosts::compile(&[entry.to_owned()], Reading::Canonical).unwrap()
    }

    #[test]
    fn case_port_and_trailing_dot_do_not_matter() {
        let set = hosts("Shop.example.com");
        for hit in [
            "shop.example.com",
            "SHOP.example.COM:8443",
            "shop.example.com.",
            "shop.example.com.:80",
        ] {
            assert!(set.find(hit.as_bytes()).is_some(), "{hit}");
        }
        for miss in [
            "",
            "example.com",
            "a.shop.example.com",
            "shop.example.com:80x",
            "shop.example.com.evil",
        ] {
            assert!(set.find(miss.as_bytes()).is_none(), "{miss}");
        }
        assert!(
            hosts("shop.example.com.:80")
                .find(b"shop.example.com")
                .is_some()
        );
    }

    #[test]
    fn a_wildcard_stands_for_a_label_or_more() {
        let set = hosts("*.example.com");
        for hit in ["a.example.com", "A.B.Example.com:80"] {
            assert!(set.find(hit.as_bytes()).is_some(), "{hit}");
        }
        for miss in [
            "example.com",
            ".example.com",
            "aexample.com",
            "a.example.com.evil",
            "x.com,a.example.com",
            "x.com@a.example.com",
            "x.com:80.example.com",
            "..example.com",
        ] {
            assert!(set.find(miss.as_bytes()).is_none(), "{miss}");
        }
    }

    #[test]
    fn where_a_match_blocks_anything_before_the_domain_is_a_label() {
        let entries = ["*.example.com".to_owned()];
        let set = Hosts::compile(&entries, Reading::Any).unwrap();
        for hit in [
            "a.example.com",
            "a!b.example.com",
            "x,a.example.com",
            "..example.com",
        ] {
            assert!(set.find(hit.as_bytes()).is_some(), "{hit}");
        }
        assert!(set.find(b".example.com").is_none() && set.find(b"example.com").is_none());
    }

    #[test]
    fn addresses_are_hosts() {
        assert!(hosts("[2001:db8::1]").find(b"[2001:DB8::1]:8080").is_some());
        assert!(hosts("10.0.0.1").find(b"10.0.0.1:80").is_some());
        assert!(hosts("[::1]").find(b"[::2]").is_none());
    }

    #[test]
    fn what_is_no_host_name_is_refused() {
        for entry in [
            "",
            "*",
            "*.",
            "*example.com",
            "a.*.com",
            "a..b",
            "http://a",
            "a/b",
            "m\u{fc}nchen.de",
            "::1",
            "[::1",
        ] {
            let error = Hosts::compile(&[entry.to_owned()], Reading::Canonical)
                .unwrap_err()
                .to_string();
            assert!(error.contains("is not a host name"), "{entry} gave {error}");
        }
    }
}
