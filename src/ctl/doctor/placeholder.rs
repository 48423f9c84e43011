//! `placeholder`: what a sample has, and nobody has replaced.

use crate::ctl::doctor::finding::Findings;
use crate::ctl::doctor::network::Network;
use crate::ctl::documents::spot::Spot;
use crate::ctl::setup::setup::Setup;

/// Blocks that are for documents only: RFC 5737, RFC 3849, RFC 9637.
const DOCUMENTATION: [&str; 5] = [
    "192.0.2.0/24",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "2001:db8::/32",
    "3fff::/20",
];
/// Domains that are nobody's: RFC 2606, RFC 6761.
const DOMAINS: [&str; 5] = [
    "example.com",
    "example.net",
    "example.org",
    "example",
    "invalid",
];
/// The length of a SHA-256 in hexadecimal.
const DIGITS: usize = 64;
/// Where texts are for people, or compared as they are.
const TEXTS: [&str; 7] = ["html", "json", "message", "text", "title", "regex", "name"];

pub(super) fn check(setup: &Setup, findings: &mut Findings) {
    for plugin in &setup.plugins {
        let settings = plugin.settings();
        look(&settings, findings);
        for key in ["url", "sha256", "code", "vm_config"] {
            if let Some(spot) = plugin.spot.get(key) {
                look(&spot, findings);
            }
        }
    }
}

fn look(spot: &Spot, findings: &mut Findings) {
    if let Some(text) = spot.text()
        && let Some(what) = placeholder(text)
    {
        findings.add(
            spot.place(),
            format!("{what} is a sample's: as it stands, this is not for anybody"),
            fix(what),
        );
    }
    for (key, child) in spot.entries() {
        if !TEXTS.contains(&key) {
            look(&child, findings);
        }
    }
    spot.items().iter().for_each(|child| look(child, findings));
}

fn fix(what: &str) -> &'static str {
    match what {
        "this hash" => "Write what this prints: maintenancectl hash-token --name ops",
        "this digest" => "Write the digest of your image, which make image prints.",
        "this address" => "Write your own address or block.",
        _ => "Write your own host.",
    }
}

fn placeholder(text: &str) -> Option<&'static str> {
    if is_repeated_hash(text) {
        Some(if text.contains(':') {
            "this digest"
        } else {
            "this hash"
        })
    } else if is_documentation(text) {
        Some("this address")
    } else if host(text).is_some_and(|host| is_nobodys(&host)) {
        Some("this host")
    } else {
        None
    }
}

/// A hash, or the digest of an image, of one digit.
fn is_repeated_hash(text: &str) -> bool {
    let digits = text.rsplit_once(':').map_or(text, |(_, digits)| digits);
    let first = digits.chars().next();
    digits.len() == DIGITS
        && digits
            .chars()
            .all(|digit| digit.is_ascii_hexdigit() && Some(digit) == first)
}

fn is_documentation(text: &str) -> bool {
    let networks = DOCUMENTATION
        .iter()
        .filter_map(|block| Network::parse(block));
    let network = Network::parse(text);
    network.is_some_and(|network| networks.into_iter().any(|block| block.contains(network)))
}

/// The host of a URL, of an image, or alone.
fn host(text: &str) -> Option<String> {
    let (_, rest) = text.split_once("://").unwrap_or(("", text));
    let host = rest.split(['/', '?', ':', '@']).next()?;
    let host = host.strip_prefix("*.").unwrap_or(host);
    let is_host = host
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte));
    (is_host && host.contains('.')).then(|| host.to_ascii_lowercase())
}

fn is_nobodys(host: &str) -> bool {
    DOMAINS.iter().any(|domain| {
        let labels = host.strip_suffix(domain);
        labels.is_some_and(|labels| labels.is_empty() || labels.ends_with('.'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_known_and_others_are_not() {
        for (text, what) in [
            (&*"0".repeat(64), Some("this hash")),
            (
                &*format!("oci://r.corp.net/m@sha256:{}", "a".repeat(64)),
                Some("this digest"),
            ),
            (&*format!("{}b", "a".repeat(63)), None),
            ("192.0.2.7", Some("this address")),
            ("2001:db8:1::/48", Some("this address")),
            ("10.0.0.0/8", None),
            ("0.0.0.0/0", None),
            ("https://status.example.com/x", Some("this host")),
            ("*.example.org", Some("this host")),
            (
                "oci://registry.example.com/maintenance-mode:1",
                Some("this host"),
            ),
            ("myexample.com", None),
            ("example", None),
            ("/example.com", None),
        ] {
            assert_eq!(placeholder(text), what, "{text}");
        }
    }
}
