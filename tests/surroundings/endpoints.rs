//! Two filters in one chain, of which the first blocks the endpoint of the second.

use serde_json::{Value, json};
use support::{Envoy, Options, admin, another_filter};

use crate::{
    chain::with,
    document::{block, see},
};

/// The first is on; the second has this endpoint.
fn start(first: &Value) -> Envoy {
    let first = with(json!({"scope": "gateway", "mode": "on"}), first);
    let mut admin = admin();
    admin["path"] = "/shop-maintenance".into();
    Envoy::with(Options {
        filters_before: vec![another_filter(Some(&first))],
        ..Options::new(json!({"scope": "shop", "admin": admin}))
    })
}

#[test]
fn the_first_blocks_the_endpoint_of_the_second() {
    let [answer] = see("endpoint-blocked", &start(&json!({})))
        .try_into()
        .unwrap();
    assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
    assert!(answer.contains("x-maintenance-mode: gateway"), "{answer}");
}

#[test]
fn where_the_first_allows_it_the_second_asks_for_the_token() {
    let mend = block("endpoint-blocked", "The plugin configuration of the first");
    let envoy = start(&mend);
    let [answer] = see("endpoint-blocked", &envoy).try_into().unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert_eq!(envoy.get("/shop-maintenance").status, 401);
    assert!(envoy.get("/").is_blocked());
}
