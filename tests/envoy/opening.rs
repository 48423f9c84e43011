//! Slow openings.

use std::{
    thread,
    time::{Duration, Instant},
};

use serde_json::json;
use support::{Connection, Envoy, Request, admin, admin_request, within};

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

/// When clients of so many addresses are to pass, as far as they were told; none where they pass.
fn turns(envoy: &Envoy) -> Vec<Option<Instant>> {
    (1..=CLIENTS)
        .map(|client| {
            let mut connection = Connection::from(&format!("127.0.1.{client}"), envoy.address);
            let response = connection.fetch(&Request::get("/"));
            assert!(response.is_upstream() || response.is_blocked());
            let retry_after = response.header("retry-after")?;
            Some(Instant::now() + Duration::from_secs(retry_after.parse().unwrap()))
        })
        .collect()
}

#[test]
fn each_client_is_told_its_turn_and_passes_from_then_on() {
    let envoy = envoy();
    let status = envoy.admin("POST", "off?ramp=20s").json();
    assert_eq!(status["maintenance"], false);
    assert_eq!(status["decided_by"], "state");
    assert!(status["ramp_until"].is_string());
    assert!(status.get("ramp_key").is_none());
    let end = Instant::now() + Duration::from_secs(21);
    let first = turns(&envoy);
    thread::sleep(Duration::from_secs(8));
    let begin = Instant::now();
    let second = turns(&envoy);
    // Seconds are rounded up.
    let rounding = Duration::from_secs(2);
    for (before, after) in first.iter().zip(&second) {
        match (before, after) {
            (None, Some(_)) => panic!("who has passed goes on passing"),
            (Some(before), None) => assert!(*before <= Instant::now() + rounding),
            (Some(before), Some(after)) => {
                assert!(*before > begin && *before < end + rounding);
                assert!(after.max(before).duration_since(*after.min(before)) < rounding);
            }
            (None, None) => {}
        }
    }
    let count = |turns: &[Option<Instant>]| turns.iter().filter(|turn| turn.is_none()).count();
    assert!(count(&first) < count(&second), "some have come in");
    within(Duration::from_secs(30), "the end", || {
        count(&turns(&envoy)) == usize::from(CLIENTS)
    });
    assert!(envoy.metric("allowed.ramp") > 0);
    let is_over = || envoy.admin("GET", "").json()["ramp_until"].is_null();
    within(Duration::from_secs(10), "the status", is_over);
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
