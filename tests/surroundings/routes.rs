//! A route that has the filter taken out.

use serde_json::{Value, json};
use support::{Envoy, Options, admin};

use crate::{
    chain::with,
    document::{block, see},
};

fn start(per_filter: Value, more: &Value) -> Envoy {
    let route = json!({
        "match": {"path_separated_prefix": "/webhooks"},
        "route": {"cluster": "upstream"},
        "typed_per_filter_config": per_filter,
    });
    let configuration = with(json!({"admin": admin()}), more);
    let envoy = Envoy::with(Options {
        routes: vec![route],
        ..Options::new(configuration)
    });
    envoy.toggle(true);
    envoy
}

#[test]
fn where_it_is_disabled_nothing_is_blocked_or_counted() {
    let disabled = json!({"maintenance_mode": {
        "@type": "type.googleapis.com/envoy.config.route.v3.FilterConfig",
        "disabled": true,
    }});
    let rules = json!({"rules": [
        {"name": "never", "match": {"paths": ["/webhooks/secret"]}, "action": "block"},
    ]});
    let envoy = start(disabled, &rules);
    assert!(envoy.get("/webhooks/a").is_upstream());
    assert!(envoy.get("/webhooks/secret").is_upstream());
    assert_eq!(envoy.metric("allowed.rule"), 0);
    assert!(envoy.get("/").is_blocked());
    let [found] = see("route-skips-filter", &envoy).try_into().unwrap();
    assert!(found.contains("maintenance_mode"), "{found}");
}

#[test]
fn a_rule_says_the_same_and_is_counted() {
    let mend = block("route-skips-filter", "The plugin configuration");
    let envoy = start(json!({}), &mend);
    assert!(envoy.get("/webhooks/a").is_upstream());
    assert!(envoy.get("/").is_blocked());
    assert_eq!(envoy.metric("allowed.rule"), 1);
    assert_eq!(see("route-skips-filter", &envoy), [""]);
}
