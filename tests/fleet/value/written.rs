//! What the filter itself writes.

use serde_json::{Value, json};
use support::{
    Envoy,
    etcd::{Etcd, KEY},
    fleet::{agree, configuration, options},
};

use super::settle;

fn two_with_bypass(etcd: &Etcd) -> [Envoy; 2] {
    let mut plugin = configuration();
    plugin["bypass"] = json!({"key": "a-key-of-the-tests-and-of-nobody-else"});
    [(); 2].map(|()| {
        let mut options = options(etcd);
        options.configuration = plugin.to_string();
        Envoy::with(options)
    })
}

fn written(etcd: &Etcd) -> Value {
    serde_json::from_str(&etcd.get(KEY).unwrap()).unwrap()
}

fn keys(value: &Value) -> Vec<&str> {
    let keys = value.as_object().unwrap().keys();
    let mut keys: Vec<&str> = keys.map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

#[test]
fn what_a_change_writes_is_what_people_may_write() {
    let etcd = Etcd::start();
    let envoys = two_with_bypass(&etcd);
    agree(&envoys, false);
    for (call, expected) in [
        ("on", vec!["changed_by", "maintenance", "since"]),
        ("off", vec!["changed_by", "maintenance", "since"]),
        (
            "on?message=%22a%22",
            vec!["changed_by", "maintenance", "message", "since"],
        ),
        ("off", vec!["changed_by", "maintenance", "since"]),
        (
            "on?start=2999-01-01T00:00:00Z&for=60&retry_after=7&message=%C3%A4%5C%3C",
            vec![
                "changed_by",
                "maintenance",
                "message",
                "off_at",
                "retry_after",
                "since",
                "start",
                "until",
            ],
        ),
        (
            "on?until=2999-01-01T00:00:00Z",
            vec!["changed_by", "maintenance", "since", "until"],
        ),
    ] {
        let answer = envoys[0].admin("POST", call);
        assert_eq!(answer.status, 200, "{}", answer.text());
        let value = written(&etcd);
        assert_eq!(keys(&value), expected, "{call}: {value}");
        let status = settle(&etcd, &envoys);
        assert_eq!(status, answer.json(), "{call}");
        for key in [
            "since",
            "start",
            "until",
            "retry_after",
            "message",
            "changed_by",
        ] {
            assert_eq!(
                value.get(key).unwrap_or(&Value::Null),
                &status[key],
                "{call} {key}"
            );
        }
        assert_eq!(value["maintenance"], call.starts_with("on"), "{call}");
        assert_eq!(value["changed_by"], "ops");
    }
}

#[test]
fn what_a_change_wrote_means_the_same_when_somebody_puts_it_back() {
    let etcd = Etcd::start();
    let envoys = two_with_bypass(&etcd);
    agree(&envoys, false);
    for call in [
        "on?for=600&retry_after=7&message=a",
        "off",
        "bypass/revoke",
        "reset",
    ] {
        let mut before = envoys[0].admin("POST", call).json();
        let value = etcd.get(KEY).unwrap();
        etcd.put(KEY, r#"{"maintenance":true,"message":"other"}"#);
        agree(&envoys, true);
        etcd.put(KEY, &value);
        let after = settle(&etcd, &envoys);
        before["generation"] = after["generation"].clone();
        assert_eq!(after, before, "{call}");
    }
}

#[test]
fn a_revocation_is_written_to_a_key_of_its_own() {
    let etcd = Etcd::start();
    let envoys = two_with_bypass(&etcd);
    agree(&envoys, false);
    etcd.put(KEY, r#"{"maintenance":true,"message":"kept"}"#);
    agree(&envoys, true);
    let flag = etcd.get(KEY);
    let before = settle(&etcd, &envoys);
    let mut revoked = envoys[0].admin("POST", "bypass/revoke").json();
    assert_eq!(etcd.get(KEY), flag, "what somebody wrote stays as it is");
    let revoked_at = etcd.get(&revocation_key()).unwrap();
    assert!(
        revoked_at.parse::<i64>().unwrap() > 1_700_000_000_000,
        "{revoked_at}"
    );
    assert_eq!(
        revoked["generation"],
        etcd.mod_revision(&revocation_key()).unwrap()
    );
    let log = envoys[0].log();
    assert!(log.contains("admin call by \"ops\"") && log.contains("bypass/revoke"));
    revoked["generation"] = before["generation"].clone();
    assert_eq!(revoked, before, "who set the flag, and when");
    for call in ["off", "on?for=60", "reset"] {
        assert_eq!(envoys[1].admin("POST", call).status, 200);
        assert_eq!(
            etcd.get(&revocation_key()).as_ref(),
            Some(&revoked_at),
            "{call}"
        );
        assert!(!keys(&written(&etcd)).contains(&"bypass_revoked_at"));
    }
}

/// Of version 1, which kept both in one key.
#[test]
fn a_revocation_beside_the_flag_moves_to_its_own_key_with_the_next_change() {
    let etcd = Etcd::start();
    let envoys = two_with_bypass(&etcd);
    agree(&envoys, false);
    etcd.put(
        KEY,
        r#"{"maintenance":true,"bypass_revoked_at":1767225600000}"#,
    );
    agree(&envoys, true);
    assert_eq!(etcd.get(&revocation_key()), None);
    envoys[1].toggle(false);
    assert_eq!(
        keys(&written(&etcd)),
        ["changed_by", "maintenance", "since"]
    );
    assert_eq!(
        etcd.get(&revocation_key()).as_deref(),
        Some("1767225600000")
    );
}

fn revocation_key() -> String {
    format!("{KEY}/bypass-revoked-at")
}

#[test]
fn keys_that_the_filter_does_not_know_are_left_behind_by_a_change() {
    let etcd = Etcd::start();
    let envoys = two_with_bypass(&etcd);
    etcd.put(KEY, r#"{"maintenance":true,"ticket":"OPS-7"}"#);
    agree(&envoys, true);
    envoys[0].toggle(false);
    let value = written(&etcd);
    assert_eq!(keys(&value), ["changed_by", "maintenance", "since"]);
}

#[test]
fn a_reset_is_null_so_that_an_envoy_that_comes_later_knows_its_generation() {
    let etcd = Etcd::start();
    let mut envoys = Vec::from(two_with_bypass(&etcd));
    envoys[0].toggle(true);
    agree(&envoys, true);
    assert_eq!(envoys[1].admin("POST", "reset").status, 200);
    assert_eq!(written(&etcd), json!({"maintenance": null}));
    agree(&envoys, false);
    assert_eq!(settle(&etcd, &envoys)["decided_by"], "initial");
    envoys.extend(two_with_bypass(&etcd));
    agree(&envoys, false);
}
