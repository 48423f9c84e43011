//! What a wrong call costs does not tell how wrong it is.

use serde_json::{Value, json};
use support::{ADMIN, Envoy, Options, Request, TOKEN, admin, host_calls, sha256};

fn call(authorization: &str) -> Request {
    Request::new("POST", &format!("{ADMIN}/on")).header("authorization", authorization)
}

#[test]
fn a_wrong_token_costs_the_same_calls_of_the_host_however_much_of_it_is_right() {
    let mut options = Options::new(json!({"admin": admin()}));
    options.workers = 1;
    options.log_level = "trace";
    let envoy = Envoy::with(options);
    let longer = format!("Bearer {TOKEN}x");
    let right = &longer[..longer.len() - 1];
    let nothing_right = host_calls(&envoy, &call("Bearer x"));
    assert!(!nothing_right.is_empty());
    for wrong in [&right[..right.len() - 1], &right[..12], &longer, "Basic x"] {
        assert_eq!(host_calls(&envoy, &call(wrong)), nothing_right, "{wrong}");
    }
    assert_ne!(host_calls(&envoy, &call(right)), nothing_right);
}

/// Of two names of one token the last is taken: the first match has not ended the search.
#[test]
fn every_token_is_compared_also_after_one_that_matched() {
    let names = ["first", "second", "third"];
    let tokens: Vec<Value> = names
        .iter()
        .map(|name| json!({"name": name, "sha256": sha256(TOKEN)}))
        .collect();
    let other = json!({"name": "other", "sha256": sha256("another-token-of-the-tests")});
    let mut configuration = json!({"admin": admin()});
    configuration["admin"]["tokens"] = tokens.into_iter().chain([other]).collect();
    let envoy = Envoy::start(configuration);
    let on = envoy.fetch(&call(&format!("Bearer {TOKEN}")));
    assert_eq!(on.json()["changed_by"], "third", "{}", on.text());
}
