//! The local reply.

mod bodies;
mod languages;
mod negotiation;

use std::time::Duration;

use serde_json::{Value, json};
use support::{Connection, Envoy, Request, Response, admin};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

const HTML: &str = "text/html";
const JSON: &str = "application/json";
const PROBLEM: &str = "application/problem+json";
const TEXT: &str = "text/plain";
/// What decides on the representation.
const VARY: &str =
    "accept, accept-language, content-type, sec-fetch-dest, user-agent, x-requested-with";

/// An Envoy in maintenance for all but `/open`.
pub fn envoy(response: Value) -> Envoy {
    Envoy::start(configuration(response))
}

/// The plugin configuration of [`envoy`].
pub fn configuration(response: Value) -> Value {
    json!({
        "initial": "on",
        "allow": {"paths": ["/open"]},
        "admin": admin(),
        "response": response,
    })
}

fn accepting(accept: &str) -> Request {
    Request::get("/").header("accept", accept)
}

fn content_type(response: &Response) -> &str {
    let value = response.header("content-type").unwrap_or_default();
    value.split(';').next().unwrap()
}

fn on(envoy: &Envoy, query: &str) -> Value {
    let response = envoy.admin("POST", &format!("on{query}"));
    assert_eq!(response.status, 200, "{query}: {}", response.text());
    response.json()
}

#[test]
fn a_blocked_request_gets_the_default_reply_and_an_allowed_one_nothing_of_it() {
    let envoy = envoy(json!({}));
    let blocked = envoy.get("/");
    assert_eq!(blocked.status, 503);
    assert_eq!(content_type(&blocked), PROBLEM);
    let ours = [
        ("retry-after", "3600"),
        ("cache-control", "no-store"),
        ("vary", VARY),
        ("x-maintenance-mode", "default"),
    ];
    let allowed = envoy.get("/open");
    assert!(allowed.is_upstream());
    for (name, value) in ours {
        assert_eq!(blocked.header(name), Some(value));
        assert_eq!(allowed.header(name), None, "{name}");
    }
}

#[test]
fn status_and_retry_after_are_the_configured_ones() {
    let date = "Sun, 06 Nov 1994 08:49:37 GMT";
    for (status, retry_after, expected) in [
        (200, json!(0), Some("0")),
        (299, json!(86_400), Some("86400")),
        (529, json!(date), Some(date)),
        (598, json!("none"), None),
        (599, json!(null), None),
    ] {
        let envoy = envoy(json!({"status": status, "retry_after": retry_after}));
        let response = envoy.get("/");
        assert!(response.is_blocked(), "{response:?}");
        assert_eq!(response.status, status);
        assert_eq!(response.header("retry-after"), expected, "{status}");
        assert_eq!(response.json()["status"], status);
    }
}

#[test]
fn configured_headers_are_added_and_replace_ours_of_that_name() {
    let configured = [
        ("Cache-Control", "private"),
        ("RETRY-AFTER", "9"),
        ("vary", "cookie"),
        ("x-extra", "one, \"two\""),
    ];
    let mut configuration = configuration(json!({"headers": json!({})}));
    for (name, value) in configured {
        configuration["response"]["headers"][name] = value.into();
    }
    configuration["scope"] = "shop-1_a".into();
    let envoy = Envoy::start(configuration);
    let response = envoy.get("/");
    for (name, value) in configured {
        assert_eq!(response.header(&name.to_lowercase()), Some(value));
    }
    assert_eq!(response.header("x-maintenance-mode"), Some("shop-1_a"));
    assert_eq!(envoy.get("/open").header("x-extra"), None);
}

#[test]
fn the_toggle_gives_retry_after_until_and_message_and_json_tells_what_is_known() {
    let envoy = envoy(json!({"retry_after": null, "title": "T", "message": "M"}));
    let until = (OffsetDateTime::now_utc() + Duration::from_secs(500))
        .format(&Rfc3339)
        .unwrap();
    let until = format!("?until={until}");
    for (query, retry_after, has_end, message) in [
        ("", None, false, "M"),
        ("?retry_after=7", Some(7..=7), false, "M"),
        ("?for=100", Some(90..=100), true, "M"),
        (&until, Some(490..=500), true, "M"),
        (
            "?for=100&retry_after=7&message=B%C3%A4ck%20at%20%226%22",
            Some(7..=7),
            true,
            "Bäck at \"6\"",
        ),
        ("", None, false, "M"),
    ] {
        let status = on(&envoy, query);
        let response = envoy.fetch(&accepting(JSON));
        let header = response.header("retry-after");
        let seconds: Option<u64> = header.map(|value| value.parse().unwrap());
        match retry_after {
            Some(range) => assert!(range.contains(&seconds.unwrap()), "{query}: {seconds:?}"),
            None => assert_eq!(seconds, None, "{query}"),
        }
        assert_eq!(content_type(&response), PROBLEM);
        let mut expected = json!({"title": "T", "status": 503, "detail": message});
        if let Some(seconds) = seconds {
            expected["retry_after"] = seconds.into();
        }
        if has_end {
            expected["until"] = status["until"].clone();
        }
        let mut problem = response.json();
        assert!(problem["type"].take().is_string(), "{query}");
        problem.as_object_mut().unwrap().remove("type");
        assert_eq!(problem, expected, "{query}");
        let text = envoy.fetch(&accepting(TEXT)).text();
        assert!(text.contains(message), "{query}: {text}");
    }
}

#[test]
fn retry_after_is_at_least_one_second_until_the_end() {
    let envoy = envoy(json!({}));
    on(&envoy, "?for=2");
    let mut last = None;
    loop {
        let response = envoy.get("/");
        if !response.is_blocked() {
            break;
        }
        let value = response.header("retry-after").unwrap();
        assert!(["1", "2"].contains(&value), "{value}");
        last = Some(value.to_owned());
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(last.as_deref(), Some("1"));
}

#[test]
fn head_gets_the_headers_of_get_and_no_body() {
    let envoy = envoy(json!({}));
    for accept in [HTML, JSON, TEXT] {
        let fetch = |connection: &mut Connection, method| {
            let request = Request::new(method, "/").header("accept", accept);
            let mut response = connection.fetch(&request);
            response.headers.retain(|(name, _)| name != "date");
            response.headers.sort();
            response
        };
        // On one connection, where a body after HEAD would be read as the next response.
        let mut connection = Connection::open(envoy.address);
        let get = fetch(&mut connection, "GET");
        let head = fetch(&mut connection, "HEAD");
        assert_eq!(fetch(&mut connection, "GET").status, 503);
        assert_eq!(head.status, get.status);
        assert_eq!(head.headers, get.headers);
        let length = get.body.len().to_string();
        assert_eq!(head.header("content-length"), Some(length.as_str()));
        assert!(get.body.len() > 20 && head.body.is_empty());
    }
}

#[test]
fn no_content_and_not_modified_have_no_body() {
    for status in [204, 304] {
        let envoy = envoy(json!({"status": status, "html": "<p>", "format": "html"}));
        let mut connection = Connection::open(envoy.address);
        for _ in 0..2 {
            let response = connection.fetch(&Request::get("/"));
            assert_eq!(response.status, status);
            assert!(response.is_blocked());
            assert_eq!(response.header("content-length"), None);
            assert_eq!(response.header("transfer-encoding"), None);
            assert_eq!(response.header("retry-after"), Some("3600"));
        }
        let open = connection.fetch(&Request::get("/open"));
        assert!(open.is_upstream(), "{open:?}");
    }
}
