//! The entries of `hosts`.

use std::net::Ipv6Addr;

use crate::policy::host_name::{bracketed, host_name, is_host_name, meant_host};
use crate::policy::network::is_block;
use crate::policy::reading::Reading;
use crate::policy::sent_host::{HostName, SentHost};
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
    Address(Ipv6Addr),
}

impl Hosts {
    /// Compiles `"shop.example.com"`, `"*.example.com"` and IP addresses (IPv6 in brackets); refuses
    /// what is no host name.
    pub fn compile(entries: &[String], reading: Reading) -> Compiled<Self> {
        let hosts = each(entries, |entry| compile_entry(entry))?;
        Ok(Self { reading, hosts })
    }

    /// The place of the first entry that matches the host of a request. Where a match lets pass,
    /// only `host[:port]` has one; where it blocks, also whatever is in doubt: proxies route by the
    /// domain alone, and servers drop users, ports and dots in their own ways.
    pub fn find(&self, sent: &SentHost<'_>) -> Option<usize> {
        if sent.is_too_long() {
            return (self.reading == Reading::Any && !self.hosts.is_empty()).then_some(0);
        }
        let names = match self.reading {
            Reading::Canonical => [sent.clear_name(), None],
            Reading::Any => [Some(sent.name()), sent.bare_name()],
        };
        let mut hosts = self.hosts.iter();
        hosts.position(|host| names.iter().flatten().any(|name| host.is(name)))
    }
}

impl Host {
    /// `None` for what is no host name.
    fn parse(entry: &str) -> Option<Self> {
        let name = host_name(entry.as_bytes());
        if let Some(address) = bracketed(name) {
            return Some(Self::Address(address));
        }
        let name = String::from_utf8_lossy(name).to_ascii_lowercase();
        let domain = name.strip_prefix("*.");
        is_host_name(domain.unwrap_or(&name).as_bytes()).then(|| match domain {
            Some(domain) => Self::Below(format!(".{domain}").into()),
            None => Self::Exact(name.as_str().into()),
        })
    }

    fn is(&self, name: &HostName<'_>) -> bool {
        let text = &name.text;
        match self {
            Self::Exact(host) => text.eq_ignore_ascii_case(host.as_bytes()),
            Self::Below(domain) => text
                .split_at_checked(text.len().saturating_sub(domain.len()))
                .is_some_and(|(labels, end)| {
                    !labels.is_empty() && end.eq_ignore_ascii_case(domain.as_bytes())
                }),
            Self::Address(address) => name.address == Some(*address),
        }
    }
}

