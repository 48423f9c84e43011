//! The contract, section 4: calls that are refused.

use serde_json::{Value, json};
use support::{
    ADMIN, Connection, Envoy, Request, Response, TOKEN, admin, admin_request, eventually,
};

/// Checks what all refusals have in common; the detail.
fn problem(response: &Response, status: u16) -> String {
    assert_eq!(response.status, status, "{}", response.text());
    assert_eq!(
        response.header("content-type"),
        Some("application/problem+json")
    );
    assert_eq!(response.header("cache-control"), Some("no-store"));
    let document = response.json();
    assert_eq!(document["status"], status);
    for key in ["type", "title", "detail"] {
        assert!(document[key].is_string(), "{key}: {document}");
    }
    document["detail"].as_str().unwrap().to_owned()
}

fn generation(envoy: &Envoy) -> Value {
    envoy.admin("GET", "").json()["generation"].clone()
}

#[test]
fn without_a_good_token_every_call_is_401_and_gives_no_hint() {
    let envoy = Envoy::start(json!({"admin": admin()}));
    let bearer = format!("Bearer {TOKEN}");
    let upper = TOKEN.to_uppercase();
    let wrong: Vec<Vec<String>> = vec![
        vec![],
        vec![String::new()],
        vec!["Bearer".into()],
        vec!["Bearer ".into()],
        vec![format!("Bearer {upper}")],
        vec![format!("Bearer {TOKEN}x")],
        vec![format!("Bearer {}", &TOKEN[1..])],
        vec![format!("Basic {TOKEN}")],
        vec![format!("Bearer{TOKEN}")],
        vec![TOKEN.into()],
        vec![format!("{bearer}, {bearer}")],
        vec![bearer.clone(), bearer.clone()],
        vec![bearer.clone(), "Bearer x".into()],
        vec!["Bearer x".into(), bearer],
    ];
    let mut answers = Vec::new();
    for lines in &wrong {
        for (method, call) in [("GET", ""), ("POST", "/on"), ("DELETE", "/x?y")] {
            let request = lines.iter().fold(
                Request::new(method, &format!("{ADMIN}{call}")),
                |request, line| request.header("authorization", line),
            );
            let answer = envoy.fetch(&request);
            problem(&answer, 401);
            assert_eq!(
                answer.header("www-authenticate"),
                Some("Bearer"),
                "{lines:?}"
            );
            answers.push(answer.body);
        }
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{wrong:?}");
    let query = Request::new("POST", &format!("{ADMIN}/on?access_token={TOKEN}"));
    problem(&envoy.fetch(&query), 401);
    assert_eq!(generation(&envoy), 0);
}

#[test]
fn an_on_to_come_does_not_end_the_one_in_force() {
    let envoy = Envoy::start(json!({"admin": admin()}));
    let planned = "on?start=2999-01-01T00:00:00Z&for=60";
    for _ in 0..2 {
        assert_eq!(envoy.admin("POST", planned).status, 200);
    }
    envoy.toggle(true);
    let before = generation(&envoy);
    let detail = problem(&envoy.admin("POST", planned), 409);
    assert!(detail.contains("start"), "{detail}");
    let stale = admin_request("POST", planned).header("if-match", "\"0\"");
    problem(&envoy.fetch(&stale), 409);
    problem(&envoy.admin("POST", &format!("{planned}&x=1")), 400);
    assert_eq!(generation(&envoy), before);
    assert!(envoy.get("/").is_blocked());
    envoy.toggle(false);
    assert_eq!(envoy.admin("POST", planned).status, 200);
}

#[test]
fn the_scheme_of_the_authorization_has_no_case() {
    let envoy = Envoy::start(json!({"admin": admin()}));
    for scheme in ["Bearer", "bearer", "BEARER"] {
        let request = Request::get(ADMIN).header("authorization", format!("{scheme} {TOKEN}"));
        assert_eq!(envoy.fetch(&request).status, 200, "{scheme}");
    }
}

#[test]
fn with_client_ips_calls_from_elsewhere_are_403() {
    let mut configuration = json!({"admin": admin()});
    configuration["admin"]["client_ips"] = json!(["127.0.0.2", "10.0.0.0/8"]);
    let envoy = Envoy::start(configuration);
    let call =
        |client: &str, request: &Request| Connection::from(client, envoy.address).fetch(request);
    for (method, path) in [("GET", ""), ("POST", "on"), ("POST", "x"), ("GET", "off")] {
        let request = admin_request(method, path);
        let detail = problem(&call("127.0.0.1", &request), 403);
        assert!(detail.contains("address"), "{detail}");
    }
    assert!(
        envoy.log().contains("\"ops\""),
        "a refusal is logged with the token's name"
    );
    problem(&call("127.0.0.1", &Request::get(ADMIN)), 401);
    problem(&call("127.0.0.2", &Request::get(ADMIN)), 401);
    let forged = admin_request("POST", "on").header("x-forwarded-for", "10.0.0.1");
    problem(&call("127.0.0.1", &forged), 403);
    let on = call("127.0.0.2", &admin_request("POST", "on"));
    assert_eq!(on.json()["generation"], 1);
}

#[test]
fn an_unknown_path_is_404_and_a_wrong_method_405_with_allow() {
    let envoy = Envoy::start(json!({"admin": admin()}));
    envoy.toggle(true);
    for path in [
        "x",
        "on/",
        "on/x",
        "On",
        "bypass",
        "bypass/revoke",
        "status",
        "o%20n",
    ] {
        for method in ["GET", "POST", "DELETE"] {
            problem(&envoy.admin(method, path), 404);
        }
    }
    for (call, allowed) in [
        ("", "GET, HEAD"),
        ("on", "POST, PUT"),
        ("off", "POST"),
        ("reset", "POST"),
    ] {
        for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] {
            if allowed.split(", ").any(|allowed| allowed == method) {
                continue;
            }
            let answer = envoy.admin(method, &format!("{call}?bad=1"));
            assert_eq!(answer.status, 405, "{method} {call}");
            let mut allow: Vec<&str> = answer.header("allow").unwrap().split(", ").collect();
            allow.sort_unstable();
            assert_eq!(allow.join(", "), allowed, "{method} {call}");
            if method != "HEAD" {
                problem(&answer, 405);
            }
        }
    }
    let overridden = admin_request("GET", "off")
        .header("x-http-method-override", "POST")
        .header("x-http-method", "POST");
    problem(&envoy.fetch(&overridden), 405);
    assert_eq!(generation(&envoy), 1);
}

