//! Entries of `allow` that take every request.

use serde_json::{Value, json};
use support::Envoy;

use crate::{
    chain::with,
    document::{block, see},
};

fn start(configuration: &Value) -> Envoy {
    Envoy::start(with(json!({"mode": "on"}), configuration))
}

#[test]
fn an_entry_that_takes_everything_opens_the_site() {
    for (allow, reason) in [
        (json!({"client_ips": ["0.0.0.0/0", "::/0"]}), "client_ip"),
        (json!({"paths": ["/*"]}), "path"),
        (json!({"paths": [{"regex": ".*"}]}), "path"),
    ] {
        let envoy = start(&json!({"allow": allow}));
        assert!(envoy.get("/").is_upstream(), "{allow}");
        assert!(envoy.get("/a/b").is_upstream(), "{allow}");
        let [counters] = see("everybody", &envoy).try_into().unwrap();
        let counter = format!("allowed.{reason}: 2\n");
        assert!(counters.contains(&counter), "{counters}");
    }
}

#[test]
fn with_the_entries_that_are_meant_others_are_blocked() {
    let envoy = start(&block("everybody", "The plugin configuration"));
    assert!(envoy.get("/").is_blocked());
    assert!(envoy.get("/healthz").is_upstream());
    let [counters] = see("everybody", &envoy).try_into().unwrap();
    assert!(counters.contains("allowed.path: 1\n"), "{counters}");
}
