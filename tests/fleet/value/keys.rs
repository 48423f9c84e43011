//! What each key of a value does.

use serde_json::{Value, json};
use support::{Envoy, Request, etcd::Etcd, eventually, fleet::three};
use time::{Duration, OffsetDateTime, format_description::well_known::Rfc3339};

use super::put;

fn in_seconds(seconds: i64) -> String {
    let moment = OffsetDateTime::now_utc() + Duration::seconds(seconds);
    moment.format(&Rfc3339).unwrap()
}

/// The status of a state that has only these keys.
fn state(maintenance: bool, keys: &Value) -> Value {
    let mut status = json!({
        "maintenance": maintenance, "decided_by": "state", "mode": "auto", "scope": "default",
        "since": null, "start": null, "until": null, "retry_after": null, "message": null,
        "changed_by": null, "hold": null, "ramp_until": null, "next": null, "store": "etcd", "store_connected": true,
        "version": env!("CARGO_PKG_VERSION"),
    });
    for (key, value) in keys.as_object().unwrap() {
        status[key] = value.clone();
    }
    status
}

fn assert_obeyed(etcd: &Etcd, envoys: &[Envoy], value: &str, expected: &Value) {
    let mut found = put(etcd, envoys, value);
    found.as_object_mut().unwrap().remove("generation");
    assert_eq!(&found, expected, "{value}");
    for envoy in envoys {
        let is_blocked = envoy.get("/").is_blocked();
        assert_eq!(is_blocked, expected["maintenance"] == true, "{value}");
        let active = u64::from(is_blocked);
        eventually("the gauge", || envoy.metric("active") == active);
    }
}

#[test]
fn maintenance_alone_is_enough_and_every_other_key_is_optional() {
    let etcd = Etcd::start();
    let envoys = three(&etcd);
    let far = "2999-01-01T00:00:00Z";
    for (maintenance, keys) in [
        (true, json!({})),
        (false, json!({})),
        (true, json!({"message": "Back soon"})),
        (true, json!({"retry_after": 7})),
        (true, json!({"retry_after": 0})),
        (true, json!({"until": far})),
        (true, json!({"hold": 0})),
        (true, json!({"since": "2026-01-02T03:04:05Z"})),
        (true, json!({"start": "2026-01-02T03:04:05Z"})),
        (true, json!({"changed_by": "deploy #7"})),
        (
            false,
            json!({"changed_by": "someone", "since": far, "message": "a"}),
        ),
        (
            true,
            json!({"message": "a", "retry_after": 9, "until": far, "changed_by": "b",
                "start": "2026-01-02T03:04:05Z", "since": "2026-01-01T00:00:00.123Z"}),
        ),
        (true, json!({})),
    ] {
        let mut value = keys.clone();
        value["maintenance"] = maintenance.into();
        let expected = state(maintenance, &keys);
        assert_obeyed(&etcd, &envoys, &value.to_string(), &expected);
        for envoy in &envoys {
            let reply = envoy.get("/");
            if let Some(retry_after) = keys.get("retry_after") {
                assert_eq!(reply.header("retry-after"), Some(&*retry_after.to_string()));
            }
            if let (true, Some(message)) = (maintenance, keys.get("message")) {
                assert!(reply.text().contains(message.as_str().unwrap()), "{value}");
            }
        }
    }
}

#[test]
fn any_spelling_of_the_json_is_obeyed() {
    let etcd = Etcd::start();
    let envoys = three(&etcd);
    let nothing = json!({});
    for value in [
        "{\"maintenance\":true}\n",
        "\r\n\t { \"maintenance\" :\n true } ",
        r#"{"\u006daintenance": true}"#,
        r#"{"maintenance": true, "message": null, "until": null, "retry_after": null,
            "start": null, "since": null, "changed_by": null, "bypass_revoked_at": null}"#,
        r#"{"ticket": {"id": [1, 2.5, null]}, "maintenance": true, "": "", "Maintenance": false}"#,
    ] {
        assert_obeyed(&etcd, &envoys, value, &state(true, &nothing));
        assert_obeyed(
            &etcd,
            &envoys,
            r#"{"maintenance":false}"#,
            &state(false, &nothing),
        );
    }
    let value = r#"{"maintenance": true, "until": "2999-01-01T02:30:00+02:30"}"#;
    let expected = state(true, &json!({"until": "2999-01-01T00:00:00Z"}));
    assert_obeyed(&etcd, &envoys, value, &expected);
}

#[test]
fn a_state_begins_and_ends_by_itself() {
    let etcd = Etcd::start();
    let envoys = three(&etcd);
    let is_blocked = |on: bool| {
        envoys.iter().all(|envoy| {
            envoy.get("/").is_blocked() == on && envoy.metric("active") == u64::from(on)
        })
    };
    for (start, until, now) in [
        (-10, -5, false),
        (5, 10, false),
        (-5, 5, true),
        (10, 5, false),
    ] {
        let keys = json!({"start": in_seconds(start * 60), "until": in_seconds(until * 60)});
        let mut value = keys.clone();
        value["maintenance"] = true.into();
        let status = put(&etcd, &envoys, &value.to_string());
        assert_eq!(
            (&status["maintenance"], &status["decided_by"]),
            (&now.into(), &"state".into())
        );
        eventually("the state", || is_blocked(now));
    }
    let value = json!({"maintenance": true, "start": in_seconds(2), "until": in_seconds(4)});
    assert_eq!(
        put(&etcd, &envoys, &value.to_string())["maintenance"],
        false
    );
    eventually("the start", || is_blocked(true));
    eventually("the end", || is_blocked(false));
}

#[test]
fn replies_tell_the_seconds_to_the_end() {
    let etcd = Etcd::start();
    let envoys = three(&etcd);
    let value = json!({"maintenance": true, "until": in_seconds(100)});
    put(&etcd, &envoys, &value.to_string());
    for envoy in &envoys {
        let reply = envoy.fetch(&Request::get("/").header("accept", "application/json"));
        let seconds: u64 = reply.header("retry-after").unwrap().parse().unwrap();
        assert!((90..=100).contains(&seconds), "{seconds}");
        assert!(reply.json()["until"].is_string());
    }
}

#[test]
fn numbers_and_moments_at_the_edge_of_their_range_do_no_harm() {
    let etcd = Etcd::start();
    let envoys = three(&etcd);
    for (key, value) in [
        ("retry_after", json!(u64::MAX)),
        ("bypass_revoked_at", json!(i64::MAX)),
        ("bypass_revoked_at", json!(i64::MIN)),
        ("until", json!("9999-12-31T23:59:59.999Z")),
        ("since", json!("0000-01-01T00:00:00Z")),
        ("start", json!("0000-01-01T00:00:00Z")),
    ] {
        let status = put(
            &etcd,
            &envoys,
            &json!({"maintenance": true, key: value}).to_string(),
        );
        assert_eq!(status["maintenance"], true, "{key}: {value}");
        assert!(envoys.iter().all(|envoy| envoy.get("/").is_blocked()));
        put(&etcd, &envoys, r#"{"maintenance":false}"#);
    }
}
