//! `status`, `on`, `off` and `reset`.

use serde_json::{Value, json};
use support::{Envoy, admin};

use crate::command::{command, ctl, outcome, url};

#[test]
fn a_change_is_made_and_told() {
    let envoy = Envoy::start(json!({"admin": admin()}));
    let url = url(&envoy);
    let on = ctl(&[
        "on",
        "--url",
        &url,
        "--json",
        "--until",
        "2126-01-01T02:00:00+02:00",
        "--message",
        "é & + %",
        "--retry-after",
        "7",
        "--start",
        "2026-01-01T00:00:00Z",
    ]);
    assert_eq!(on.code, Some(0), "{on:?}");
    let told = on.json();
    let expected = envoy.admin("GET", "").json();
    for key in [
        "maintenance",
        "until",
        "start",
        "message",
        "retry_after",
        "generation",
    ] {
        assert_eq!(told[key], expected[key], "{key}");
    }
    assert_eq!(told["until"], "2126-01-01T00:00:00Z");
    assert_eq!(told["message"], "é & + %");
    assert_eq!(told["url"], url);
    assert!(envoy.get("/").is_blocked());

    assert_eq!(ctl(&["off", "--url", &format!("{url}/")]).code, Some(0));
    assert!(envoy.get("/").is_upstream());
    let on = ctl(&["on", "--url", &url, "--for", "60", "--json"]);
    assert!(on.json()["until"].is_string(), "{on:?}");
    let reset = ctl(&["reset", "--url", &url, "--json"]);
    assert_eq!(reset.json()["decided_by"], "initial");
}

#[test]
fn a_generation_can_be_asked_for() {
    let envoy = Envoy::start(json!({"admin": admin()}));
    let url = url(&envoy);
    assert_eq!(ctl(&["on", "--url", &url]).code, Some(0));
    let late = ctl(&["off", "--url", &url, "--if-match", "7"]);
    assert_eq!(late.code, Some(1));
    assert!(late.stderr.contains("(412)"), "{late:?}");
    assert!(envoy.get("/").is_blocked());
    assert_eq!(
        ctl(&["off", "--url", &url, "--if-match", "1"]).code,
        Some(0)
    );
}

#[test]
fn wrong_usage_is_told_without_the_token() {
    for arguments in [
        vec!["status"],
        vec!["status", "--url", "example.com"],
        vec![
            "on",
            "--url",
            "http://a/m",
            "--for",
            "1",
            "--until",
            "2126-01-01T00:00:00Z",
        ],
        vec!["on", "--url", "http://a/m", "--until", "tomorrow"],
        vec!["run", "--url", "http://a/m"],
        vec!["run", "--url", "http://a/m", "--drain", "-1", "--", "true"],
        vec![
            "run",
            "--url",
            "http://a/m",
            "--drain",
            "3601",
            "--",
            "true",
        ],
        vec![],
    ] {
        assert_eq!(ctl(&arguments).code, Some(2), "{arguments:?}");
    }
    let bad = ctl(&["status", "--url", "http://a/m", "--token", "se\ncret"]);
    assert_eq!(bad.code, Some(2));
    assert!(!bad.stderr.contains("cret"), "{bad:?}");
}

#[test]
fn addresses_may_be_in_the_environment() {
    let envoys = [(); 3].map(|()| Envoy::start(json!({"admin": admin()})));
    let [one, other, third] = envoys.each_ref().map(url);
    let with = |urls: &str, arguments: &[&str]| {
        let mut command = command(arguments);
        outcome(command.env("MAINTENANCE_URL", urls).output().unwrap())
    };
    let on = with(&format!("{one} {other}/"), &["on", "--json"]);
    assert_eq!(on.code, Some(0), "{on:?}");
    assert_eq!(on.json()[1]["url"], other);
    let named = with(&one, &["status", "--url", &third, "--json"]);
    assert_eq!(named.json()["maintenance"], false, "--url goes before");
    let object = with(
        &one,
        &["status", "--kube", "wasmplugin/a", "--context", "none"],
    );
    assert_eq!(object.code, Some(1), "--kube goes before");
    assert!(object.stderr.starts_with("wasmplugin/a: "), "{object:?}");
    for (urls, told) in [
        ("", "--kube"),
        (" ", "--url"),
        ("http://a/m b", "MAINTENANCE_URL"),
    ] {
        let wrong = with(urls, &["status"]);
        assert_eq!(wrong.code, Some(2), "{wrong:?}");
        assert!(wrong.stderr.contains(told), "{wrong:?}");
    }
}

