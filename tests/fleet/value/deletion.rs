//! Deleting the key.

use serde_json::{Value, json};
use support::{
    Envoy,
    etcd::{Etcd, KEY},
    fleet::{CATCH_UP, agree, configuration, generation, options, status, status as status_of},
    within,
};
use time::{Duration, OffsetDateTime, format_description::well_known::Rfc3339};

use super::{put, settle};

fn three_with(etcd: &Etcd, more: &Value) -> Vec<Envoy> {
    let mut plugin = configuration();
    for (key, value) in more.as_object().unwrap() {
        plugin[key] = value.clone();
    }
    (0..3)
        .map(|_| {
            let mut options = options(etcd);
            options.configuration = plugin.to_string();
            Envoy::with(options)
        })
        .collect()
}

/// Deletes the key, and waits until all Envoys know it; their status.
fn delete(etcd: &Etcd, envoys: &[Envoy]) -> Value {
    let before = etcd.mod_revision(KEY).unwrap();
    etcd.delete(KEY);
    let revision = etcd.revision();
    assert!(revision > before);
    within(CATCH_UP, "the deletion", || {
        envoys.iter().all(|envoy| generation(envoy) == revision)
    });
    let first = status(&envoys[0]);
    for envoy in envoys {
        assert_eq!(status(envoy), first);
    }
    first
}

#[test]
fn deleting_the_key_is_a_reset_to_initial() {
    for initial in ["on", "off"] {
        let etcd = Etcd::start();
        let envoys = three_with(&etcd, &json!({"initial": initial}));
        let on = initial == "on";
        agree(&envoys, on);
        for value in [
            json!({"maintenance": !on, "message": "a", "retry_after": 7}),
            json!({"maintenance": on, "changed_by": "b"}),
            json!({"maintenance": !on, "until": "2999-01-01T00:00:00Z"}),
        ] {
            put(&etcd, &envoys, &value.to_string());
            let status = delete(&etcd, &envoys);
            assert_eq!(status["decided_by"], "initial");
            assert_eq!(status["maintenance"], on);
            for key in ["message", "retry_after", "until", "changed_by", "since"] {
                assert_eq!(status[key], Value::Null, "{key}");
            }
            agree(&envoys, on);
        }
    }
}

#[test]
fn deleting_the_key_leaves_the_flag_to_the_windows() {
    let etcd = Etcd::start();
    let windows = json!({"windows": [
        {"start": "2020-01-01T00:00:00Z", "end": "2999-01-01T00:00:00Z", "message": "planned"},
    ]});
    let envoys = three_with(&etcd, &windows);
    agree(&envoys, true);
    // An `off` since the window began silences it.
    let off = json!({"maintenance": false, "since": "2020-01-02T00:00:00Z"});
    assert_eq!(put(&etcd, &envoys, &off.to_string())["decided_by"], "state");
    agree(&envoys, false);
    let status = delete(&etcd, &envoys);
    assert_eq!(status["decided_by"], "window");
    assert_eq!(status["message"], "planned");
    agree(&envoys, true);
    // One from before does not.
    let off = json!({"maintenance": false, "since": "2019-01-02T00:00:00Z"});
    assert_eq!(
        put(&etcd, &envoys, &off.to_string())["decided_by"],
        "window"
    );
}

#[test]
fn an_off_without_a_moment_counts_from_when_an_envoy_learnt_of_it() {
    let etcd = Etcd::start();
    let begin = OffsetDateTime::now_utc() + Duration::seconds(15);
    let windows = json!({"windows": [
        {"start": "2020-01-01T00:00:00Z", "end": begin.format(&Rfc3339).unwrap()},
        {"start": begin.format(&Rfc3339).unwrap(), "message": "the next"},
    ]});
    let envoys = three_with(&etcd, &windows);
    agree(&envoys, true);
    let status = put(&etcd, &envoys, r#"{"maintenance":false}"#);
    assert_eq!(status["decided_by"], "state", "{status}");
    assert_eq!(
        (&status["since"], &status["next"]["message"]),
        (&Value::Null, &json!("the next"))
    );
    assert!(OffsetDateTime::now_utc() < begin, "too slow");
    // What begins later is not silenced, also where the store was lost in between.
    within(
        CATCH_UP + std::time::Duration::from_secs(15),
        "the window",
        || envoys.iter().all(|envoy| envoy.get("/").is_blocked()),
    );
    assert_eq!(status_of(&envoys[0])["message"], "the next");
    etcd.put(KEY, r#"{"maintenance": false}"#);
    agree(&envoys, false);
}

#[test]
fn a_planned_on_keeps_what_an_off_silenced_on_every_envoy() {
    let etcd = Etcd::start();
    let windows = json!({"windows": [{"start": "2020-01-01T00:00:00Z"}]});
    let envoys = three_with(&etcd, &windows);
    agree(&envoys, true);
    envoys[0].toggle(false);
    agree(&envoys, false);
    let off_at = status_of(&envoys[1])["since"].clone();
    let planned = envoys[1].admin("POST", "on?start=2999-01-01T00:00:00Z&message=m");
    assert_eq!(planned.status, 200, "{}", planned.text());
    let status = settle(&etcd, &envoys);
    assert_eq!(
        (&status["maintenance"], &status["decided_by"]),
        (&json!(false), &json!("state"))
    );
    assert_eq!(status["next"]["message"], "m");
    assert!(status.get("off_at").is_none(), "{status}");
    let value: Value = serde_json::from_str(&etcd.get(KEY).unwrap()).unwrap();
    assert_eq!(value["off_at"], off_at);
    let late = three_with(&etcd, &windows);
    agree(&late, false);
}

#[test]
fn a_key_that_is_deleted_again_and_never_was_changes_nothing() {
    let etcd = Etcd::start();
    let envoys = three_with(&etcd, &json!({}));
    agree(&envoys, false);
    etcd.delete(KEY);
    agree(&envoys, false);
    put(&etcd, &envoys, r#"{"maintenance":true}"#);
    delete(&etcd, &envoys);
    etcd.delete(KEY);
    agree(&envoys, false);
    envoys[1].toggle(true);
    agree(&envoys, true);
    assert_eq!(settle(&etcd, &envoys)["maintenance"], true);
}

#[test]
fn deletions_and_values_in_quick_succession_end_in_the_last() {
    let etcd = Etcd::start();
    let envoys = three_with(&etcd, &json!({"initial": "on"}));
    agree(&envoys, true);
    for round in 0..10 {
        etcd.put(KEY, r#"{"maintenance":false}"#);
        etcd.delete(KEY);
        etcd.put(KEY, &format!(r#"{{"maintenance":{}}}"#, round % 2 == 0));
    }
    agree(&envoys, false);
    assert_eq!(settle(&etcd, &envoys)["decided_by"], "state");
    etcd.delete(KEY);
    agree(&envoys, true);
}
