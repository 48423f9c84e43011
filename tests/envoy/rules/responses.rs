//! What a request gets that a rule blocks.

use std::{thread, time::Duration};

use serde_json::{Value, json};
use support::{Envoy, admin};

use super::rule;

fn start() -> Envoy {
    let with = |name: &str, action: &str, response: Value| {
        let mut rule = rule(name, action, json!({"paths": [format!("/{name}")]}));
        rule["response"] = response;
        rule
    };
    Envoy::start(json!({
        "response": {
            "title": "global",
            "message": "global",
            "retry_after": 100,
            "headers": {"x-a": "global"},
        },
        "rules": [
            with("follow", "follow", json!({"status": 599, "message": "follow", "retry_after": 7})),
            with("block", "block", json!({"message": "block", "headers": {"x-b": "rule"}})),
            with("on", "on", json!({"title": "on", "retry_after": null})),
            rule("plain", "block", json!({"paths": ["/plain"]})),
        ],
        "admin": admin(),
    }))
}

/// The message, `retry-after` and end of the reply to a path.
fn told(envoy: &Envoy, path: &str) -> (String, Option<u64>, bool) {
    let response = envoy.get(path);
    assert!(response.is_blocked(), "{path}: {response:?}");
    let problem = response.json();
    let seconds = response.header("retry-after").map(|s| s.parse().unwrap());
    assert_eq!(problem["retry_after"].as_u64(), seconds, "{problem}");
    let message = problem["detail"].as_str().unwrap().to_owned();
    (message, seconds, problem.get("until").is_some())
}

fn change(envoy: &Envoy, call: &str) {
    let answer = envoy.admin("POST", call);
    assert_eq!(answer.status, 200, "{call}: {}", answer.text());
}

/// The rules' own and the global values, as long as nobody gives others.
const OWN: [(&str, &str, Option<u64>); 3] = [
    ("/block", "block", Some(100)),
    ("/on", "global", None),
    ("/plain", "global", Some(100)),
];

#[test]
fn the_keys_of_a_rules_response_replace_the_global_ones() {
    let envoy = start();
    envoy.toggle(true);
    for (path, status, title, x_a, x_b) in [
        ("/", 503, "global", Some("global"), None),
        ("/follow", 599, "global", Some("global"), None),
        ("/block", 503, "global", None, Some("rule")),
        ("/on", 503, "on", Some("global"), None),
        ("/plain", 503, "global", Some("global"), None),
    ] {
        let response = envoy.get(path);
        assert!(response.is_blocked());
        assert_eq!(response.status, status, "{path}");
        assert_eq!(response.header("x-a"), x_a, "{path}");
        assert_eq!(response.header("x-b"), x_b, "{path}");
        let problem = response.json();
        assert_eq!(problem["title"], title, "{path}");
        assert_eq!(problem["status"], status, "{path}");
    }
    assert_eq!(told(&envoy, "/"), ("global".into(), Some(100), false));
    assert_eq!(told(&envoy, "/follow"), ("follow".into(), Some(7), false));
    for (path, message, retry_after) in OWN {
        assert_eq!(told(&envoy, path), (message.into(), retry_after, false));
    }
}

#[test]
fn while_on_what_the_toggle_gave_goes_before_the_rules() {
    let envoy = start();
    change(&envoy, "on?message=toggle&retry_after=9");
    for path in ["/", "/follow", "/block", "/on", "/plain"] {
        assert_eq!(
            told(&envoy, path),
            ("toggle".into(), Some(9), false),
            "{path}"
        );
    }
    change(&envoy, "on?for=600");
    for (path, message) in [
        ("/", "global"),
        ("/follow", "follow"),
        ("/block", "block"),
        ("/on", "global"),
    ] {
        let (told, seconds, until) = told(&envoy, path);
        assert_eq!((told.as_str(), until), (message, true), "{path}");
        assert!(
            (590..=600).contains(&seconds.unwrap()),
            "{path} {seconds:?}"
        );
    }
}

#[test]
fn while_off_a_rule_uses_nothing_that_the_state_says() {
    let envoy = start();
    let check = |state: &str| {
        assert!(envoy.get("/").is_upstream(), "{state}");
        for (path, message, retry_after) in OWN {
            let expected = (message.into(), retry_after, false);
            assert_eq!(told(&envoy, path), expected, "{path} {state}");
        }
    };
    check("nothing set");
    change(&envoy, "off");
    check("off");
    change(
        &envoy,
        "on?start=2999-01-01T00:00:00Z&until=2999-01-02T00:00:00Z&message=state&retry_after=9",
    );
    check("on, but later");
    change(&envoy, "on?for=1&message=state&retry_after=9");
    assert_eq!(told(&envoy, "/plain").0, "state");
    thread::sleep(Duration::from_millis(1100));
    check("on, but earlier");
}