#[test]
fn a_bad_parameter_is_400_and_the_detail_names_it() {
    let envoy = Envoy::start(json!({"admin": admin()}));
    envoy.toggle(true);
    let long = format!("on?message={}", "a".repeat(1001));
    for (call, culprit) in [
        ("on?until=tomorrow", "until"),
        ("on?until=2999-01-01", "until"),
        ("on?until=2999-01-01T00:00:00", "until"),
        ("on?until=2999-13-01T00:00:00Z", "until"),
        ("on?until=2999-01-01T00:00:00%20Z", "until"),
        ("on?until=32472144000", "until"),
        ("on?until=", "until"),
        ("on?until=2020-01-01T00:00:00Z", "until"),
        (
            "on?start=2020-01-01T00:00:00Z&until=2020-01-02T00:00:00Z",
            "until",
        ),
        (
            "on?start=2999-01-01T00:00:00Z&until=2999-01-01T00:00:00Z",
            "until",
        ),
        (
            "on?start=2999-01-01T00:00:00Z&until=2998-01-01T00:00:00Z",
            "until",
        ),
        ("on?start=now", "start"),
        ("on?start=2020-01-01T00:00:00Z&for=60", "for"),
        ("on?for=0", "for"),
        ("on?for=-60", "for"),
        ("on?for=+60", "for"),
        ("on?for=60x", "for"),
        ("on?for=30m1h", "for"),
        ("on?hold=241", "hold"),
        ("on?hold=-1", "hold"),
        ("off?ramp=25h", "ramp"),
        ("off?ramp=soon", "ramp"),
        ("on?for=1.5", "for"),
        ("on?for=1e3", "for"),
        ("on?for=", "for"),
        ("on?for", "for"),
        ("on?for=18446744073709551615", "for"),
        ("on?for=18446744073709551616", "for"),
        ("on?for=60&until=2999-01-01T00:00:00Z", "for"),
        ("on?for=60&until=2999-01-01T00:00:00Z", "until"),
        ("on?for=60&for=60", "for"),
        ("on?for=60&%66%6F%72=60", "for"),
        ("on?retry_after=-1", "retry_after"),
        ("on?retry_after=soon", "retry_after"),
        ("on?message=a&message=a", "message"),
        ("on?message=a%0Ab", "message"),
        ("on?message=%00", "message"),
        ("on?message=%7F", "message"),
        ("on?message=%FF", "message"),
        ("on?message=%", "message"),
        ("on?message=%4", "message"),
        (&long, "message"),
        ("on?mesage=a", "mesage"),
        ("on?Message=a", "Message"),
        ("on?name=qa", "name"),
        ("off?until=2999-01-01T00:00:00Z", "until"),
        ("reset?for=1", "for"),
        ("off?x", "x"),
    ] {
        let answer = envoy.admin("POST", call);
        assert_eq!(answer.status, 400, "{call}: {}", answer.text());
        let detail = problem(&answer, 400);
        assert!(detail.contains(culprit), "{call}: {detail}");
    }
    assert!(problem(&envoy.admin("GET", "?format=json"), 400).contains("format"));
    assert_eq!(generation(&envoy), 1);
    assert!(envoy.get("/").is_blocked());
}

