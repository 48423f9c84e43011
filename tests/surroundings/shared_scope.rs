//! Two filters that share a state and do not know the same windows.

use serde_json::{Value, json};
use support::{Connection, Delivery, Envoy, Options, Request, Response, admin, admin_request};

use crate::{
    chain::with,
    document::{block, see},
    moments::{HOUR, from_now},
};

/// One listener has a window, which is open; the other has not, but for this.
fn start(other: &Value) -> Envoy {
    let window = json!({"start": from_now(-HOUR), "end": from_now(HOUR)});
    Envoy::with(Options {
        delivery: Delivery::Lds,
        other_listener: Some(with(json!({"admin": admin()}), other).to_string()),
        ..Options::new(json!({"windows": [window], "admin": admin()}))
    })
}

fn at_the_other(envoy: &Envoy, request: &Request) -> Response {
    Connection::open(envoy.listener("other")).fetch(request)
}

fn say_off_at_the_other(envoy: &Envoy) {
    let answer = at_the_other(envoy, &admin_request("POST", "off"));
    assert_eq!(answer.status, 200, "{answer:?}");
}

fn decided_by(envoy: &Envoy) -> Value {
    let [status] = see("shared-scope", envoy).try_into().unwrap();
    let status: Value = serde_json::from_str(&status).unwrap();
    status["decided_by"].clone()
}

#[test]
fn one_is_on_and_the_other_off_and_an_off_ends_the_window_of_both() {
    let envoy = start(&json!({}));
    assert!(envoy.get("/").is_blocked());
    assert!(at_the_other(&envoy, &Request::get("/")).is_upstream());
    assert_eq!(decided_by(&envoy), "window");
    say_off_at_the_other(&envoy);
    assert!(envoy.get("/").is_upstream());
    assert_eq!(decided_by(&envoy), "state");
}

#[test]
fn with_a_scope_of_its_own_the_other_ends_nothing_here() {
    let envoy = start(&block(
        "shared-scope",
        "The plugin configuration of the other",
    ));
    say_off_at_the_other(&envoy);
    assert!(envoy.get("/").is_blocked());
    assert_eq!(decided_by(&envoy), "window");
    assert!(at_the_other(&envoy, &Request::get("/")).is_upstream());
}
