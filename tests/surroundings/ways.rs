//! Another way to the upstream.

use serde_json::{Value, json};
use support::{Connection, Envoy, Options, Request, Response, admin};

use crate::document::{block, see};

fn start(listener: Value) -> Envoy {
    let envoy = Envoy::with(Options {
        listeners: vec![listener],
        ..Options::new(json!({"admin": admin()}))
    });
    envoy.toggle(true);
    assert!(envoy.get("/").is_blocked());
    let [listeners] = see("unguarded-way", &envoy).try_into().unwrap();
    for name in ["filtered::", "internal::"] {
        assert!(listeners.contains(name), "{listeners}");
    }
    envoy
}

fn inside(envoy: &Envoy) -> Response {
    Connection::open(envoy.listener("internal")).fetch(&Request::get("/"))
}

/// The listener of the document, on a free port.
fn guarded() -> Value {
    let mut listener = block("unguarded-way", "A second listener");
    listener["address"]["socket_address"]["port_value"] = 0.into();
    listener
}

#[test]
fn a_listener_without_the_filter_goes_past_it() {
    let mut listener = guarded();
    let manager = &mut listener["filter_chains"][0]["filters"][0]["typed_config"];
    let removed = manager["http_filters"].as_array_mut().unwrap().remove(0);
    assert_eq!(removed["name"], "maintenance_mode");
    let envoy = start(listener);
    assert!(inside(&envoy).is_upstream());
}

#[test]
fn with_the_same_filter_one_call_is_enough() {
    let envoy = start(guarded());
    assert!(inside(&envoy).is_blocked());
    envoy.toggle(false);
    assert!(inside(&envoy).is_upstream());
}
