//! `POST P/bypass`.

use serde_json::{Value, json};
use support::{ADMIN, Connection, Envoy, Request, admin, admin_request};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::{configuration, link, mint, passes, start, text, token, with_header};

/// How many seconds from now an RFC 3339 moment is.
fn seconds_from_now(moment: &Value) -> f64 {
    let moment = OffsetDateTime::parse(moment.as_str().unwrap(), &Rfc3339).unwrap();
    (moment - OffsetDateTime::now_utc()).as_seconds_f64()
}

#[test]
fn a_token_comes_with_its_end_and_a_link_that_carries_it() {
    let envoy = start();
    for (query, ttl) in [
        ("name=qa", 3600.0),
        ("name=qa&ttl=60", 60.0),
        ("ttl=43200&name=Anna%20M%C3%BCller%2b1", 43_200.0),
    ] {
        let response = envoy.admin("POST", &format!("bypass?{query}"));
        assert_eq!(response.status, 200, "{}", response.text());
        assert_eq!(response.header("content-type"), Some("application/json"));
        assert_eq!(response.header("cache-control"), Some("no-store"));
        let minted = response.json();
        let left = seconds_from_now(&minted["expires"]);
        assert!((ttl - 5.0..=ttl + 1.0).contains(&left), "{query}: {minted}");
        assert!(
            passes(&envoy, &with_header(text(&minted["token"]))),
            "{query}"
        );
        let url = text(&minted["url"]);
        let path = url.strip_prefix("http://test.example").unwrap();
        assert!(path.starts_with(&format!("{ADMIN}/bypass?token=")), "{url}");
        let followed = envoy.get(path);
        assert_eq!(followed.status, 303, "{url}");
        assert!(followed.header("set-cookie").is_some(), "{url}");
    }
    assert!(!passes(&envoy, &Request::get("/")));
}

#[test]
fn the_longest_life_is_max_ttl_seconds() {
    let mut configuration = configuration();
    configuration["bypass"]["max_ttl_seconds"] = 7200.into();
    let envoy = Envoy::start(configuration);
    for (ttl, status) in [("7200", 200), ("1", 200), ("7201", 400), ("0", 400)] {
        let response = envoy.admin("POST", &format!("bypass?name=qa&ttl={ttl}"));
        assert_eq!(response.status, status, "{ttl}");
        if status == 400 {
            assert!(text(&response.json()["detail"]).contains("ttl"), "{ttl}");
        }
    }
    let longest = text(&mint(&envoy, "name=qa&ttl=7200")["token"]);
    assert!(passes(&envoy, &with_header(longest)));
}

#[test]
fn a_call_that_is_wrong_is_refused_and_the_detail_names_the_culprit() {
    let envoy = start();
    for (call, culprit) in [
        ("bypass", "name"),
        ("bypass?ttl=60", "name"),
        ("bypass?name=", "name"),
        ("bypass?name", "name"),
        ("bypass?name=a&name=b", "name"),
        ("bypass?name=%ff", "name"),
        ("bypass?name=a&ttl=43201", "ttl"),
        ("bypass?name=a&ttl=18446744073709551616", "ttl"),
        ("bypass?name=a&ttl=-1", "ttl"),
        ("bypass?name=a&ttl=1w", "ttl"),
        ("bypass?name=a&ttl=", "ttl"),
        ("bypass?name=a&ttl=60&ttl=60", "ttl"),
        ("bypass?name=a&for=60", "for"),
        ("bypass?name=a&next=/", "next"),
        ("bypass/revoke?name=a", "name"),
    ] {
        let response = envoy.admin("POST", call);
        assert_eq!(response.status, 400, "{call}");
        let problem = response.json();
        assert_eq!(problem["status"], 400);
        assert!(
            text(&problem["detail"]).contains(culprit),
            "{call}: {problem}"
        );
        assert!(problem.get("token").is_none());
    }
    for (call, allowed, wrong) in [
        (
            "bypass?name=qa",
            "GET, HEAD, POST",
            ["PUT", "DELETE", "PATCH", "OPTIONS"],
        ),
        ("bypass/revoke", "POST", ["PUT", "DELETE", "GET", "HEAD"]),
    ] {
        for method in wrong {
            let response = envoy.admin(method, call);
            assert_eq!(response.status, 405, "{method} {call}");
            let mut allow: Vec<&str> = response.header("allow").unwrap().split(", ").collect();
            allow.sort_unstable();
            assert_eq!(allow.join(", "), allowed, "{method} {call}");
        }
    }
    assert_eq!(envoy.admin("POST", "bypass/x?name=qa").status, 404);
    assert_eq!(envoy.admin("GET", "").json()["generation"], 0);
}

