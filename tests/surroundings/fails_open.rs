//! `FAIL_OPEN`, which lets everything pass where there is no VM.

use serde_json::{Value, json};
use support::{Envoy, Options, sha256};

use crate::document::{block, see};

/// A module that does not come: nobody listens there.
fn absent() -> Value {
    json!({"vm_config": {"code": {
        "local": null,
        "remote": {
            "http_uri": {"uri": "http://files/maintenance_mode.wasm", "cluster": "files", "timeout": "1s"},
            "sha256": sha256("a module"),
            "retry_policy": {"num_retries": 0},
        },
    }}})
}

fn start(plugin: Value) -> Envoy {
    Envoy::with(Options {
        failure_policy: "FAIL_OPEN",
        plugin,
        clusters: vec![Options::cluster("files", [([127, 0, 0, 1], 1).into()])],
        ..Options::new(json!({"mode": "on"}))
    })
}

#[test]
fn without_a_module_everybody_passes() {
    let envoy = start(absent());
    assert!(envoy.get("/").is_upstream());
    assert_ne!(see("fails-open", &envoy), ["0\n"]);
}

#[test]
fn with_another_policy_nobody_passes_and_with_a_file_there_is_the_page() {
    let mend = block("fails-open", "In `config` of the filter");
    let mut half = absent();
    half["failure_policy"] = mend["failure_policy"].clone();
    let envoy = start(half);
    assert!(envoy.get("/").is_failed());

    let envoy = start(mend);
    assert!(envoy.get("/").is_blocked());
    assert_eq!(see("fails-open", &envoy), ["0\n"]);
}
