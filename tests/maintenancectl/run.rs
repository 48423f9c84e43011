//! `run`: on while a command runs, and what was is put back.

use std::{
    fs,
    process::{Child, Command, Stdio},
};

use serde_json::json;
use support::{Envoy, admin, eventually};

use crate::command::{command, ctl, setting, url};

fn start() -> Envoy {
    Envoy::start(json!({"admin": admin()}))
}

/// The arguments of a shell script.
fn run<'a>(url: &'a str, script: &'a str) -> Vec<&'a str> {
    vec![
        "run",
        "--url",
        url,
        "--message",
        "migration",
        "--",
        "sh",
        "-c",
        script,
    ]
}

#[test]
fn it_is_on_while_the_command_runs_and_its_code_is_ours() {
    let envoy = start();
    let url = url(&envoy);
    let status = format!(
        "{} status --url {url} --json; exit 7",
        env!("CARGO_BIN_EXE_maintenancectl")
    );
    let outcome = ctl(&run(&url, &status));
    assert_eq!(outcome.code, Some(7), "{outcome:?}");
    let during = outcome.json();
    assert_eq!(during["maintenance"], true);
    assert_eq!(during["message"], "migration");
    let after = setting(&envoy);
    assert_eq!(
        (&after["maintenance"], &after["decided_by"]),
        (&json!(false), &json!("initial"))
    );
    assert_eq!(ctl(&run(&url, "true")).code, Some(0));
    assert_eq!(ctl(&run(&url, "kill -9 $$")).code, Some(137));
    for (program, code) in [("/does/not/exist", 127), ("/", 126)] {
        assert_eq!(
            ctl(&["run", "--url", &url, "--", program]).code,
            Some(code),
            "{program}"
        );
        assert_eq!(setting(&envoy)["decided_by"], "initial");
    }
}

#[test]
fn what_was_set_comes_back_with_all_its_terms() {
    let envoy = start();
    let url = url(&envoy);
    for call in [
        "on",
        "off",
        "on?until=2126-01-01T00:00:00Z&retry_after=5&message=a%20%26%20b",
        "on?start=2126-01-01T00:00:00Z&until=2127-01-01T00:00:00Z",
        "on?start=2026-01-01T00:00:00Z",
    ] {
        envoy.toggle(false);
        assert_eq!(envoy.admin("POST", call).status, 200);
        let before = setting(&envoy);
        assert_eq!(ctl(&run(&url, "exit 3")).code, Some(3), "{call}");
        assert_eq!(setting(&envoy), before, "{call}");
    }
}

#[test]
fn what_somebody_else_sets_meanwhile_stays() {
    let envoy = start();
    let url = url(&envoy);
    let script = format!("{} off --url {url}", env!("CARGO_BIN_EXE_maintenancectl"));
    let outcome = ctl(&run(&url, &script));
    assert_eq!(outcome.code, Some(125), "{outcome:?}");
    assert!(outcome.stderr.contains("somebody else"), "{outcome:?}");
    let after = setting(&envoy);
    assert_eq!(
        (&after["maintenance"], &after["decided_by"]),
        (&json!(false), &json!("state"))
    );
}

#[test]
fn several_addresses_of_one_state_are_put_back_as_one() {
    let envoy = start();
    let url = url(&envoy);
    assert_eq!(envoy.admin("POST", "on?message=before").status, 200);
    let before = setting(&envoy);
    let outcome = ctl(&[
        "run", "--url", &url, "--url", &url, "--for", "60", "--", "true",
    ]);
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    assert_eq!(setting(&envoy), before);
}

#[test]
fn without_maintenance_the_command_is_not_run() {
    let (envoy, locked) = (
        start(),
        Envoy::start(json!({"admin": admin(), "mode": "off"})),
    );
    let [open, locked] = [&envoy, &locked].map(url);
    let outcome = ctl(&["run", "--url", &open, "--url", &locked, "--", "echo", "ran"]);
    assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(125), ""));
    assert!(outcome.stderr.contains("409: "), "{outcome:?}");
    assert_eq!(setting(&envoy)["decided_by"], "initial", "put back");
    assert_eq!(
        ctl(&["run", "--url", "http://127.0.0.1:1/m", "--", "true"]).code,
        Some(125)
    );
}

fn kill(signal: &str, child: &Child) {
    let status = Command::new("kill")
        .args([signal, &child.id().to_string()])
        .status();
    assert!(status.unwrap().success());
}

#[test]
fn a_signal_ends_the_command_and_what_was_is_put_back() {
    let envoy = start();
    let url = url(&envoy);
    let directory = tempfile::tempdir().unwrap();
    let started = directory.path().join("started");
    for (signal, code) in [("-TERM", 143), ("-INT", 130)] {
        let script = format!("echo > {}; exec sleep 60", started.display());
        let mut child = command(&run(&url, &script))
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        eventually("the command", || started.exists());
        assert!(envoy.get("/").is_blocked());
        kill(signal, &child);
        assert_eq!(child.wait().unwrap().code(), Some(code), "{signal}");
        assert_eq!(setting(&envoy)["decided_by"], "initial", "{signal}");
        fs::remove_file(&started).unwrap();
    }
}
