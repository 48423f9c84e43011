//! `response.retry_after_jitter`.

use std::collections::BTreeSet;

use serde_json::json;
use support::{Connection, Envoy};

use super::{JSON, accepting, envoy, grpc_calls};

/// What `retry-after` is in many replies.
fn retry_afters(envoy: &Envoy) -> BTreeSet<u64> {
    let mut connection = Connection::open(envoy.address);
    let request = accepting(JSON);
    let values = (0..100).map(|_| {
        let response = connection.fetch(&request);
        let value: u64 = response.header("retry-after").unwrap().parse().unwrap();
        assert_eq!(response.json()["retry_after"], value);
        value
    });
    values.collect()
}

#[test]
fn jitter_spreads_every_number_of_seconds_over_its_range() {
    let envoy = envoy(json!({"retry_after": 100, "retry_after_jitter": 9}));
    for (call, range) in [
        ("on", 100..=109),
        ("on?retry_after=7", 7..=16),
        ("on?retry_after=0", 0..=9),
        ("on?for=1000", 990..=1009),
        ("on?for=1000&retry_after=7", 7..=16),
        ("reset", 100..=109),
    ] {
        assert_eq!(envoy.admin("POST", call).status, 200, "{call}");
        let values = retry_afters(&envoy);
        assert!(
            values.iter().all(|value| range.contains(value)),
            "{call}: {values:?}"
        );
        assert!(values.len() > 4, "{call}: {values:?}");
    }
    for response in grpc_calls(&envoy) {
        let value: u64 = response.header("retry-after").unwrap().parse().unwrap();
        assert!((100..=109).contains(&value), "{value}");
    }
}

#[test]
fn jitter_reaches_both_ends_of_its_range_and_without_it_nothing_varies() {
    for (jitter, expected) in [(1, vec![5, 6]), (0, vec![5])] {
        let envoy = envoy(json!({"retry_after": 5, "retry_after_jitter": jitter}));
        let values: Vec<u64> = retry_afters(&envoy).into_iter().collect();
        assert_eq!(values, expected, "{jitter}");
    }
}

#[test]
fn jitter_leaves_a_date_and_an_absent_retry_after_alone() {
    let date = "Sun, 06 Nov 1994 08:49:37 GMT";
    for (configured, expected) in [(json!(date), Some(date)), (json!(null), None)] {
        let envoy = envoy(json!({"retry_after": configured, "retry_after_jitter": 1000}));
        for _ in 0..10 {
            assert_eq!(envoy.get("/").header("retry-after"), expected);
        }
        envoy.admin("POST", "on?retry_after=5");
        let values = retry_afters(&envoy);
        assert!(values.len() > 10 && values.iter().all(|value| (5..=1005).contains(value)));
    }
}
