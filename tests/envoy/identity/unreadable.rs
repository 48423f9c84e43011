//! Attributes that Envoy does not hand to a dynamic module.

use serde_json::{Value, json};
use support::{Envoy, Options};

fn entry(path: &[&str]) -> Value {
    json!({"attributes": [{"path": path, "exact": "staff"}]})
}

#[test]
fn they_are_refused_with_what_to_do_instead() {
    let claims = [
        "metadata",
        "filter_metadata",
        "envoy.filters.http.jwt_authn",
        "claims",
    ];
    let role = [&claims[..], &["role"]].concat();
    let rule = json!({"action": "block", "match": entry(&["request", "time"])});
    let configuration = json!({"mode": "on", "allow": entry(&role), "rules": [rule]});
    let log = Envoy::refusal(Options::new(configuration));
    for part in [
        "maintenance-mode: allow.attributes[0].path: is a claim, and a dynamic module reads none: \
         let jwt_authn write it into a header",
        "(and 1 more: ",
    ] {
        assert!(log.contains(part), "{log}");
    }
}
