//! What people use rules for.

use serde_json::json;
use support::{Envoy, Request, admin};

use super::{passes, rule};

#[test]
fn a_rule_for_reads_makes_maintenance_read_only() {
    let envoy = Envoy::start(json!({"admin": admin(), "rules": [
        rule("reads", "allow", json!({"methods": ["GET", "HEAD", "OPTIONS"]})),
    ]}));
    for on in [true, false] {
        envoy.toggle(on);
        for (method, reads) in [
            ("GET", true),
            ("HEAD", true),
            ("OPTIONS", true),
            ("POST", false),
            ("PUT", false),
            ("PATCH", false),
            ("DELETE", false),
        ] {
            let request = Request::new(method, "/orders");
            assert_eq!(passes(&envoy, &request), reads || !on, "{method} {on}");
        }
    }
}

#[test]
fn one_host_out_of_many_is_in_maintenance() {
    let envoy = Envoy::start(json!({"rules": [
        rule("shop", "on", json!({"hosts": ["shop.example.com", "*.shop.example.com"]})),
    ]}));
    for (host, expected) in [
        ("shop.example.com", false),
        ("SHOP.example.com:8443", false),
        ("shop.example.com.", false),
        ("eu.shop.example.com", false),
        ("www.example.com", true),
        ("example.com", true),
        ("workshop.example.com", true),
        ("shop.example.com.test", true),
    ] {
        let request = Request::get("/").header("host", host);
        assert_eq!(passes(&envoy, &request), expected, "{host}");
    }
}