/// Whether there is a kubectl or not.
#[test]
fn an_object_is_asked_for_as_one_or_not_at_all() {
    for arguments in [
        "status --kube pod/a",
        "status --kube wasmplugin",
        "status --kube wasmplugin/a --url http://a/m",
        "status --kube wasmplugin/a --token x",
        "status --url http://a/m -n a",
        "status --url http://a/m --context a",
        "status --kube wasmplugin/a -n=",
        "status --kube wasmplugin/a --dry-run",
        "run --kube wasmplugin/a --dry-run -- true",
        "run --kube wasmplugin/a --hold 1s -- true",
        "on --url http://a/m --dry-run",
        "on --kube wasmplugin/a --if-match 1",
        "on --kube wasmplugin/a --retry-after 1",
        "on --kube wasmplugin/a --hold 1s",
        "off --kube wasmplugin/a --ramp 1m",
    ] {
        let arguments: Vec<&str> = arguments.split(' ').collect();
        let refused = ctl(&arguments);
        assert_eq!(refused.code, Some(2), "{arguments:?} {refused:?}");
        assert!(!refused.stderr.is_empty() && refused.stdout.is_empty());
    }
    let kinds = ctl(&["status", "--kube", "pod/a"]).stderr;
    for kind in ["trafficextension", "wasmplugin", "envoyextensionpolicy"] {
        assert!(kinds.contains(kind), "{kinds}");
    }
}

#[test]
fn a_misspelt_command_is_not_guessed() {
    for misspelt in ["onn", "of", "o", "stat", "oof", "--on", "--off"] {
        let refused = ctl(&[misspelt, "--url", "http://127.0.0.1:1/m"]);
        assert_eq!(refused.code, Some(2), "{refused:?}");
        let told = refused.stderr.replace(misspelt, "");
        for guess in [
            "'on'",
            "'off'",
            "'reset'",
            "'run'",
            "similar",
            "did you mean",
        ] {
            assert!(!told.contains(guess), "{misspelt}: {}", refused.stderr);
        }
    }
    let refused = ctl(&["onn"]);
    assert!(
        refused
            .stderr
            .contains("the commands are status, is-on, on, "),
        "{refused:?}"
    );
}

#[test]
fn a_lost_store_is_told() {
    let envoy = Envoy::start(json!({
        "admin": admin(),
        "store": {"etcd": {"cluster": "upstream", "key": "a", "timeout_ms": 200}},
    }));
    let url = url(&envoy);
    let lost = ctl(&["status", "--url", &url]);
    assert_eq!(lost.code, Some(3), "{lost:?}");
    assert!(lost.stdout.contains("etcd, not connected"), "{lost:?}");
    assert!(
        lost.stderr.contains("the store is not connected"),
        "{lost:?}"
    );
    let json = ctl(&["status", "--json", "--url", &url]);
    assert_eq!(
        (json.code, &json.json()["store_connected"]),
        (Some(3), &json!(false))
    );
    let other = Envoy::start(json!({"admin": admin()}));
    let other = self::url(&other);
    assert_eq!(
        ctl(&["status", "--url", &url, "--url", &other]).code,
        Some(3)
    );
    assert_eq!(
        ctl(&["on", "--url", &url]).code,
        Some(1),
        "changes are refused"
    );
    let unreachable = "http://127.0.0.1:1/m";
    assert_eq!(
        ctl(&["status", "--url", &url, "--url", unreachable]).code,
        Some(1)
    );
}

#[test]
fn several_endpoints_must_all_answer_and_agree() {
    let envoys = [(); 2].map(|()| Envoy::start(json!({"admin": admin()})));
    let [one, other] = envoys.each_ref().map(url);
    let both = ["--url", &one, "--url", &other, "--json"];
    let ctl_both = |call: &str| ctl(&[&[call][..], &both].concat());

    let on = ctl_both("on");
    assert_eq!(on.code, Some(0), "{on:?}");
    let told: Vec<Value> = on.json().as_array().unwrap().clone();
    assert!(told.len() == 2 && told.iter().all(|status| status["maintenance"] == true));
    assert!(envoys.iter().all(|envoy| envoy.get("/").is_blocked()));

    assert_eq!(ctl(&["off", "--url", &other]).code, Some(0));
    let status = ctl_both("status");
    assert_eq!(status.code, Some(1));
    assert!(status.stderr.contains("do not agree"), "{status:?}");
    assert_eq!(ctl_both("off").code, Some(0));
    assert_eq!(
        ctl(&["on", "--url", &one, "--start", "2126-01-01T00:00:00Z"]).code,
        Some(0)
    );
    assert_eq!(
        ctl_both("status").code,
        Some(1),
        "one is planned, the other is not"
    );

    let off = ctl(&[
        "off",
        "--url",
        &one,
        "--url",
        "http://127.0.0.1:1/m",
        "--url",
        &other,
    ]);
    assert_eq!(off.code, Some(1), "{off:?}");
    assert_eq!(
        off.stdout.matches("  Off\n").count(),
        2,
        "the last is called all the same: {off:?}"
    );
    assert!(
        off.stderr.contains("nothing listens at 127.0.0.1:1"),
        "{off:?}"
    );
}
