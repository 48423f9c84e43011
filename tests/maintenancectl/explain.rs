//! `explain` says what Envoy does: each row of one table is asked of both.

mod nearly;
mod repeated;
mod table;

use serde_json::{Value, json};
use support::{Connection, Envoy, Options, Request, Response, outcome::Outcome};

use self::table::{Case, cases};
use crate::command::ctl_with;

/// The options of `explain` that make a request, as the request itself.
fn request(row: &[&str]) -> (String, Request) {
    let mut method = "GET";
    let mut client = "127.0.0.1";
    let mut path = "/";
    let mut headers: Vec<(&str, &str)> = Vec::new();
    for option in row.chunks(2) {
        match *option {
            ["--method", value] => method = value,
            ["--ip", value] => client = value,
            ["--path", value] => path = value,
            ["--host", value] => headers.push(("host", value)),
            ["--cookie", value] => headers.push(("cookie", value)),
            ["--header", line] => headers.push(line.split_once(": ").unwrap()),
            ["--route-action", _] => {}
            ref other => panic!("{other:?}"),
        }
    }
    let request = Request::new(method, path);
    let request = headers.into_iter().fold(request, |request, (name, value)| {
        request.header(name, value)
    });
    (client.to_owned(), request)
}

fn explain(configuration: &Value, row: &[&str]) -> Outcome {
    let mut arguments = vec!["explain", "-", "--json"];
    for (option, default) in [
        ("--ip", "127.0.0.1"),
        ("--path", "/"),
        ("--host", "test.example"),
    ] {
        if !row.contains(&option) {
            arguments.extend([option, default]);
        }
    }
    arguments.extend(row);
    ctl_with(&configuration.to_string(), &arguments)
}

fn decision_of(response: &Response) -> &'static str {
    match response {
        _ if response.is_upstream() => "pass",
        _ if response.is_blocked() => "block",
        _ if response.status == 401 => "admin",
        other => panic!("{other:?}"),
    }
}

#[test]
fn explain_says_what_envoy_does() {
    let mut rows = 0;
    for Case {
        configuration,
        connection_manager,
        requests,
    } in cases()
    {
        let mut options = Options::new(configuration.clone());
        options.workers = 1;
        let manager = options.connection_manager.as_object_mut().unwrap();
        manager.extend(connection_manager.as_object().cloned().unwrap_or_default());
        let envoy = Envoy::with(options);
        for (row, [decision, reason, matched]) in requests {
            let (client, request) = request(&row);
            let response = Connection::from(&client, envoy.address).fetch(&request);
            let explained = explain(&configuration, &row);
            let context = format!("{configuration} {row:?} {explained:?} {response:?}");
            assert_eq!(explained.code, Some(0), "{context}");
            let explained = explained.json();
            let observed = explained["decision"]
                .as_str()
                .unwrap()
                .replace("observe", "pass");
            assert_eq!(observed, decision_of(&response), "{context}");
            let said = json!([
                explained["decision"],
                explained["reason"],
                explained["matched"]
            ]);
            assert_eq!(said, json!([decision, reason, matched]), "{context}");
            if decision == "block" {
                assert_eq!(explained["status"], response.status, "{context}");
            }
            rows += 1;
        }
    }
    assert!(rows >= 40, "{rows} rows");
}

#[test]
fn the_state_and_the_time_can_be_given() {
    let configuration = json!({"windows": [
        {"start": "2026-01-01T00:00:00Z", "end": "2026-01-02T00:00:00Z"},
        {"start": "2026-02-01T00:00:00Z", "end": "2026-02-02T00:00:00Z"},
    ]});
    for (row, expected) in [
        (
            vec!["--at", "2026-01-15T00:00:00Z"],
            ["pass", "initial", "initial"],
        ),
        (
            vec!["--at", "2026-02-01T00:00:00Z"],
            ["block", "window", "windows[1]"],
        ),
        (
            vec!["--at", "2026-02-01T00:00:00Z", "--off"],
            ["pass", "state", "state"],
        ),
        (
            vec!["--at", "2026-01-15T00:00:00Z", "--on"],
            ["block", "state", "state"],
        ),
    ] {
        let said = explain(&configuration, &row).json();
        let said = [&said["decision"], &said["reason"], &said["matched"]];
        assert_eq!(said, expected, "{row:?}");
    }
}

#[test]
fn attributes_can_be_given() {
    let path = [
        "metadata",
        "filter_metadata",
        "envoy.filters.http.jwt_authn",
        "claims",
        "role",
    ];
    let configuration = json!({"mode": "on", "allow": {"attributes": [
        {"path": path, "exact": "admin"}, {"path": path, "exact": "staff"},
    ]}});
    let attribute = format!("{}=staff", path.join("."));
    let said = explain(&configuration, &["--attribute", &attribute]).json();
    assert_eq!(
        (&said["decision"], &said["matched"]),
        (&json!("pass"), &json!("allow.attributes[1]"))
    );
    assert_eq!(explain(&configuration, &[]).json()["decision"], "block");
}

#[test]
fn any_decision_is_a_success_and_what_is_invalid_is_not() {
    let explain = |file: &str, more: &[&str]| {
        let arguments = [&["explain", "-", "--path", "/", "--ip", "::1"], more].concat();
        ctl_with(file, &arguments)
    };
    let blocked = explain("mode: 'on'", &[]);
    assert_eq!(blocked.code, Some(0));
    assert!(
        blocked.stdout.starts_with("decision  block with 503\n"),
        "{blocked:?}"
    );
    assert_eq!(explain("mode: 1", &[]).code, Some(1));
    assert_eq!(explain("kind: Service", &[]).code, Some(2));
    assert_eq!(explain("", &["--on", "--off"]).code, Some(2));
    assert_eq!(explain("", &["--header", ":path: /x"]).code, Some(2));
    assert_eq!(explain("", &["--nth", "2"]).code, Some(2));
    let in_zone = ["explain", "-", "--path", "/", "--ip", "fe80::1%eth0"];
    let allowed = ctl_with(
        r#"{"mode": "on", "allow": {"client_ips": ["fe80::/10"]}}"#,
        &in_zone,
    );
    assert!(allowed.stdout.starts_with("decision  pass"), "{allowed:?}");
}

#[test]
fn what_waits_for_the_end_is_said_to_be_held() {
    let configuration = json!({
        "admin": {"path": "/m", "token_env": "TOKEN"},
        "allow": {"paths": ["/healthz"]},
        "response": {"hold_seconds": 20},
        "rules": [{"match": {"paths": ["/shut"]}, "action": "block"}],
    });
    for (path, decision, reason) in [
        ("/", "hold", "state"),
        ("/healthz", "pass", "path"),
        ("//healthz", "hold", "state"),
        ("/shut", "block", "rule"),
    ] {
        let outcome = explain(&configuration, &["--on", "--path", path]).json();
        assert_eq!(outcome["decision"], decision, "{path}: {outcome}");
        assert_eq!(outcome["reason"], reason, "{path}: {outcome}");
        assert_eq!(
            outcome["status"].is_null(),
            decision != "block",
            "{outcome}"
        );
        let is_near = !outcome["nearly"].as_array().unwrap().is_empty();
        assert_eq!(is_near, path == "//healthz", "{outcome}");
    }
}