#[test]
fn only_the_link_needs_no_admin_token() {
    let envoy = start();
    let token = token(&envoy);
    let granted = envoy.metric("admin_granted");
    for call in ["bypass?name=qa", "bypass/revoke", "bypass"] {
        for bearer in ["Bearer wrong", "", &format!("Bearer {token}")] {
            let request = Request::new("POST", &format!("{ADMIN}/{call}"));
            let response = envoy.fetch(&request.header("authorization", bearer));
            assert_eq!(response.status, 401, "{call} {bearer}");
            assert_eq!(response.header("www-authenticate"), Some("Bearer"));
        }
    }
    assert_eq!(envoy.metric("admin_denied"), 9);
    assert_eq!(envoy.metric("admin_granted"), granted);
    assert_eq!(envoy.fetch(&link(&token)).status, 303);
    assert!(passes(&envoy, &with_header(&token)));
}

#[test]
fn without_bypass_no_token_counts_and_every_call_is_404() {
    let envoy = Envoy::start(json!({"initial": "on", "admin": admin()}));
    for (method, call) in [
        ("POST", "bypass?name=qa"),
        ("GET", "bypass?token=x"),
        ("POST", "bypass/revoke"),
    ] {
        assert_eq!(envoy.admin(method, call).status, 404, "{method} {call}");
    }
    assert_eq!(envoy.fetch(&link("x")).status, 401);
    assert!(!passes(
        &envoy,
        &with_header(super::minted_offline(super::KEY, 60))
    ));
}

#[test]
fn client_ips_guard_minting_and_revoking_but_not_the_link() {
    let mut configuration = configuration();
    configuration["admin"]["client_ips"] = json!(["127.0.0.2"]);
    let envoy = Envoy::start(configuration);
    let call =
        |client: &str, request: &Request| Connection::from(client, envoy.address).fetch(request);
    let minted = call("127.0.0.2", &admin_request("POST", "bypass?name=qa")).json();
    let token = text(&minted["token"]);
    for path in ["bypass?name=qa", "bypass/revoke"] {
        let refused = call("127.0.0.1", &admin_request("POST", path));
        assert_eq!(refused.status, 403, "{path}");
    }
    for client in ["127.0.0.1", "127.0.0.2"] {
        let followed = call(client, &link(&token));
        assert_eq!(followed.status, 303, "{client}");
        assert!(followed.header("set-cookie").is_some(), "{client}");
        assert!(call(client, &with_header(&token)).is_upstream(), "{client}");
    }
}

#[test]
fn a_token_never_gets_into_the_log() {
    let envoy = start();
    let token = token(&envoy);
    envoy.fetch(&link(&token));
    envoy.fetch(&link(&format!("{token}&next=//{token}")));
    envoy.fetch(&link(&format!("{token}&token={token}")));
    envoy.fetch(&with_header(&token));
    envoy.fetch(&with_cookie_and_header(&token));
    for call in [
        "bypass/revoke".to_owned(),
        format!("bypass?name=qa&token={token}"),
        format!("bypass?name={token}"),
        format!("bypass/{token}"),
        format!("bypass/revoke?{token}"),
    ] {
        envoy.admin("POST", &call);
    }
    envoy.fetch(&link(&token));
    let log = envoy.log();
    let lines = log.lines().filter(|line| line.contains("\"ops\""));
    assert!(lines.count() >= 5, "calls are logged: {log}");
    let signature = token.rsplit('.').next().unwrap();
    assert!(signature.len() >= 32 && !log.contains(signature), "{log}");
}

fn with_cookie_and_header(token: &str) -> Request {
    super::with_cookie(token).header(super::HEADER, token)
}
