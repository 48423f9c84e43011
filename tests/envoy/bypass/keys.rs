//! The key of the tokens.

use serde_json::{Value, json};
use support::{Connection, Envoy, Options, Request, admin};

use super::{KEY, is_passed, minted_offline, passes, with_cookie, with_header};

const VARIABLE: &str = "MAINTENANCE_BYPASS_KEY";

fn options(bypass: Value, environment: &[(&str, &str)]) -> Options {
    let mut options = Options::new(json!({"mode": "on", "bypass": bypass}));
    options.environment = environment
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    options
}

#[test]
fn a_key_can_come_from_the_environment_and_needs_no_endpoint() {
    let exactly_enough = "k".repeat(32);
    for key in [KEY, &exactly_enough] {
        let envoy = Envoy::with(options(json!({"key_env": VARIABLE}), &[(VARIABLE, key)]));
        let token = minted_offline(key, 60);
        assert!(passes(&envoy, &with_header(&token)));
        assert!(passes(&envoy, &with_cookie(&token)));
        assert!(!passes(
            &envoy,
            &with_header(minted_offline(VARIABLE.repeat(2).as_str(), 60))
        ));
        assert_eq!(envoy.metric("allowed.bypass"), 2);
    }
}

#[test]
fn without_an_endpoint_there_is_no_link_and_tokens_minted_offline_hold() {
    let envoy = Envoy::with(options(json!({"key": KEY}), &[]));
    let token = minted_offline(KEY, 60);
    let mut connection = Connection::open(envoy.address);
    let link = Request::get(&format!("/maintenance-mode/bypass?token={token}"));
    assert!(!is_passed(&connection.fetch(&link)));
    assert!(is_passed(&connection.fetch(&with_header(&token))));
    assert!(!envoy.upstream.last_head().contains(&token));
}

#[test]
fn a_key_that_is_absent_empty_or_short_is_refused_in_one_line_that_names_it() {
    let short = "k".repeat(31);
    let cases = [
        (json!({}), None, "bypass"),
        (json!({"cookie": "a"}), None, "bypass"),
        (json!({"key": ""}), None, "bypass.key:"),
        (json!({"key": short}), None, "bypass.key:"),
        (json!({"key": null}), None, "bypass.key:"),
        (json!({"key_env": VARIABLE}), None, "bypass.key_env:"),
        (json!({"key_env": VARIABLE}), Some(""), "bypass.key_env:"),
        (
            json!({"key_env": VARIABLE}),
            Some(short.as_str()),
            "bypass.key_env:",
        ),
        (
            json!({"key": KEY, "key_env": VARIABLE}),
            Some(KEY),
            "bypass",
        ),
        (json!({"key": KEY, "cookie": "a=b"}), None, "bypass.cookie:"),
        (json!({"key": KEY, "cookie": ""}), None, "bypass.cookie:"),
        (
            json!({"key": KEY, "max_ttl_seconds": "1"}),
            None,
            "bypass.max_ttl_seconds:",
        ),
        (
            json!({"key": KEY, "max_ttl_seconds": -1}),
            None,
            "bypass.max_ttl_seconds:",
        ),
        (json!({"key": KEY, "ttl": 1}), None, "bypass.ttl:"),
    ];
    let (set, unset): (Vec<_>, Vec<_>) = cases.into_iter().partition(|case| case.1.is_some());
    let texts: Vec<String> = (unset.iter())
        .map(|(bypass, ..)| options(bypass.clone(), &[]).configuration)
        .collect();
    let logs = Envoy::refusals(texts.iter().map(String::as_str));
    let unset = unset.into_iter().zip(logs);
    let set = set.into_iter().map(|case| {
        let environment = case.1.map(|value| (VARIABLE, value));
        let options = options(case.0.clone(), environment.as_slice());
        (case, Envoy::refusal(options))
    });
    for ((bypass, _, culprit), log) in unset.chain(set) {
        let prefix = format!("maintenance-mode: {culprit}");
        let lines = log
            .lines()
            .filter(|line| line.contains("maintenance-mode: "));
        let lines: Vec<&str> = lines.collect();
        assert_eq!(lines.len(), 1, "{bypass}: {log}");
        assert!(lines[0].contains(&prefix), "{bypass}: {}", lines[0]);
        assert!(
            !log.contains(KEY) && !log.contains(&short),
            "{bypass}: {log}"
        );
    }
}

#[test]
fn a_key_is_no_admin_token() {
    let envoy = Envoy::start(json!({"admin": admin(), "bypass": {"key": KEY}}));
    let request =
        Request::get("/maintenance-mode").header("authorization", format!("Bearer {KEY}"));
    assert_eq!(envoy.fetch(&request).status, 401);
}
