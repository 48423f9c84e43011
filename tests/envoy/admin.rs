//! The contract, section 4: what the calls do.

mod console;
mod refusals;
mod requests;

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use support::{Connection, Envoy, Request, admin, eventually};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

fn start() -> Envoy {
    Envoy::start(json!({"admin": admin()}))
}

fn status(envoy: &Envoy) -> Value {
    let response = envoy.admin("GET", "");
    assert_eq!(response.status, 200, "{}", response.text());
    response.json()
}

/// A call that must succeed; the status it answers.
fn change(envoy: &Envoy, call: &str) -> Value {
    let response = envoy.admin("POST", call);
    assert_eq!(response.status, 200, "{call}: {}", response.text());
    response.json()
}

/// A moment of the status, in seconds from now.
fn seconds_from_now(moment: &Value) -> f64 {
    let moment = OffsetDateTime::parse(moment.as_str().unwrap(), &Rfc3339).unwrap();
    (moment - OffsetDateTime::now_utc()).as_seconds_f64()
}

fn is_near(moment: &Value, seconds: f64) -> bool {
    (seconds_from_now(moment) - seconds).abs() < 5.0
}

#[test]
fn the_status_has_every_key_and_unknown_values_are_null() {
    let envoy = Envoy::start(json!({"scope": "shop", "admin": admin()}));
    let first = status(&envoy);
    let version = first["version"].as_str().unwrap();
    assert!(!version.is_empty());
    let nothing_set = json!({
        "maintenance": false, "decided_by": "initial", "mode": "auto", "scope": "shop",
        "generation": 0, "since": null, "start": null, "until": null, "retry_after": null,
        "message": null, "changed_by": null, "hold": null, "ramp_until": null, "next": null, "store": "shared_data", "store_connected": true,
        "version": version,
    });
    assert_eq!(first, nothing_set);

    let on = change(
        &envoy,
        "on?start=2026-01-01T00:00:00Z&until=2999-01-01T00:00:00Z&retry_after=7&hold=0&message=Back%20soon",
    );
    assert!(is_near(&on["since"], 0.0), "{on}");
    let all_set = json!({
        "maintenance": true, "decided_by": "state", "mode": "auto", "scope": "shop",
        "generation": 1, "since": on["since"], "start": "2026-01-01T00:00:00Z",
        "until": "2999-01-01T00:00:00Z", "retry_after": 7, "message": "Back soon",
        "changed_by": "ops", "hold": 0, "ramp_until": null, "next": null, "store": "shared_data", "store_connected": true,
        "version": version,
    });
    assert_eq!(on, all_set);
    assert_eq!(status(&envoy), all_set);
    let blocked = envoy.get("/");
    assert_eq!(blocked.header("retry-after"), Some("7"));
    assert!(blocked.text().contains("Back soon"));
}

#[test]
fn on_off_and_reset_do_what_they_say_and_answer_with_the_new_status() {
    let envoy = Envoy::start(json!({"initial": "on", "admin": admin()}));
    assert!(envoy.get("/").is_blocked());
    for (generation, (method, call, maintenance, decided_by)) in (1..).zip([
        ("POST", "off", false, "state"),
        ("POST", "on", true, "state"),
        ("POST", "on", true, "state"),
        ("POST", "off", false, "state"),
        ("POST", "off", false, "state"),
        ("PUT", "on", true, "state"),
        ("POST", "off", false, "state"),
        ("POST", "reset", true, "initial"),
        ("POST", "reset", true, "initial"),
    ]) {
        let answer = envoy.admin(method, call);
        assert_eq!(answer.status, 200, "{call}: {}", answer.text());
        let document = answer.json();
        assert_eq!(document["maintenance"], maintenance, "{call}");
        assert_eq!(document["decided_by"], decided_by, "{call}");
        assert_eq!(document["generation"], generation, "{call}");
        let changed_by = if call == "reset" {
            Value::Null
        } else {
            "ops".into()
        };
        assert_eq!(document["changed_by"], changed_by, "{call}");
        let etag = format!("\"{generation}\"");
        for answer in [&answer, &envoy.admin("GET", "")] {
            assert_eq!(answer.json(), document, "{call}");
            assert_eq!(answer.header("etag"), Some(&*etag), "{call}");
            assert_eq!(answer.header("content-type"), Some("application/json"));
            assert_eq!(answer.header("cache-control"), Some("no-store"));
        }
        assert_eq!(envoy.get("/").is_blocked(), maintenance, "{call}");
        assert_eq!(envoy.get("/").is_upstream(), !maintenance, "{call}");
    }
}

