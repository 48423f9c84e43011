//! Another token for the endpoint, and nobody is locked out.

use std::{path::Path, process::Command};

use serde_json::{Value, json};
use support::{Delivery, Envoy, Options, TOKEN, pages::OPERATIONS, programs::output, sha256, yaml};

use crate::document::see;

const HEADING: &str = "Change the token";

/// What a script prints in a directory, `maintenancectl` being the one of this very source.
fn type_in(directory: &Path, script: &str) -> String {
    let script = script.replace("maintenancectl", env!("CARGO_BIN_EXE_maintenancectl"));
    output(
        Command::new("sh")
            .args(["-ec", &script])
            .current_dir(directory),
    )
}

/// A configuration of the page, with these hashes.
fn configuration(place: &str, new: &str) -> Value {
    let text = OPERATIONS.block_for(HEADING, place);
    let text = text.replace("<sha256 of the old token>", &sha256(TOKEN));
    yaml::parse(&text.replace("<sha256 of the new token>", new))
}

#[test]
fn both_tokens_work_until_the_old_one_is_taken_out() {
    let directory = tempfile::tempdir().unwrap();
    let [make, try_new, _, _] = OPERATIONS.blocks_of("Change the token", "sh");
    let entry = type_in(directory.path(), make);
    let entry: Value = serde_json::from_str(&entry).unwrap_or_else(|_| yaml::parse(&entry));
    let entry = if entry.is_array() { &entry[0] } else { &entry };
    assert_eq!(entry["name"], "ops-2");
    let new = entry["sha256"].as_str().unwrap();

    let hash = sha256(TOKEN);
    let old = json!({"path": "/maintenance-mode", "tokens": [{"name": "ops", "sha256": hash}]});
    let mut envoy = Envoy::with(Options {
        delivery: Delivery::Ecds,
        ..Options::new(json!({"admin": old}))
    });
    let status_of_new = |envoy: &Envoy| {
        let call = try_new.replace("localhost:8080", &envoy.address.to_string());
        type_in(directory.path(), &call)
    };
    assert_eq!(status_of_new(&envoy), "401\n");

    envoy.update(configuration("The plugin configuration, with both", new));
    assert_eq!(status_of_new(&envoy), "200\n");
    assert_eq!(envoy.admin("GET", "").status, 200);

    envoy.update(configuration(
        "The plugin configuration, with the new one",
        new,
    ));
    assert_eq!(status_of_new(&envoy), "200\n");
    assert_eq!(envoy.admin("GET", "").status, 401);
    assert_eq!(envoy.metric("admin_denied"), 2);
}

#[test]
fn refused_calls_are_counted_and_links_are_revoked() {
    let mut admin = support::admin();
    admin["client_ips"] = json!(["127.0.0.0/8"]);
    let key = "a-key-of-thirty-two-bytes-or-more";
    let envoy = Envoy::start(json!({"admin": admin, "bypass": {"key": key}}));
    let minted = envoy.admin("POST", "bypass?name=qa").json();
    let token = minted["token"].as_str().unwrap();
    envoy.toggle(true);
    let with_token = support::Request::get("/").header("x-maintenance-bypass", token);
    assert!(envoy.fetch(&with_token).is_upstream());

    // The first call is with a file that is not here.
    let calls = see(HEADING, &envoy);
    let [refused, counted, revoked] = calls.try_into().unwrap();
    assert_eq!(refused, "401\n");
    assert!(counted.contains("admin_denied: 1\n"), "{counted}");
    assert!(revoked.starts_with('{'), "{revoked}");
    assert!(envoy.fetch(&with_token).is_blocked());
}
