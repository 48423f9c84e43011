//! `status` as a person reads it, and `is-on` as a script does.

use std::{fs::File, io::Read, os::fd::OwnedFd};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use serde_json::json;
use support::{Envoy, admin};
use time::{Duration, OffsetDateTime, format_description::well_known::Rfc3339};

use crate::command::{command, ctl, outcome, url};

/// What a command prints where the clocks show another time than UTC, with spaces for what differs
/// from run to run.
fn lines_in_kolkata(arguments: &[&str]) -> Vec<String> {
    let mut command = command(arguments);
    let outcome = outcome(command.env("TZ", "Asia/Kolkata").output().unwrap());
    outcome.good().stdout.lines().map(str::to_owned).collect()
}

#[track_caller]
fn has(lines: &[String], expected: &str) {
    let found = lines.iter().any(|line| line.trim_start() == expected);
    assert!(found, "{expected:?} is not in {lines:#?}");
}

/// The one line with this beginning.
#[track_caller]
fn line<'l>(lines: &'l [String], begins: &str) -> &'l str {
    let mut found = lines.iter().map(|line| line.trim_start());
    let found = found.find(|line| line.starts_with(begins));
    found.unwrap_or_else(|| panic!("{begins:?} is not in {lines:#?}"))
}

#[test]
fn what_is_the_case_is_told_for_people() {
    let envoy = Envoy::start(json!({"admin": admin(), "scope": "shop"}));
    let url = url(&envoy);
    let at = |arguments: &[&str]| lines_in_kolkata(&[arguments, &["--url", &url]].concat());
    let off = at(&["status"]);
    assert_eq!(off[0], url);
    assert_eq!(off[1], "  Off");
    has(&off, "By `initial`: nobody has set anything");
    has(&off, "Store: this Envoy alone");
    assert!(line(&off, "Scope shop, generation 0, version ").len() > 30);

    let on = at(&[
        "on",
        "--for",
        "3h",
        "--message",
        "Back at noon",
        "--retry-after",
        "7",
        "--hold",
        "20s",
    ]);
    let headline = on[1].trim_start();
    assert!(
        headline.starts_with("On until ") && headline.ends_with(" IST, in 3 hours"),
        "{on:#?}"
    );
    has(&on, "Held: requests wait up to 20 s for the end");
    has(&on, "Message: Back at noon");
    has(&on, "Retry-After: 7 s");
    let set = line(&on, "Set by ops at ");
    assert!(set.contains(" IST, "), "{on:#?}");
    assert_eq!(at(&["status"])[1..5], on[1..5]);

    assert_eq!(at(&["on"])[1], "  On, with no end");
    let opening = at(&["off", "--ramp", "1h"]);
    let headline = opening[1].trim_start();
    assert!(
        headline.starts_with("Opening: 0 % of clients pass, all of them from "),
        "{opening:#?}"
    );
    assert!(headline.ends_with(" IST, in 1 hour"), "{opening:#?}");
    assert_eq!(at(&["off"])[1], "  Off");

    let planned = at(&[
        "on",
        "--start",
        "2126-11-30T20:30:00Z",
        "--until",
        "2126-11-30T22:30:00Z",
    ]);
    assert_eq!(planned[1], "  Off");
    let plan = line(&planned, "Planned: on from Sun 2126-12-01 02:00 IST, in ");
    assert!(plan.ends_with(", until 04:00"), "{planned:#?}");
}

#[test]
fn a_window_that_is_open_and_one_to_come_are_told() {
    let end = OffsetDateTime::now_utc() + Duration::days(10);
    let envoy = Envoy::start(json!({"admin": admin(), "windows": [
        {"start": "2026-01-01T00:00:00Z", "end": end.format(&Rfc3339).unwrap()},
        {
            "name": "nightly", "schedule": "0 2 29 2 *", "duration": "90m", "time_zone": "Asia/Kolkata",
            "message": "Backups run.",
        },
    ]}));
    let url = url(&envoy);
    let told = lines_in_kolkata(&["status", "--url", &url]);
    let open = line(&told, "On until ");
    assert!(open.ends_with(" IST, in 10 days"), "{open}");
    line(&told, "By a window since Thu 2026-01-01 05:30 IST, ");
    let planned = line(&told, "Planned: on from ");
    assert!(
        planned.contains("-02-29 02:00 IST, in ")
            && planned.ends_with(", until 03:30, window nightly: Backups run."),
        "{planned}"
    );
    for (zone, since) in [
        ("Etc/GMT+3", "since Wed 2025-12-31 21:00 -03, "),
        ("No/Where", "since Thu 2026-01-01 00:00 UTC, "),
    ] {
        let told = command(&["status", "--url", &url]).env("TZ", zone).output();
        let told = outcome(told.unwrap()).good().stdout;
        assert!(told.contains(since), "{zone} {told}");
    }
}

#[test]
fn what_mode_fixes_and_each_of_several_are_told() {
    let envoys = ["on", "auto"].map(|mode| Envoy::start(json!({"admin": admin(), "mode": mode})));
    let [fixed, free] = envoys.each_ref().map(url);
    let told = ctl(&["status", "--url", &fixed, "--url", &free]);
    assert_eq!(told.code, Some(1), "they do not agree");
    let blocks: Vec<&str> = told.stdout.split("\n\n").collect();
    assert_eq!(blocks.len(), 2, "{told:?}");
    let mode = "By `mode` of the configuration, which locks the endpoint";
    assert!(
        blocks[0].starts_with(&format!("{fixed}\n  On, with no end\n  {mode}\n")),
        "{told:?}"
    );
    assert!(
        blocks[1].starts_with(&format!("{free}\n  Off\n")),
        "{told:?}"
    );
    assert!(told.stderr.contains("do not agree"), "{told:?}");
}

