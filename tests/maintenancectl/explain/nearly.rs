//! `explain` says why an entry did not match where it nearly did.

use serde_json::{Value, json};
use support::{Envoy, Options, admin};

use super::{decision_of, explain, request};
use crate::command::{ctl, ctl_with};

/// What nearly matched: entries, and why they did not.
fn nearly(configuration: &Value, row: &[&str]) -> Vec<(String, String)> {
    let said = explain(configuration, row);
    assert_eq!(said.code, Some(0), "{row:?} {said:?}");
    let said = said.json();
    let near = said["nearly"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    near.iter()
        .map(|near| (text(&near["entry"]), text(&near["why"])))
        .collect()
}

/// Expects one near match for each row, and of Envoy that it blocks.
fn assert_near(configuration: &Value, rows: &[(&[&str], &str, &str)]) {
    let options = Options {
        workers: 1,
        ..Options::new(configuration.clone())
    };
    let envoy = Envoy::with(options);
    for (row, entry, why) in rows {
        let near = nearly(configuration, row);
        let found = near
            .iter()
            .any(|(other, text)| other == entry && text.contains(why));
        assert!(found, "{row:?} gave {near:#?}");
        let sent = envoy.fetch(&request(row).1);
        assert_eq!(decision_of(&sent), "block", "{row:?}");
    }
}

/// Envoy answers 400.
#[test]
fn a_path_that_no_client_can_send_is_told_with_its_encoding() {
    let configuration = json!({"initial": "on", "allow": {"paths": ["/a/*"]}});
    for (path, encoded) in [("/a/café", "/a/caf%C3%A9"), ("/a/b c", "/a/b%20c")] {
        let near = nearly(&configuration, &["--path", path]);
        let why = format!("percent-encode it: {encoded:?}");
        assert!(
            near.iter().any(|(_, text)| text.ends_with(&why)),
            "{near:?}"
        );
    }
}

#[test]
fn an_entry_that_is_nearly_it_says_why_it_is_not() {
    let configuration = json!({"initial": "on", "allow": {
        "client_ips": ["10.0.0.0/8"],
        "paths": ["/healthz", "/static/*", {"regex": "/api/v[0-9]+"}],
        "hosts": ["shop.example.com", "*.beta.example.com"],
        "methods": ["GET", "TRACE"],
        "headers": [{"name": "X-A", "exact": "yes"}, {"name": "x-b", "present": true}],
        "cookies": [{"name": "beta", "exact": "1"}],
        "attributes": [{"path": ["request", "headers", "x-role"], "exact": "staff"}],
    }});
    let post = |row: &[&'static str]| [&["--method", "POST"], row].concat();
    let not_canonical = "the path is not canonical";
    let rows: Vec<(Vec<&str>, &str, &str)> = vec![
        (
            post(&[]),
            "allow.client_ips[0]",
            "127.0.0.1 is outside 10.0.0.0/8",
        ),
        (
            post(&["--path", "//healthz"]),
            "allow.paths[0]",
            not_canonical,
        ),
        (
            post(&["--path", "//healthz"]),
            "allow.paths[0]",
            "as \"/healthz\"",
        ),
        (
            post(&["--path", "/static/%61?b=c"]),
            "allow.paths[1]",
            not_canonical,
        ),
        (
            post(&["--path", "/x/../static/a"]),
            "allow.paths[1]",
            not_canonical,
        ),
        (
            post(&["--path", "/Healthz"]),
            "allow.paths[0]",
            "differs from it in case",
        ),
        (
            post(&["--path", "/API/v1"]),
            "allow.paths[2]",
            "differs from it in case",
        ),
        (
            post(&["--path", "//Static/a"]),
            "allow.paths[1]",
            "and it differs in case",
        ),
        (
            post(&["--path", "/healthz/"]),
            "allow.paths[0]",
            "a slash at its end",
        ),
        (
            post(&["--host", "x,a.beta.example.com"]),
            "allow.hosts[1]",
            "is no host name",
        ),
        (
            post(&["--host", "www.shop.example.com"]),
            "allow.hosts[0]",
            "*.shop.example.com",
        ),
        (
            post(&["--host", "beta.example.com"]),
            "allow.hosts[1]",
            "itself",
        ),
        (post(&[]), "allow.methods", "the method is \"POST\""),
        (
            post(&[]),
            "allow.headers[0]",
            "the header \"X-A\" is absent",
        ),
        (
            post(&["--header", "x-a: no"]),
            "allow.headers[0]",
            "has another value",
        ),
        (
            post(&[]),
            "allow.headers[1]",
            "the header \"x-b\" is absent",
        ),
        (
            post(&[]),
            "allow.cookies[0]",
            "the cookie \"beta\" is absent",
        ),
        (
            post(&["--cookie", "beta=2"]),
            "allow.cookies[0]",
            "has another value",
        ),
        (post(&[]), "allow.attributes[0]", "is absent: give it"),
        (
            post(&["--header", "x-role: x"]),
            "allow.attributes[0]",
            "has another value",
        ),
    ];
    let rows: Vec<_> = rows
        .iter()
        .map(|(row, entry, why)| (&row[..], *entry, *why))
        .collect();
    assert_near(&configuration, &rows);
    let lower = nearly(&configuration, &["--method", "get"]);
    let expected = "the method is \"get\", and methods have a case".to_owned();
    assert!(
        lower.contains(&("allow.methods[0]".to_owned(), expected)),
        "{lower:?}"
    );
    let far = nearly(
        &configuration,
        &post(&["--path", "/other", "--host", "other.example"]),
    );
    let is_told = |key: &str| far.iter().any(|(entry, _)| entry.starts_with(key));
    assert!(
        !is_told("allow.paths") && !is_told("allow.hosts"),
        "{far:?}"
    );
}

#[test]
fn a_rule_that_all_but_one_kind_matches_says_which() {
    let configuration = json!({"initial": "on", "rules": [
        {"match": {"paths": ["/api/*"], "methods": ["PUT"]}, "action": "allow"},
        {"match": {"hosts": ["page.example"], "client_ips": ["10.0.0.0/8"]}, "action": "allow"},
        {"match": {"paths": ["/open/*"]}, "action": "allow"},
        {"match": {"paths": ["/last"]}, "action": "block"},
        {"match": {"paths": ["/last/*"], "methods": ["PUT"]}, "action": "allow"},
    ]});
    assert_near(
        &configuration,
        &[
            (
                &["--path", "/api/a"],
                "rules[0].match.methods",
                "but the method is \"GET\"",
            ),
            (
                &["--path", "/API/a", "--method", "PUT"],
                "rules[0].match.paths[0]",
                "in case",
            ),
            (
                &["--host", "page.example"],
                "rules[1].match.client_ips",
                "outside 10.0.0.0/8",
            ),
            (
                &["--path", "/open/../open/a"],
                "rules[2].match.paths[0]",
                "not canonical",
            ),
        ],
    );
    assert_eq!(nearly(&configuration, &["--path", "/other"]), []);
    let shielded = nearly(&configuration, &["--path", "/last"]);
    assert_eq!(shielded, [], "the last rule was not asked");
}

#[test]
fn a_token_that_does_not_hold_says_why() {
    const KEY: &str = "0123456789abcdef0123456789abcdef";
    let configuration = json!({"initial": "on", "bypass": {"key": KEY, "max_ttl_seconds": 60}});
    let directory = tempfile::tempdir().unwrap();
    let mint = |key: &str| {
        std::fs::write(directory.path().join("key"), key).unwrap();
        let key = directory.path().join("key").display().to_string();
        let arguments = ["bypass", "--name", "qa", "--ttl", "1", "--key-file", &key];
        ctl(&arguments).stdout.trim_end().to_owned()
    };
    let why = |token: &str, more: &[&str]| {
        let header = format!("x-maintenance-bypass: {token}");
        let row = [&["--header", &header], more].concat();
        let said = explain(&configuration, &row).json();
        (said["reason"].clone(), said["nearly"].to_string())
    };
    let token = mint(KEY);
    let (reason, near) = why(&token, &["--at", "2126-01-01T00:00:00Z"]);
    assert_eq!(reason, "initial");
    assert!(
        near.contains("\"bypass\"") && near.contains("has expired at 20"),
        "{near}"
    );
    let (_, near) = why("junk", &[]);
    assert!(near.contains("it is malformed"), "{near}");
    let (_, near) = why(&mint(&KEY.replace('0', "1")), &[]);
    assert!(near.contains("signed with another key"), "{near}");

    let unset = json!({"initial": "on", "bypass": {"key_env": "BYPASS_KEY_NOT_SET"}});
    let header = format!("x-maintenance-bypass: {token}");
    let near = explain(&unset, &["--header", &header]).stdout;
    assert!(
        near.contains("BYPASS_KEY_NOT_SET") && near.contains("not set here"),
        "{near}"
    );
}

#[test]
fn a_header_that_is_not_believed_is_told() {
    let configuration = json!({
        "initial": "on",
        "client_address": {"header": "X-Real-IP", "trusted_proxies": ["10.0.0.0/8"]},
        "allow": {"client_ips": ["192.0.2.0/24"]},
    });
    assert_near(
        &configuration,
        &[(
            &["--header", "x-real-ip: 192.0.2.1"],
            "client_address.trusted_proxies",
            "\"x-real-ip\" is not read: 127.0.0.1 is no trusted proxy",
        )],
    );
    let trusted = ["--ip", "10.0.0.1", "--header", "x-real-ip: 198.51.100.1"];
    let near = nearly(&configuration, &trusted);
    assert_eq!(near.len(), 1, "{near:?}");
    assert!(near[0].1.contains("198.51.100.1 is outside"), "{near:?}");
}

#[test]
fn people_read_lines() {
    let configuration = r#"{"mode":"on","allow":{"paths":["/healthz"]}}"#;
    let said = ctl_with(configuration, &["explain", "-", "--path", "//healthz"]);
    assert_eq!(said.code, Some(0), "{said:?}");
    let last = said.stdout.lines().last().unwrap();
    assert!(
        last.starts_with("nearly    allow.paths[0]: the path is not canonical"),
        "{said:?}"
    );
}

#[test]
fn an_address_is_asked_for_only_where_it_decides() {
    let asked = |configuration: &Value, row: &[&str]| {
        let arguments = [&["explain", "-", "--json"], row].concat();
        ctl_with(&configuration.to_string(), &arguments)
    };
    let configuration = json!({
        "initial": "on",
        "admin": admin(),
        "rules": [
            {"match": {"client_ips": ["10.0.0.0/8"], "paths": ["/internal/*", "/maintenance-mode"]}, "action": "block"},
            {"match": {"paths": ["/open/*"]}, "action": "allow"},
        ],
        "allow": {"client_ips": ["192.0.2.0/24"], "paths": ["/healthz"]},
    });
    for (path, matched) in [
        ("/healthz", "allow.paths[0]"),
        ("/open/a", "rules[1]"),
        ("/maintenance-mode", "admin.path"),
    ] {
        let said = asked(&configuration, &["--path", path]);
        assert_eq!(said.code, Some(0), "{path} {said:?}");
        assert_eq!(said.json()["matched"], matched, "{path}");
    }
    for (path, place) in [
        ("/", "allow.client_ips"),
        ("/internal/a", "rules[0].match.client_ips"),
    ] {
        let said = asked(&configuration, &["--path", path]);
        assert_eq!(said.code, Some(2), "{path} {said:?}");
        assert!(
            said.stderr.contains(place) && said.stderr.contains("--ip"),
            "{said:?}"
        );
        assert_eq!(
            asked(&configuration, &["--path", path, "--ip", "::1"]).code,
            Some(0)
        );
    }
    let near = asked(
        &configuration,
        &["--path", "//maintenance-mode", "--ip", "::1"],
    )
    .stdout;
    assert!(near.contains("does not call the endpoint"), "{near}");
    let off = json!({"allow": {"client_ips": ["192.0.2.0/24"]}});
    assert_eq!(asked(&off, &["--path", "/"]).code, Some(0));
}
