//! Those who ask for certificates, and search engines.

use serde_json::json;
use support::Envoy;

use crate::{chain::with, document::block};

const CHALLENGE: &str = "/.well-known/acme-challenge/evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA";

#[test]
fn without_the_entries_a_certificate_is_not_renewed() {
    let envoy = Envoy::start(json!({"mode": "on"}));
    for path in [CHALLENGE, "/robots.txt"] {
        let response = envoy.get(path);
        assert!(response.is_blocked() && response.status == 503, "{path}");
    }
}

#[test]
fn with_them_both_pass_and_pages_say_when_to_come_back() {
    let allow = block(
        "Certificates and search engines",
        "The plugin configuration",
    );
    let envoy = Envoy::start(with(json!({"mode": "on"}), &allow));
    for path in [CHALLENGE, "/robots.txt"] {
        assert!(envoy.get(path).is_upstream(), "{path}");
    }
    for path in [
        "/",
        "/.well-known/security.txt",
        "/.well-known/acme-challenge/../../cart",
        "/.well-known/acme-challenge/%2e%2e/cart",
        "/robots.txt/cart",
        "/ROBOTS.TXT",
    ] {
        let response = envoy.get(path);
        assert!(response.is_blocked(), "{path}: {response:?}");
        assert_eq!(response.status, 503, "{path}");
        assert_eq!(response.header("retry-after"), Some("3600"), "{path}");
        assert_eq!(response.header("cache-control"), Some("no-store"), "{path}");
    }
}
