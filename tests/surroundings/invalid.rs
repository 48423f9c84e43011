//! A plugin configuration that is refused.

use serde_json::{Value, json};
use support::{Delivery, Envoy, Options};

use crate::document::{block, see};

fn misspelt() -> Value {
    json!({"mode": "auto", "allow": {"ips": ["10.0.0.0/8"]}})
}

#[test]
fn envoy_keeps_what_it_had_and_says_so_until_the_key_is_right() {
    let mut envoy = Envoy::with(Options {
        delivery: Delivery::Lds,
        ..Options::new(json!({"mode": "on"}))
    });
    let refused = |envoy: &Envoy| {
        let [counters] = see("invalid", envoy).try_into().unwrap();
        let line = counters.lines().find(|line| line.contains(".lds."));
        let (_, count) = line.unwrap().split_once(": ").unwrap();
        count.parse::<u64>().unwrap()
    };
    assert_eq!(refused(&envoy), 0);
    envoy.update(misspelt());
    assert_eq!(refused(&envoy), 1);
    assert!(envoy.log().contains("allow.ips"), "{}", envoy.log());
    assert!(envoy.get("/").is_blocked());

    let mend = block("invalid", "The plugin configuration");
    assert_eq!(mend["allow"]["client_ips"], misspelt()["allow"]["ips"]);
    envoy.update(mend);
    assert_eq!(refused(&envoy), 1);
    assert!(envoy.get("/").is_upstream());
}

#[test]
fn a_new_envoy_does_not_start_with_it() {
    let log = Envoy::refusal(Options::new(misspelt()));
    assert!(log.contains("allow.ips"), "{log}");
}
