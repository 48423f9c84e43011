//! `run`: on while a command runs, and what was is put back.

use std::{
    fs,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
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
        "--drain",
        "0",
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
}

#[test]
fn a_command_that_cannot_be_run_switches_nothing() {
    let envoy = start();
    let url = url(&envoy);
    let directory = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str, mode: &str| {
        let file = directory.path().join(name).display().to_string();
        fs::write(&file, text).unwrap();
        let changed = Command::new("chmod").args([mode, &file]).status();
        assert!(changed.unwrap().success());
        file
    };
    let plain = file("plain", "", "644");
    let lost = file("lost", "#!/no/such/shell\n", "755");
    for (program, code) in [
        ("nosuch", 127),
        ("/does/not/exist", 127),
        (&lost, 127),
        (&plain, 126),
        ("/", 126),
    ] {
        let outcome = ctl(&["run", "--url", &url, "--", program]);
        assert_eq!(outcome.code, Some(code), "{outcome:?}");
        assert!(outcome.stderr.starts_with(program), "{outcome:?}");
    }
    assert_eq!(envoy.admin("GET", "").json()["generation"], 0);
    let bad = ctl(&["run", "--url", &url, "--token", "a\nb", "--", "true"]);
    assert_eq!(bad.code, Some(2), "{bad:?}");
}

#[test]
fn the_command_waits_for_what_is_under_way() {
    let envoy = start();
    let url = url(&envoy);
    let directory = tempfile::tempdir().unwrap();
    let started = directory.path().join("started");
    let script = format!("echo > {}", started.display());
    let spawn = |options: &[&str]| {
        let arguments = [
            &["run", "--url", &url],
            options,
            &["--", "sh", "-c", &script],
        ]
        .concat();
        let child = command(&arguments).stdin(Stdio::null()).spawn().unwrap();
        eventually("maintenance", || envoy.get("/").is_blocked());
        (child, Instant::now())
    };
    for (options, least) in [(&[][..], 700), (&["--drain", "2"], 1700)] {
        let (mut child, on) = spawn(options);
        eventually("the command", || started.exists());
        assert!(on.elapsed() > Duration::from_millis(least), "{options:?}");
        assert_eq!(child.wait().unwrap().code(), Some(0));
        fs::remove_file(&started).unwrap();
    }
    let (mut child, on) = spawn(&["--drain", "60"]);
    kill("-TERM", &child);
    assert_eq!(child.wait().unwrap().code(), Some(143));
    assert!(on.elapsed() < Duration::from_secs(30) && !started.exists());
    assert_eq!(setting(&envoy)["decided_by"], "initial");
}

#[test]
fn an_end_that_nobody_asked_for_is_put_off_in_time() {
    let mut endpoint = admin();
    endpoint["max_on_seconds"] = json!(2);
    let envoy = Envoy::start(json!({"admin": endpoint}));
    let url = url(&envoy);
    let directory = tempfile::tempdir().unwrap();
    let stop = directory.path().join("stop");
    let script = format!("until test -e {}; do sleep 0.1; done", stop.display());
    let arguments = [
        "run",
        "--url",
        &url,
        "--url",
        &url,
        "--message",
        "long",
        "--",
        "sh",
        "-c",
        &script,
    ];
    let mut child = command(&arguments).stdin(Stdio::null()).spawn().unwrap();
    eventually("maintenance", || envoy.get("/").is_blocked());
    let on = Instant::now();
    while on.elapsed() < Duration::from_secs(5) {
        assert!(envoy.get("/").is_blocked(), "{:?}", on.elapsed());
    }
    assert_eq!(setting(&envoy)["message"], "long");
    fs::write(&stop, "").unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert_eq!(setting(&envoy)["decided_by"], "initial");

    let mine = [
        "run", "--drain", "0", "--url", &url, "--for", "1", "--", "sleep", "3",
    ];
    assert_eq!(ctl(&mine).code, Some(0), "an end of one's own is kept");
    assert_eq!(envoy.admin("GET", "").json()["decided_by"], "initial");
}

#[test]
fn what_was_over_meanwhile_is_put_back_as_off() {
    let envoy = start();
    let url = url(&envoy);
    assert_eq!(envoy.admin("POST", "on?for=2").status, 200);
    let outcome = ctl(&run(&url, "sleep 3"));
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    let after = setting(&envoy);
    assert_eq!(
        (&after["maintenance"], &after["decided_by"]),
        (&json!(false), &json!("state"))
    );
    assert_eq!(after["until"], json!(null));
}

#[test]
fn a_slow_opening_is_put_back_as_off() {
    let envoy = Envoy::start(json!({"admin": admin(), "initial": "on"}));
    let url = url(&envoy);
    let status = format!(
        "{} status --url {url} --json",
        env!("CARGO_BIN_EXE_maintenancectl")
    );
    let twice = ["run", "--drain", "0", "--url", &url, "--url", &url];
    for arguments in [
        run(&url, &status),
        [&twice[..], &["--", "sh", "-c", &status]].concat(),
    ] {
        envoy.toggle(true);
        assert_eq!(envoy.admin("POST", "off?ramp=1h").status, 200);
        assert!(setting(&envoy)["ramp_until"].is_string());
        let outcome = ctl(&arguments);
        assert_eq!(outcome.code, Some(0), "{outcome:?}");
        let during = outcome.json();
        assert_eq!(
            (&during["maintenance"], &during["ramp_until"]),
            (&json!(true), &json!(null))
        );
        let after = setting(&envoy);
        assert_eq!(
            (
                &after["maintenance"],
                &after["decided_by"],
                &after["ramp_until"]
            ),
            (&json!(false), &json!("state"), &json!(null))
        );
        assert!(envoy.get("/").is_upstream());
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
    assert_eq!(outcome.code, Some(4), "{outcome:?}");
    assert!(outcome.stderr.contains("somebody else"), "{outcome:?}");
    let after = setting(&envoy);
    assert_eq!(
        (&after["maintenance"], &after["decided_by"]),
        (&json!(false), &json!("state"))
    );
    let failing = format!("{script}; exit 7");
    assert_eq!(envoy.admin("POST", "on").status, 200);
    assert_eq!(
        ctl(&run(&url, &failing)).code,
        Some(7),
        "its own code goes before"
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
    assert!(outcome.stderr.contains("(409)"), "{outcome:?}");
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
