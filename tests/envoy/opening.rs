//! Slow openings.

use std::{thread, time::Duration};

use serde_json::json;
use support::{Connection, Envoy, Request, admin, admin_request, eventually};

const CLIENTS: u8 = 60;

fn envoy() -> Envoy {
    let envoy = Envoy::start(json!({
        "admin": admin(),
        "allow": {"paths": ["/healthz"]},
        "rules": [
            {"match": {"paths": ["/blocked"]}, "action": "block"},
            {"match": {"paths": ["/on"]}, "action": "on"},
        ],
    }));
    envoy.toggle(true);
    envoy
}

/// What clients of so many addresses get: the seconds until their turn, none where they pass.
fn turns(envoy: &Envoy) -> Vec<Option<u64>> {
    (1..=CLIENTS)
        .map(|client| {
            let mut connection = Connection::from(&format!("127.0.1.{client}"), envoy.address);
            let response = connection.fetch(&Request::get("/"));
            assert!(response.is_upstream() || response.is_blocked());
            let retry_after = response.header("retry-after");
            retry_after.map(|seconds| seconds.parse().unwrap())
        })
        .collect()
}

#[test]
fn each_client_is_told_its_turn_and_passes_from_then_on() {
    let envoy = envoy();
    let status = envoy.admin("POST", "off?ramp=8s").json();
    assert_eq!(status["maintenance"], false);
    assert_eq!(status["decided_by"], "state");
    assert!(status["ramp_until"].is_string());
    assert!(status.get("ramp_key").is_none());
    let first = turns(&envoy);
    assert!(first.iter().flatten().all(|turn| (1..=8).contains(turn)));
    assert!(first.iter().flatten().count() > usize::from(CLIENTS) / 2);
    thread::sleep(Duration::from_secs(4));
    let second = turns(&envoy);
    for (before, after) in first.iter().zip(&second) {
        match (before, after) {
            (None, Some(_)) => panic!("who has passed goes on passing"),
            (Some(before), Some(after)) => assert!(after <= before),
            (Some(before), None) => assert!(*before <= 6, "{before}"),
            (None, None) => {}
        }
    }
    let passing = second.iter().filter(|turn| turn.is_none()).count();
    assert!((15..=55).contains(&passing), "{passing}");
    eventually("the end", || turns(&envoy).iter().all(Option::is_none));
    assert!(envoy.metric("allowed.ramp") > 0);
    let status = envoy.admin("GET", "").json();
    assert!(status["ramp_until"].is_null());
}

#[test]
fn exemptions_and_rules_hold_as_ever() {
    let envoy = envoy();
    envoy.admin("POST", "off?ramp=1h");
    assert!(envoy.get("/healthz").is_upstream());
    assert!(envoy.get("/blocked").is_blocked());
    assert!(envoy.get("/on").is_blocked());
    assert_eq!(envoy.metric("active"), 0);
    let planned = admin_request("POST", "on?start=2999-01-01T00:00:00Z");
    assert_eq!(envoy.fetch(&planned).status, 409);
    assert_eq!(envoy.admin("POST", "off?ramp=2d").status, 400);
    envoy.admin("POST", "off");
    assert!(envoy.get("/").is_upstream());
    assert!(envoy.get("/blocked").is_blocked());
    assert!(envoy.get("/on").is_blocked());
    // Off as it is, there is nothing to open.
    envoy.admin("POST", "off?ramp=1h");
    assert!(envoy.get("/").is_upstream());
}
