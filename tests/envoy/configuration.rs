//! Section 1 of the contract: what the plugin configuration may hold, and how it is refused.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use support::{Envoy, Host, Options, Request, admin, another_filter, sha256};

/// What the filter logged, a line each, without what Envoy puts before it.
fn lines(log: &str) -> Vec<&str> {
    log.lines()
        .filter_map(|line| line.find("maintenance-mode: ").map(|at| &line[at..]))
        .collect()
}

/// The threads that logged a line with this text: a VM each.
fn threads<'a>(log: &'a str, text: &str) -> BTreeSet<&'a str> {
    log.lines()
        .filter(|line| line.contains(text))
        .filter_map(|line| line.split(['[', ']']).nth(3))
        .collect()
}

/// How a warning of the filter begins.
fn warning() -> String {
    format!("[warning][{}]", Host::under_test().logger())
}

/// The line of the log of an Envoy that refused to start.
fn refusal(options: Options) -> String {
    only_line(&Envoy::refusal(options))
}

/// The only line of the filter in what was logged.
fn only_line(log: &str) -> String {
    let lines = lines(log);
    assert_eq!(lines.len(), 1, "not one line but {lines:?} in\n{log}");
    assert!(
        log.lines()
            .any(|line| line.contains("[error]") && line.contains(lines[0])),
        "{log}"
    );
    lines[0].to_owned()
}

