//! `windows`: what is planned, as Envoy does it.

use serde_json::{Value, json};
use support::{Envoy, Options, admin, pages::REFERENCE};

use crate::command::{ctl, ctl_with};

const FROM: &str = "2026-10-24T12:00:00Z";

fn configuration() -> Value {
    json!({"windows": [
        {"name": "nightly", "schedule": "30 2 * * *", "duration": "90m", "time_zone": "Europe/Berlin"},
        {"start": "2026-10-24T22:00:00+02:00", "end": "2026-10-25T12:00:00Z", "message": "We move house."},
        {"name": "open", "end": "2026-10-24T13:00:00Z"},
        {"name": "over", "end": "2026-10-24T12:00:00Z"},
        {"name": "for good", "start": "2026-10-27T00:00:00Z"},
    ]})
}

#[test]
fn what_is_open_comes_first_and_then_what_is_to_come() {
    let planned = |arguments: &[&str]| {
        let arguments = [&["windows", "-", "--from", FROM][..], arguments].concat();
        let outcome = ctl_with(&configuration().to_string(), &arguments);
        assert_eq!(outcome.code, Some(0), "{outcome:?}");
        outcome
    };
    let nightly = |start: &str, until: &str| json!({"start": start, "until": until, "name": "nightly", "message": null});
    let expected = json!([
        {"start": null, "until": "2026-10-24T13:00:00Z", "name": "open", "message": null},
        {"start": "2026-10-24T20:00:00Z", "until": "2026-10-25T12:00:00Z", "name": null, "message": "We move house."},
        // The clocks are set back at three: the first half past two counts.
        nightly("2026-10-25T00:30:00Z", "2026-10-25T02:00:00Z"),
        nightly("2026-10-26T01:30:00Z", "2026-10-26T03:00:00Z"),
        {"start": "2026-10-27T00:00:00Z", "until": null, "name": "for good", "message": null},
    ]);
    assert_eq!(planned(&["--json", "--count", "5"]).json(), expected);
    assert_eq!(planned(&["--json"]).json().as_array().unwrap().len(), 10);
    assert_eq!(
        planned(&["--count", "3"]).stdout,
        "-                     2026-10-24T13:00:00Z  open\n\
         2026-10-24T20:00:00Z  2026-10-25T12:00:00Z  \u{201c}We move house.\u{201d}\n\
         2026-10-25T00:30:00Z  2026-10-25T02:00:00Z  nightly\n"
    );
    assert_eq!(planned(&["--count", "0"]).stdout, "");
}

#[test]
fn what_comes_next_is_what_the_status_says() {
    let configuration = json!({"admin": admin(), "windows": [
        {"name": "nightly", "schedule": "30 2 * * *", "duration": "1h", "time_zone": "America/New_York"},
        {"name": "weekly", "schedule": "0 4 * * SUN", "duration": "2h", "message": "m"},
        {"name": "yearly", "schedule": "0 0 29 2 *", "duration": 60, "start": "2999-01-01T00:00:00Z"},
    ]});
    let envoy = Envoy::with(Options::new(configuration.clone()));
    let status = envoy.admin("GET", "").json();
    let planned = ctl_with(&configuration.to_string(), &["windows", "-", "--json"]).json();
    let now = status["maintenance"] == true;
    assert_eq!(planned[usize::from(now)], status["next"], "{status}");
}

#[test]
fn a_configuration_that_is_refused_and_a_mode_that_is_fixed_are_told() {
    let refused = json!({"windows": [{"schedule": "@daily", "duration": "1h"}]});
    let outcome = ctl_with(&refused.to_string(), &["windows", "-"]);
    assert_eq!(outcome.code, Some(1), "{outcome:?}");
    assert!(
        outcome
            .stderr
            .contains("windows[0].schedule: \"@daily\" is not known: write \"0 0 * * *\""),
        "{outcome:?}"
    );
    let mut fixed = configuration();
    fixed["mode"] = "off".into();
    let outcome = ctl_with(&fixed.to_string(), &["windows", "-", "--from", FROM]);
    assert_eq!(outcome.code, Some(0));
    assert!(
        outcome
            .stderr
            .contains("`mode` is off, so that no window counts"),
        "{outcome:?}"
    );
}

#[test]
fn the_version_names_that_of_the_time_zones() {
    let version = ctl(&["--version"]).stdout;
    let (_, database) = version
        .split_once("(time zones of IANA's database ")
        .unwrap();
    let database = database.strip_suffix(")\n").unwrap();
    assert!(
        database.starts_with("20") && database.len() == 5,
        "{version}"
    );
    let named = format!("IANA's database, {database}");
    let is_named = REFERENCE.text.contains(&named);
    assert!(is_named, "{} does not say {named}", REFERENCE.path);
}