#[test]
fn a_fixed_mode_locks_the_endpoint_but_for_the_status() {
    for (mode, maintenance) in [("on", true), ("off", false)] {
        let initial = if maintenance { "off" } else { "on" };
        let envoy = Envoy::start(json!({"mode": mode, "initial": initial, "admin": admin()}));
        for call in ["on", "off", "reset", "on?for=60"] {
            let detail = problem(&envoy.admin("POST", call), 409);
            assert!(detail.contains("mode"), "{detail}");
        }
        problem(&envoy.admin("POST", "on?for=0"), 400);
        let stale = admin_request("POST", "off").header("if-match", "\"7\"");
        problem(&envoy.fetch(&stale), 409);
        let status = envoy.admin("GET", "").json();
        assert_eq!(status["mode"], mode);
        assert_eq!(status["decided_by"], "mode");
        assert_eq!(status["maintenance"], maintenance);
        assert_eq!(status["generation"], 0);
        assert_eq!(envoy.get("/").is_blocked(), maintenance);
    }
}

#[test]
fn if_match_with_another_generation_is_412_and_changes_nothing() {
    let envoy = Envoy::start(json!({"admin": admin()}));
    let call = |call: &str, if_match: &str| {
        envoy.fetch(&admin_request("POST", call).header("if-match", if_match))
    };
    assert_eq!(call("on?message=first", "\"0\"").status, 200);
    let status = envoy.admin("GET", "").json();
    for if_match in [
        "\"0\"",
        "\"2\"",
        "\"01\"",
        "W/\"1\"",
        "\"\"",
        "\"x\"",
        "\"0\", \"2\"",
    ] {
        for change in ["on", "off", "reset", "on?for=60"] {
            problem(&call(change, if_match), 412);
        }
    }
    assert_eq!(envoy.admin("GET", "").json(), status);
    assert!(envoy.get("/").is_blocked());
    problem(&call("on?for=0", "\"0\""), 400);
    for (generation, if_match) in (2..).zip(["\"1\"", "*", "\"1\", \"3\""]) {
        assert_eq!(call("off", if_match).json()["generation"], generation);
    }
}

#[test]
fn granted_and_denied_calls_are_counted() {
    let envoy = Envoy::start(json!({"admin": admin()}));
    for (method, call) in [("GET", ""), ("POST", "on"), ("POST", "x")] {
        envoy.admin(method, call);
    }
    envoy.get(ADMIN);
    eventually("the counters", || {
        envoy.metric("admin_granted") == 3 && envoy.metric("admin_denied") == 1
    });
    assert_eq!(envoy.metric("generation"), 1);
    assert_eq!(envoy.metric("active"), 1);
}
