//! Regular expressions that would take for ever in an engine that goes back.

use std::time::Duration;

use serde_json::{Value, json};
use support::{Envoy, Options, Request};

use super::configuration;

/// An engine that goes back would take longer than the sun lasts.
const LIMIT: Duration = Duration::from_secs(2);

#[test]
fn no_header_takes_a_regex_long() {
    let patterns = [
        "(a+)+b",
        "(a|aa)+b",
        "(.*)*b",
        "(a*)*(a*)*b",
        "([a-z]+)*b",
        "a{0,50}a{50}b",
    ];
    let entries: Vec<Value> = patterns
        .iter()
        .map(|pattern| json!({"name": "x-evil", "regex": pattern}))
        .collect();
    let rules = json!([{
        "name": "paths",
        "match": {"paths": [{"regex": "/(a+)+b"}, {"regex": "(/.*)*x"}]},
        "action": "block",
    }]);
    let mut configuration = configuration();
    configuration["allow"] = json!({"headers": entries});
    configuration["rules"] = rules;
    let envoy = Envoy::start(configuration);
    let evil = "a".repeat(10_000);
    for request in [
        Request::get("/").header("x-evil", &evil),
        Request::get(&format!("/{evil}")),
        Request::get(&format!("/{}", "../a/".repeat(2_000))),
    ] {
        let before = envoy.cpu_time();
        assert!(envoy.fetch(&request).is_blocked());
        let took = envoy.cpu_time() - before;
        assert!(took < LIMIT, "{took:?}");
    }
    let good = Request::get("/").header("x-evil", format!("{}b", "a".repeat(1000)));
    assert!(envoy.fetch(&good).is_upstream());
}

#[test]
fn a_regex_that_would_take_all_memory_is_refused() {
    let mut configuration = configuration();
    configuration["allow"] = json!({"headers": [{"name": "x-a", "regex": "(a{1000}){1000}"}]});
    let log = Envoy::refusal(Options::new(configuration));
    assert!(log.contains("allow.headers[0].regex: "), "{log}");
}
