//! What is typed at 3 a.m., without a look at anything else.

use std::{fs, process::Command};

use serde_json::{Value, json};
use support::{Delivery, Envoy, Options, TOKEN, admin, pages::OPERATIONS};

use crate::document::{block, see};

fn start() -> Envoy {
    Envoy::start(json!({"admin": admin()}))
}

#[test]
fn it_is_on_and_known_as_planned_and_off_again() {
    let envoy = start();
    let [on, answer] = see("On, now", &envoy).try_into().unwrap();
    assert!(on.starts_with("{\"maintenance\":true"), "{on}");
    assert!(answer.contains("x-maintenance-mode: default"), "{answer}");

    let [header, count] = see("Is this 503 planned?", &envoy).try_into().unwrap();
    assert_eq!(header.trim_end(), "x-maintenance-mode: default");
    assert!(count.contains(".blocked: 2\n"), "{count}");

    let [off] = see("Off, now", &envoy).try_into().unwrap();
    assert!(off.starts_with("{\"maintenance\":false"), "{off}");
    assert!(envoy.get("/").is_upstream());
    let [header, _] = see("Is this 503 planned?", &envoy).try_into().unwrap();
    assert_eq!(header, "");
}

#[test]
fn the_status_and_the_log_say_who_it_was() {
    let envoy = start();
    envoy.toggle(true);
    let [status] = see("Who switched it on?", &envoy).try_into().unwrap();
    let status: Value = serde_json::from_str(&status).unwrap();
    assert_eq!(status["decided_by"], "state");
    let name = status["changed_by"].as_str().unwrap();
    assert!(status["since"].is_string(), "{status}");

    let [_, grep] = OPERATIONS.blocks_of("Who switched it on?", "sh");
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("envoy.log"), envoy.log()).unwrap();
    let found = Command::new("sh")
        .args(["-ec", grep])
        .current_dir(&directory)
        .output()
        .unwrap();
    let found = String::from_utf8(found.stdout).unwrap();
    assert!(found.contains(name), "{found}");
}

#[test]
fn a_mode_of_the_configuration_ends_it_without_a_token() {
    let mut envoy = Envoy::with(Options {
        delivery: Delivery::Ecds,
        ..Options::new(json!({"mode": "on"}))
    });
    assert!(envoy.get("/").is_blocked());
    envoy.update(block("Off, now", "The plugin configuration"));
    assert!(envoy.get("/").is_upstream());
}

#[test]
fn all_envoys_are_asked_whether_they_agree() {
    let envoys = [start(), start()];
    let [status, _] = OPERATIONS.blocks_of("Only some answers are 503", "sh");
    let command = status
        .replace("maintenancectl", env!("CARGO_BIN_EXE_maintenancectl"))
        .replace("envoy-1:8080", &envoys[0].address.to_string())
        .replace("envoy-2:8080", &envoys[1].address.to_string());
    let code = || {
        let mut shell = Command::new("sh");
        shell.args(["-c", &command]).env("MAINTENANCE_TOKEN", TOKEN);
        shell.output().unwrap().status.code()
    };
    assert_eq!(code(), Some(0));
    envoys[0].toggle(true);
    assert_eq!(code(), Some(1));
    envoys[1].toggle(true);
    assert_eq!(code(), Some(0));
}
