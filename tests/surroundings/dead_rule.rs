//! A rule that one before it always takes.

use serde_json::{Value, json};
use support::Envoy;

use crate::document::{block, run};

/// The rules of the document, or in the other order.
fn configuration(is_reversed: bool) -> Value {
    let mut configuration = block("dead-rule", "The plugin configuration");
    let rules = configuration["rules"].as_array_mut().unwrap();
    if is_reversed {
        rules.reverse();
    }
    configuration["mode"] = "on".into();
    configuration
}

fn explained(configuration: &Value) -> String {
    run("dead-rule", "maintenancectl explain ", configuration)
}

#[test]
fn after_the_wide_rule_the_narrow_one_is_never_asked() {
    let configuration = configuration(true);
    let explained = explained(&configuration);
    assert!(explained.contains("checkout"), "{explained}");
    assert!(!explained.contains("\"pay\""), "{explained}");
    let envoy = Envoy::start(configuration);
    assert!(envoy.get("/checkout/pay").is_upstream());
}

#[test]
fn before_the_wide_rule_it_counts() {
    let configuration = configuration(false);
    let explained = explained(&configuration);
    assert!(explained.contains("pay"), "{explained}");
    let envoy = Envoy::start(configuration);
    assert!(envoy.get("/checkout/pay").is_blocked());
    assert!(envoy.get("/checkout/basket").is_upstream());
    assert!(envoy.get("/").is_blocked());
    assert_eq!(json!(envoy.metric("allowed.rule")), 1);
}
