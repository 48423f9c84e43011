//! The dynamic module panics, in a build of it for this alone.

mod configurations;
mod flood;
mod locks;
mod module;
mod requests;
mod stores;
mod waiting;

use serde_json::{Value, json};
use support::{Connection, Envoy, Request, admin};

use self::module::Panics;

/// One that is configured so, with one worker.
fn envoy(panics: &Panics, configuration: Value) -> Envoy {
    Envoy::with(panics.options(configuration))
}

fn configuration() -> Value {
    json!({"admin": admin(), "response": {"hold_seconds": 30}})
}

/// One that waits for the end of maintenance.
fn waiting(envoy: &Envoy) -> Connection {
    let mut connection = Connection::open(envoy.address);
    connection.write("GET / HTTP/1.1\r\nhost: test.example\r\n\r\n");
    connection
}

/// Expects that it decides as it always does, on this worker.
fn assert_serves(envoy: &Envoy) {
    let mut connection = Connection::open(envoy.address);
    envoy.toggle(false);
    assert!(connection.fetch(&Request::get("/")).is_upstream());
    envoy.toggle(true);
    let waiting = waiting(envoy);
    support::eventually("one that waits", || envoy.metric("held") == 1);
    envoy.toggle(false);
    let mut waiting = waiting;
    assert!(waiting.read().unwrap().is_upstream());
    assert_eq!(envoy.metric("held"), 0);
}
