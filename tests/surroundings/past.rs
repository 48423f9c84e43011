//! Windows that are over.

use serde_json::{Value, json};
use support::{Envoy, admin};

use crate::{
    document::{block, see},
    moments::{HOUR, from_now},
};

/// The window of the document at another time.
fn start(start: String, end: String) -> Envoy {
    let mut configuration = block("past", "The plugin configuration");
    configuration["windows"][0]["start"] = start.into();
    configuration["windows"][0]["end"] = end.into();
    configuration["admin"] = admin();
    Envoy::start(configuration)
}

fn decided_by(envoy: &Envoy) -> Value {
    let [status] = see("past", envoy).try_into().unwrap();
    let status: Value = serde_json::from_str(&status).unwrap();
    status["decided_by"].clone()
}

#[test]
fn a_window_that_is_over_does_not_begin() {
    let envoy = start(from_now(-2 * HOUR), from_now(-HOUR));
    assert!(envoy.get("/").is_upstream());
    assert_eq!(decided_by(&envoy), "initial");
}

#[test]
fn the_same_window_now_is_maintenance_and_says_when_it_ends() {
    let envoy = start(from_now(-HOUR), from_now(HOUR));
    let response = envoy.get("/");
    assert!(response.is_blocked());
    assert_eq!(response.json()["detail"], "Database upgrade.");
    let seconds: u64 = response.header("retry-after").unwrap().parse().unwrap();
    assert!((3500..=3600).contains(&seconds), "{seconds}");
    assert_eq!(decided_by(&envoy), "window");
}

#[test]
fn the_window_of_the_document_is_valid_and_a_date_in_retry_after_may_be_over() {
    let mut configuration = block("past", "The plugin configuration");
    configuration["mode"] = "on".into();
    configuration["response"] = json!({"retry_after": "Sun, 06 Nov 1994 08:49:37 GMT"});
    let response = Envoy::start(configuration).get("/");
    let date = Some("Sun, 06 Nov 1994 08:49:37 GMT");
    assert_eq!(response.header("retry-after"), date);
}
