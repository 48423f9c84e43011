//! Nulls, which the API server of Kubernetes drops.

use serde_json::{Value, json};
use support::Envoy;

use crate::{chain::with, manifests::manifest};

fn retry_after(configuration: Value) -> Option<String> {
    let response = Envoy::start(configuration).get("/");
    assert!(response.is_blocked());
    response.header("retry-after").map(str::to_owned)
}

#[test]
fn a_null_that_was_dropped_is_the_default_and_a_value_stays() {
    let meant = json!({"mode": "on", "response": {"retry_after": null}});
    assert_eq!(retry_after(meant.clone()), None);
    // A merge patch drops nulls, as the API server does.
    let kept = with(json!({}), &meant);
    assert_eq!(retry_after(kept).as_deref(), Some("3600"));

    let mend = manifest("null", "Istio")["spec"]["pluginConfig"].take();
    assert_eq!(with(json!({}), &mend), mend);
    assert_eq!(retry_after(mend).as_deref(), Some("600"));
}