#[test]
fn a_bad_configuration_is_refused_in_one_line_that_names_the_culprit() {
    let cases = [
        (r#"{"mdoe": "on"}"#, "mdoe: ", "`mode`"),
        (
            r#"{"response": {"redirekt": "https://example.com/"}}"#,
            "response.redirekt: ",
            "`redirect`",
        ),
        (r#"{"scope": null}"#, "scope: ", "expected a string"),
        (
            r#"{"mode": "maybe"}"#,
            "mode: ",
            "expected one of `auto`, `on`, `off`",
        ),
        (
            r#"{"response": {"status": 503.5}}"#,
            "response.status: ",
            "expected a whole number",
        ),
        (
            r#"{"response": {"status": 199}}"#,
            "response.status: ",
            "200 to 599",
        ),
        (
            r#"{"allow": {"headers": [{"name": "x-a", "exact": ""}]}}"#,
            "allow.headers[0].exact: ",
            "is empty",
        ),
        (
            r#"{"allow": {"cookies": [{"name": "a", "exact": "b", "present": true}]}}"#,
            "allow.cookies[0]: ",
            "exactly one of",
        ),
        (
            r#"{"allow": {"paths": ["/a", {"regex": "("}]}}"#,
            "allow.paths[1].regex: ",
            "regular expression",
        ),
        (
            r#"{"response": {"headers": {"x-a": "b\r\nset-cookie: c"}}}"#,
            "response.headers.x-a: ",
            "control character",
        ),
        (
            r#"{"response": {"headers": {"Set-Cookie": "a=b"}}}"#,
            "response.headers.Set-Cookie: ",
            "cannot be set",
        ),
        (
            r#"{"response": {"html": "{{massage}}"}}"#,
            "response.html: ",
            "{{massage}}",
        ),
        (r#"{"scope": "a.b"}"#, "scope: ", "A-Z, a-z, 0-9, _ and -"),
        (r#"{"admin": {"path": "/m"}}"#, "admin: ", "`token_env`"),
        ("[]", "", "expected an object"),
    ];
    let logs = Envoy::refusals(cases.map(|(text, _, _)| text));
    for ((text, path, expectation), log) in cases.into_iter().zip(logs) {
        let line = only_line(&log);
        let rest = line.strip_prefix(&format!("maintenance-mode: {path}"));
        assert!(
            rest.is_some_and(|rest| rest.contains(expectation)),
            "{text} gave {line}"
        );
    }
}

#[test]
fn the_refusal_of_a_cidr_block_is_the_line_of_the_contract() {
    let bad = json!({"allow": {"client_ips": ["10.0.0.0/8", "2001:db8::1", "10.0.0.300"]}});
    assert_eq!(
        refusal(Options::new(bad)),
        "maintenance-mode: allow.client_ips[2]: \"10.0.0.300\" is not an IP address or CIDR block"
    );
}

#[test]
fn a_syntax_error_names_line_and_column() {
    let line = refusal(Options::text("{\n  \"mode\": on\n}"));
    assert!(line.ends_with("line 2 column 11"), "{line}");
}

#[test]
fn an_endpoint_that_nobody_or_everybody_could_call_is_refused() {
    let token = |hash: String| json!({"path": "/m", "tokens": [{"name": "ops", "sha256": hash}]});
    let variable = json!({"path": "/m", "token_env": "TOKEN"});
    for (admin, value, path) in [
        (
            token(sha256("")),
            None,
            "maintenance-mode: admin.tokens[0].sha256: ",
        ),
        (
            variable.clone(),
            None,
            "maintenance-mode: admin.token_env: ",
        ),
        (
            variable.clone(),
            Some(""),
            "maintenance-mode: admin.token_env: ",
        ),
        (
            variable,
            Some("fifteen bytes.."),
            "maintenance-mode: admin.token_env: ",
        ),
    ] {
        let environment = value.map(|value| ("TOKEN".to_owned(), value.to_owned()));
        let line = refusal(Options {
            environment: environment.into_iter().collect(),
            ..Options::new(json!({"admin": admin}))
        });
        assert!(line.starts_with(path), "{line}");
        assert!(value.is_none_or(|value| value.is_empty() || !line.contains(value)));
    }
}

#[test]
fn the_token_of_an_environment_variable_opens_the_endpoint() {
    let envoy = Envoy::with(Options {
        environment: vec![("TOKEN".into(), "sixteen bytes ok".into())],
        ..Options::new(json!({"admin": {"path": "/m", "token_env": "TOKEN"}}))
    });
    for (token, status) in [("sixteen bytes ok", 200), ("sixteen bytes no", 401)] {
        let request = Request::get("/m").header("authorization", format!("Bearer {token}"));
        assert_eq!(envoy.fetch(&request).status, status, "{token}");
    }
}

#[test]
fn an_empty_configuration_passes_all_traffic_and_warns_wherever_it_is_configured() {
    let absent = Options {
        filters_before: vec![another_filter(None)],
        ..Options::new(json!({"mode": "off"}))
    };
    for options in [Options::text(""), Options::text("{}"), absent] {
        let workers = options.workers;
        let envoy = Envoy::with(options);
        for path in ["/", "/maintenance-mode/on", "/a//b/%2e%2e?c"] {
            assert!(envoy.get(path).is_upstream(), "{path}");
        }
        let log = envoy.log();
        let warned = threads(&log, &warning());
        assert_eq!(warned, threads(&log, "configured scope default"), "{log}");
        match Host::under_test() {
            Host::Wasm => assert!(warned.len() > workers, "{log}"),
            Host::Native => assert_eq!(warned.len(), 1, "{log}"),
        }
    }
}

#[test]
fn a_configuration_that_says_something_warns_nobody() {
    let log = Envoy::start(json!({"mode": "off"})).log();
    let mut warnings = log.lines().filter(|line| line.contains(&warning()));
    assert!(
        !warnings.any(|line| line.contains("maintenance-mode")),
        "{log}"
    );
}

#[test]
fn a_struct_and_a_string_give_the_same() {
    let configuration = json!({
        "mode": "on",
        "allow": {"paths": ["/healthz", {"prefix": "/static"}], "client_ips": ["10.0.0.0/8"]},
        "response": {
            "status": 599,
            "retry_after": 86_400,
            "format": "text",
            "message": "Zurück um 8 \"Uhr\"",
            "headers": {"x-a": "b"},
        },
        "admin": admin(),
    });
    for as_struct in [false, true] {
        let envoy = Envoy::with(Options {
            as_struct,
            ..Options::new(configuration.clone())
        });
        assert!(envoy.get("/static/a").is_upstream());
        let reply = envoy.get("/");
        assert_eq!(reply.status, 599, "{as_struct}");
        assert_eq!(reply.header("retry-after"), Some("86400"), "{as_struct}");
        assert_eq!(reply.header("x-a"), Some("b"), "{as_struct}");
        assert!(reply.text().contains("Zurück um 8 \"Uhr\""), "{as_struct}");
        assert_eq!(envoy.admin("GET", "").status, 200, "{as_struct}");
    }
}

#[test]
fn a_struct_is_refused_like_a_string() {
    let line = refusal(Options {
        as_struct: true,
        ..Options::new(json!({"response": {"status": 600}}))
    });
    assert!(
        line.starts_with("maintenance-mode: response.status: 600"),
        "{line}"
    );
}

#[test]
fn mode_fixes_the_flag_and_locks_the_endpoint() {
    for (mode, initial, on) in [("on", "off", true), ("off", "on", false)] {
        let envoy = Envoy::start(json!({"mode": mode, "initial": initial, "admin": admin()}));
        for call in ["on", "off", "reset"] {
            assert_eq!(envoy.admin("POST", call).status, 409, "{mode} {call}");
            assert_eq!(envoy.get("/").is_blocked(), on, "{mode} {call}");
            assert_eq!(envoy.get("/").is_upstream(), !on, "{mode} {call}");
        }
        let status = envoy.admin("GET", "").json();
        assert_eq!(status["maintenance"], json!(on), "{status}");
        assert_eq!(status["decided_by"], json!("mode"), "{status}");
    }
}

#[test]
fn initial_holds_in_auto_until_somebody_sets_the_flag() {
    let envoy = Envoy::start(json!({"mode": "auto", "initial": "on", "admin": admin()}));
    assert!(envoy.get("/").is_blocked());
    let status = envoy.admin("GET", "").json();
    assert_eq!(
        (
            &status["decided_by"],
            &status["since"],
            &status["changed_by"]
        ),
        (&json!("initial"), &Value::Null, &Value::Null),
        "{status}"
    );
    envoy.toggle(false);
    assert!(envoy.get("/").is_upstream());
    assert_eq!(envoy.admin("POST", "reset").status, 200);
    assert!(envoy.get("/").is_blocked());
    assert_eq!(envoy.upstream.requests(), 1);
}

/// Two filters, one behind the other: `first` has the endpoint `/first`, `second` the one
/// of [`admin`], which the first lets through.
fn two_filters(first: &str, second: &str) -> Envoy {
    let mut endpoint = admin();
    let path = endpoint["path"].take();
    endpoint["path"] = "/first".into();
    let allow = json!({"paths": [path, format!("{}/*", path.as_str().unwrap())]});
    let another = json!({"scope": first, "allow": allow, "admin": endpoint});
    Envoy::with(Options {
        filters_before: vec![another_filter(Some(&another))],
        ..Options::new(json!({"scope": second, "admin": admin()}))
    })
}

fn first_status(envoy: &Envoy) -> Value {
    let token = format!("Bearer {}", support::TOKEN);
    let request = Request::get("/first").header("authorization", token);
    envoy.fetch(&request).json()
}

#[test]
fn filters_of_one_scope_share_one_state() {
    let envoy = two_filters("shop", "shop");
    envoy.toggle(true);
    let status = first_status(&envoy);
    assert_eq!(status["maintenance"], json!(true), "{status}");
    assert_eq!(envoy.get("/").header("x-maintenance-mode"), Some("shop"));
}

#[test]
fn filters_of_different_scopes_do_not() {
    let envoy = two_filters("shop", "Blog_2-a");
    envoy.toggle(true);
    let status = first_status(&envoy);
    assert_eq!(status["maintenance"], json!(false), "{status}");
    assert_eq!(status["generation"], json!(0), "{status}");
    let blocked = envoy.get("/");
    assert_eq!(blocked.header("x-maintenance-mode"), Some("Blog_2-a"));
}
