//! Upgrades that have filters of their own.

use serde_json::{Value, json};
use support::{Envoy, Options};

use crate::{
    chain::with,
    document::{block, see},
};

const ROUTER: &str = "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router";

fn start(connection_manager: Value) -> Envoy {
    Envoy::with(Options {
        connection_manager,
        ..Options::new(json!({"mode": "on"}))
    })
}

fn careless() -> Value {
    let router = json!({"name": "router", "typed_config": {"@type": ROUTER}});
    let upgrade = json!({"upgrade_type": "websocket", "filters": [router]});
    json!({"use_remote_address": true, "upgrade_configs": [upgrade]})
}

#[test]
fn an_upgrade_with_filters_of_its_own_goes_past_the_filter() {
    let envoy = start(careless());
    assert!(envoy.get("/").is_blocked());
    let [answer] = see("upgrade-skips-filter", &envoy).try_into().unwrap();
    assert!(answer.contains("x-upstream: yes"), "{answer}");
    assert!(!answer.contains("x-maintenance-mode"), "{answer}");
    assert_eq!(envoy.upstream.requests(), 1);
}

#[test]
fn without_them_it_takes_the_same_way() {
    let mend = block("upgrade-skips-filter", "In the HTTP connection manager");
    let envoy = start(with(careless(), &mend));
    let [answer] = see("upgrade-skips-filter", &envoy).try_into().unwrap();
    assert!(answer.contains("x-maintenance-mode: default"), "{answer}");
    assert_eq!(envoy.upstream.requests(), 0);
}
