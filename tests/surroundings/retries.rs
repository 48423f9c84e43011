//! A proxy in front that tries again.

use serde_json::{Value, json};
use support::Envoy;

use crate::{
    chain::{in_front_by, shop, with},
    document::{block, see},
};

/// How often the filter is asked for one request, and what the Envoy in front says of that.
fn tries(response: &Value) -> (u64, String) {
    let inner = Envoy::start(with(json!({"mode": "on"}), response));
    let route = json!({
        "cluster": "shop",
        "retry_policy": {
            "retry_on": "5xx,gateway-error,retriable-status-codes",
            "retriable_status_codes": [503],
            "num_retries": 2,
            "retry_back_off": {"base_interval": "0.001s"},
        },
    });
    let front = in_front_by(shop(&inner), route);
    assert!(front.get("/").is_blocked());
    let seen = see("retries", &front);
    let own = seen[0]
        .lines()
        .find(|line| line.starts_with("cluster.shop."));
    (inner.metric("blocked"), own.unwrap_or_default().to_owned())
}

#[test]
fn where_retries_are_not_forbidden_one_request_is_three() {
    let (tries, seen) = tries(&json!({"response": {"no_retry": false}}));
    assert_eq!(tries, 3);
    assert_eq!(seen, "cluster.shop.upstream_rq_retry: 2");
}

#[test]
fn with_the_configuration_of_the_document_it_is_one() {
    let (tries, seen) = tries(&block("retries", "The plugin configuration"));
    assert_eq!(tries, 1);
    assert_eq!(seen, "cluster.shop.upstream_rq_retry: 0");
}