fn compile_entry(entry: &str) -> Compiled<Host> {
    Host::parse(entry).ok_or_else(|| {
        let meant = meant_host(entry);
        let expected = match Host::parse(&meant) {
            _ if entry == "*" => "a host name, but every host: write `paths: [\"/*\"]` in the \
                                  place of `hosts`, or a domain like \"*.example.com\""
                .to_owned(),
            _ if is_block(entry) => "a host name: write it in `client_ips`".to_owned(),
            Some(_) => format!("a host name as requests have it: write {meant:?}"),
            None if !meant.is_ascii() => "a host name as requests have it: write it as browsers \
                                          send it, with \"xn--\""
                .to_owned(),
            None => "a host name like \"shop.example.com\" or \"*.example.com\"".to_owned(),
        };
        InvalidConfig::is_not(entry, &expected)
    })
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
            assert!(set.find(&SentHost::new(hit.as_bytes())).is_some(), "{hit}");
        }
        for miss in [
            "",
            "example.com",
            "a.shop.example.com",
            "shop.example.com:80x",
            "shop.example.com.evil",
        ] {
            assert!(
                set.find(&SentHost::new(miss.as_bytes())).is_none(),
                "{miss}"
            );
        }
        assert!(
            hosts("shop.example.com.:80")
                .find(&SentHost::new(b"shop.example.com"))
                .is_some()
        );
    }

    #[test]
    fn a_wildcard_stands_for_a_label_or_more() {
        let set = hosts("*.example.com");
        for hit in ["a.example.com", "A.B.Example.com:80"] {
            assert!(set.find(&SentHost::new(hit.as_bytes())).is_some(), "{hit}");
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
            assert!(
                set.find(&SentHost::new(miss.as_bytes())).is_none(),
                "{miss}"
            );
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
            assert!(set.find(&SentHost::new(hit.as_bytes())).is_some(), "{hit}");
        }
        assert!(
            set.find(&SentHost::new(b".example.com")).is_none()
                && set.find(&SentHost::new(b"example.com")).is_none()
        );
    }

    #[test]
    fn addresses_are_hosts() {
        assert!(
            hosts("[2001:db8::1]")
                .find(&SentHost::new(b"[2001:DB8::1]:8080"))
                .is_some()
        );
        assert!(
            hosts("10.0.0.1")
                .find(&SentHost::new(b"10.0.0.1:80"))
                .is_some()
        );
        assert!(hosts("[::1]").find(&SentHost::new(b"[::2]")).is_none());
    }

    #[test]
    fn an_address_is_the_same_however_it_is_written() {
        let set = hosts("[2001:db8::1]");
        assert!(set.find(&SentHost::new(b"[2001:0db8:0::1]:80")).is_some());
        assert!(set.find(&SentHost::new(b"2001:db8::1")).is_none());
    }

    #[test]
    fn what_is_no_host_matches_where_a_match_blocks_by_what_is_left_of_it() {
        let entries = ["shop.example.com", "[::1]"].map(str::to_owned);
        let allowed = Hosts::compile(&entries, Reading::Canonical).unwrap();
        let blocked = Hosts::compile(&entries, Reading::Any).unwrap();
        for (authority, index) in [
            ("shop.example.com:abc", 0),
            ("shop.example.com:", 0),
            ("shop.example.com:80:80", 0),
            ("u@shop.example.com", 0),
            ("a:b@u@shop.example.com:80", 0),
            ("shop.example.com..", 0),
            (".shop..example.com", 0),
            ("u@.SHOP.example.com.:x", 0),
            ("[::1]:x", 1),
            ("u@[0:0::1]:80:80", 1),
        ] {
            let sent = authority.as_bytes();
            assert_eq!(allowed.find(&SentHost::new(sent)), None, "{authority}");
            assert_eq!(
                blocked.find(&SentHost::new(sent)),
                Some(index),
                "{authority}"
            );
        }
        for authority in ["", "@", ":", "example.com", "shop.example.com@x", "[::1"] {
            assert_eq!(
                blocked.find(&SentHost::new(authority.as_bytes())),
                None,
                "{authority}"
            );
        }
    }

    #[test]
    fn a_host_that_is_too_long_matches_none_that_is_allowed_and_all_that_are_blocked() {
        let entries = ["a.example".to_owned(), "*.example.com".to_owned()];
        let long = |bytes: usize| format!("{}.example.com", "a".repeat(bytes - 12));
        for (bytes, allowed, blocked) in [(8192, Some(1), Some(1)), (8193, None, Some(0))] {
            let find = |reading| {
                let hosts = Hosts::compile(&entries, reading).unwrap();
                hosts.find(&SentHost::new(long(bytes).as_bytes()))
            };
            assert_eq!(find(Reading::Canonical), allowed, "{bytes}");
            assert_eq!(find(Reading::Any), blocked, "{bytes}");
        }
        let none = Hosts::compile(&[], Reading::Any).unwrap();
        assert_eq!(none.find(&SentHost::new(long(9000).as_bytes())), None);
    }

    #[test]
    fn the_host_that_is_meant_is_named() {
        for (entry, meant) in [
            ("https://Shop.example.com:8443/a?b", "shop.example.com"),
            ("shop.example.com/", "shop.example.com"),
            ("shop.example.com:", "shop.example.com"),
            ("u@shop.example.com", "shop.example.com"),
            ("m\u{fc}nchen.de", "xn--mnchen-3ya.de"),
            ("*.m\u{fc}nchen.de:80", "*.xn--mnchen-3ya.de"),
            ("2001:DB8::1", "[2001:DB8::1]"),
            ("[fe80::1%eth0]", "[fe80::1]"),
            (".example.com", "*.example.com"),
            ("*example.com", "*.example.com"),
            ("a..b", "a.b"),
            ("\u{ff53}hop.de", "shop.de"),
        ] {
            let error = Hosts::compile(&[entry.to_owned()], Reading::Canonical).unwrap_err();
            let expected = format!("is not a host name as requests have it: write {meant:?}");
            assert!(error.to_string().ends_with(&expected), "{error}");
        }
    }

    #[test]
    fn of_what_stands_for_more_than_a_host_it_is_said_where_to_write_it() {
        for (entry, instead) in [
            ("*", "write `paths: [\"/*\"]`"),
            ("10.0.0.0/8", "write it in `client_ips`"),
            ("\u{fb01}.de", "with \"xn--\""),
        ] {
            let error = Hosts::compile(&[entry.to_owned()], Reading::Canonical).unwrap_err();
            assert!(error.to_string().contains(instead), "{error}");
        }
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