#[test]
fn each_change_replaces_everything_an_earlier_one_gave() {
    let envoy = start();
    for call in ["on", "off", "reset"] {
        change(&envoy, "off");
        change(
            &envoy,
            "on?for=60&start=2999-01-01T00:00:00Z&retry_after=5&message=a",
        );
        let status = change(&envoy, call);
        for key in ["start", "until", "retry_after", "message"] {
            assert_eq!(status[key], Value::Null, "{call} {key}");
        }
    }
}

#[test]
fn parameters_are_percent_encoded_and_plus_is_itself() {
    let envoy = start();
    let umlauts = "%C3%A4".repeat(500);
    for (query, key, value) in [
        ("message=a+b%20c%2Bd", "message", json!("a+b c+d")),
        (
            "message=%E2%82%AC%26for%3D1%3D=",
            "message",
            json!("\u{20ac}&for=1=="),
        ),
        (
            &format!("message={umlauts}"),
            "message",
            json!("\u{e4}".repeat(500)),
        ),
        ("%6Dessage=%3Cb%3E%22", "message", json!("<b>\"")),
        (
            "until=2999-01-01T02:00:00+02:00",
            "until",
            json!("2999-01-01T00:00:00Z"),
        ),
        (
            "until=2999-01-01T02%3A00%3a00%2B02:00",
            "until",
            json!("2999-01-01T00:00:00Z"),
        ),
        (
            "start=2999-01-01T00:00:00Z&for=90",
            "until",
            json!("2999-01-01T00:01:30Z"),
        ),
        ("retry_after=0", "retry_after", json!(0)),
        ("retry%5Fafter=%31%32", "retry_after", json!(12)),
        ("", "until", Value::Null),
    ] {
        change(&envoy, "off");
        assert_eq!(
            change(&envoy, &format!("on?{query}"))[key],
            value,
            "{query}"
        );
    }
    assert!(is_near(&change(&envoy, "on?for=3600")["until"], 3600.0));
}

#[test]
fn an_on_begins_at_its_start_and_ends_at_its_end_by_itself() {
    let envoy = Envoy::start(json!({"initial": "on", "admin": admin()}));
    let mut connection = Connection::open(envoy.address);
    let mut is_blocked = || connection.fetch(&Request::get("/")).is_blocked();
    for (call, begins_on) in [
        ("on?start={}&for=1", false),
        ("on?for=1", true),
        ("on?until={}", true),
    ] {
        let begin = Instant::now();
        let soon = OffsetDateTime::now_utc() + Duration::from_secs(1);
        let document = change(&envoy, &call.replace("{}", &soon.format(&Rfc3339).unwrap()));
        assert_eq!(document["maintenance"], begins_on, "{call}");
        assert_eq!(document["decided_by"], "state", "{call}");
        assert_eq!(is_blocked(), begins_on, "{call}");
        if !begins_on {
            eventually("the start", &mut is_blocked);
            assert_eq!(status(&envoy)["maintenance"], true, "{call}");
        }
        eventually("the end", || !is_blocked());
        assert!(begin.elapsed() < Duration::from_secs(4), "{call}");
        let after = status(&envoy);
        assert_eq!(after["maintenance"], false, "{call}");
        assert_eq!(after["decided_by"], "state", "{call}");
        assert_eq!(after["generation"], document["generation"], "{call}");
    }
}

#[test]
fn with_max_on_seconds_every_on_has_an_end() {
    let mut configuration = json!({"admin": admin()});
    configuration["admin"]["max_on_seconds"] = 60.into();
    let envoy = Envoy::start(configuration);
    assert!(is_near(&change(&envoy, "on")["until"], 60.0));
    assert!(is_near(&change(&envoy, "on?for=30")["until"], 30.0));
    assert!(is_near(&change(&envoy, "on?for=60")["until"], 60.0));
    change(&envoy, "off");
    let planned = change(&envoy, "on?start=2999-01-01T00:00:00Z");
    assert_eq!(planned["until"], "2999-01-01T00:01:00Z");
    for query in [
        "for=61",
        "until=2999-01-01T00:00:00Z",
        "start=2999-01-01T00:00:00Z&for=61",
        "start=2999-01-01T00:00:00Z&until=2999-01-01T00:01:01Z",
    ] {
        assert_eq!(
            envoy.admin("POST", &format!("on?{query}")).status,
            400,
            "{query}"
        );
    }
    assert_eq!(status(&envoy), planned);
}