#[test]
fn a_script_learns_from_the_exit_code_whether_it_is_on() {
    let envoys = [(); 2].map(|()| Envoy::start(json!({"admin": admin()})));
    let [one, other] = envoys.each_ref().map(url);
    let asked = |urls: &[&str]| {
        let options = urls.iter().flat_map(|url| ["--url", url]);
        let outcome = ctl(&["is-on"].into_iter().chain(options).collect::<Vec<_>>());
        assert_eq!(outcome.stdout, "");
        (outcome.code, outcome.stderr)
    };
    let silent = |code| (Some(code), String::new());
    let both: &[&str] = &[&one, &other];
    assert_eq!(asked(&[&one]), silent(1));
    assert_eq!(asked(both), silent(1));
    envoys[0].toggle(true);
    assert_eq!(asked(&[&one]), silent(0));
    let (code, told) = asked(both);
    assert!(code == Some(2) && told.contains("do not agree"), "{told}");
    assert_eq!(envoys[1].admin("POST", "on?for=60").status, 200);
    assert_eq!(asked(both), silent(0), "their ends do not matter");
    let (code, told) = asked(&[&one, "http://127.0.0.1:1/m"]);
    assert!(
        code == Some(2) && told.contains("nothing listens"),
        "{told}"
    );
    assert_eq!(envoys[0].admin("POST", "off?ramp=1h").status, 200);
    assert_eq!(asked(&[&one]), silent(1), "it opens");

    let mut of_the_environment = command(&["is-on"]);
    of_the_environment.env("MAINTENANCE_URL", &other);
    assert_eq!(outcome(of_the_environment.output().unwrap()).code, Some(0));
    let object = ctl(&["is-on", "--kube", "wasmplugin/a"]);
    assert_eq!(object.code, Some(2), "{object:?}");
    assert!(object.stderr.contains("'--kube'"), "{object:?}");
}

#[test]
fn a_lost_store_is_told_and_the_last_that_is_known_counts() {
    let envoy = Envoy::start(json!({
        "admin": admin(),
        "initial": "on",
        "store": {"etcd": {"cluster": "upstream", "key": "a", "timeout_ms": 200}},
    }));
    let url = url(&envoy);
    let status = ctl(&["status", "--url", &url]);
    assert_eq!(status.code, Some(3), "{status:?}");
    assert!(
        status.stdout.contains("Store: etcd, not connected\n"),
        "{status:?}"
    );
    let is_on = ctl(&["is-on", "--url", &url]);
    assert_eq!(is_on.code, Some(0), "{is_on:?}");
    assert!(
        is_on.stderr.contains("the store is not connected"),
        "{is_on:?}"
    );
}

#[test]
fn three_commands_switch_on_extend_and_end_with_nothing_but_the_two_variables() {
    let envoy = Envoy::start(json!({"admin": admin()}));
    let url = url(&envoy);
    let call = |arguments: &[&str]| {
        let mut command = command(arguments);
        outcome(command.env("MAINTENANCE_URL", &url).output().unwrap()).good()
    };
    for (hours, length) in [("1h", "1 hour"), ("2h", "2 hours")] {
        let told = call(&["on", "--for", hours]).stdout;
        assert!(told.contains(&format!(", in {length}\n")), "{told}");
        assert!(envoy.get("/").is_blocked());
    }
    assert!(call(&["off"]).stdout.contains("\n  Off\n"));
    assert!(envoy.get("/").is_upstream());
}

/// What a command shows on a terminal.
fn on_a_terminal(url: &str, variables: &[(&str, &str)]) -> String {
    let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&terminal).unwrap();
    unlockpt(&terminal).unwrap();
    let name = ptsname(&terminal, Vec::new()).unwrap();
    let end: OwnedFd = File::options()
        .write(true)
        .open(name.to_str().unwrap())
        .unwrap()
        .into();
    let mut command = command(&["status", "--url", url]);
    for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "CI"] {
        command.env_remove(name);
    }
    command
        .env("TERM", "xterm")
        .envs(variables.iter().copied())
        .stdout(end);
    assert!(command.status().unwrap().success());
    drop(command);
    let mut shown = vec![0; 4096];
    let length = File::from(terminal).read(&mut shown).unwrap();
    shown.truncate(length);
    String::from_utf8(shown).unwrap()
}

#[test]
fn colours_are_where_a_terminal_shows_them() {
    let envoy = Envoy::start(json!({"admin": admin(), "initial": "on"}));
    let url = url(&envoy);
    let on = "\u{1b}[1m\u{1b}[31mOn\u{1b}[0m, with no end";
    let shown = on_a_terminal(&url, &[]);
    assert!(shown.contains(on), "{shown:?}");
    for variable in [("NO_COLOR", "1"), ("TERM", "dumb")] {
        let shown = on_a_terminal(&url, &[variable]);
        assert!(shown.contains("  On, with no end"), "{shown:?}");
        assert!(!shown.contains('\u{1b}'), "{variable:?} {shown:?}");
    }
    let piped = ctl(&["status", "--url", &url]).stdout;
    assert!(
        piped.contains("  On, with no end\n") && !piped.contains('\u{1b}'),
        "{piped:?}"
    );
}
