//! Requests that wait for the end of maintenance.

use std::time::{Duration, Instant};

use serde_json::json;
use support::{Background, Connection, Envoy, Request, admin, eventually};

/// Within this a request passes after the change.
const PROMPTLY: Duration = Duration::from_millis(200);

fn envoy() -> Envoy {
    let envoy = Envoy::start(json!({
        "admin": admin(),
        "response": {"hold_seconds": 20},
    }));
    envoy.toggle(true);
    envoy
}

#[test]
fn requests_that_wait_pass_promptly_when_maintenance_ends() {
    let envoy = envoy();
    let address = envoy.address;
    let waiting: Vec<_> = (0..8)
        .map(|_| {
            Background::start(move |_| {
                let response = Connection::open(address).fetch(&Request::get("/"));
                (response, Instant::now())
            })
        })
        .collect();
    eventually("requests that wait", || envoy.metric("held") == 8);
    assert_eq!(envoy.upstream.requests(), 0);
    let off = Instant::now();
    envoy.toggle(false);
    for (response, came) in waiting.into_iter().map(Background::end) {
        assert!(response.is_upstream(), "{response:?}");
        assert!(came - off < PROMPTLY, "{:?}", came - off);
    }
    assert_eq!(envoy.upstream.requests(), 8);
    assert_eq!(
        (envoy.metric("held"), envoy.metric("allowed.released")),
        (0, 8)
    );
}
