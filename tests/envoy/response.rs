//! The contract, section 1: the keys of `response` beyond status, headers and bodies.

mod cors;
mod jitter;
mod redirect;

use http::Request as Http2Request;
use serde_json::json;
use support::{Envoy, Options, Request, Response, fetch_http2};

use crate::reply::{configuration, envoy};

const HTML: &str = "text/html";
const JSON: &str = "application/json";
const TEXT: &str = "text/plain";

fn accepting(accept: &str) -> Request {
    Request::get("/").header("accept", accept)
}

fn grpc() -> Request {
    Request::new("POST", "/shop.Cart/Get")
        .header("content-type", "application/grpc")
        .body("\0\0\0\0\0")
}

/// A gRPC call over HTTP/2 and one over HTTP/1.1.
fn grpc_calls(envoy: &Envoy) -> [Response; 2] {
    let http2 = Http2Request::post("http://test.example/shop.Cart/Get")
        .header("content-type", "application/grpc")
        .header("te", "trailers")
        .body("\0\0\0\0\0")
        .unwrap();
    [fetch_http2(envoy.address, http2), envoy.fetch(&grpc())]
}

/// The values of a header that may be there more than once, sorted.
fn all<'r>(response: &'r Response, name: &str) -> Vec<&'r str> {
    let lines = response.headers.iter().filter(|(key, _)| key == name);
    let mut values: Vec<&str> = lines.map(|(_, value)| value.as_str()).collect();
    values.sort_unstable();
    values
}

/// The only line of the filter in what was logged.
fn only_line(log: &str) -> String {
    let lines = log
        .lines()
        .filter(|line| line.contains("maintenance-mode: "));
    let lines: Vec<&str> = lines.collect();
    assert_eq!(lines.len(), 1, "{log}");
    lines[0].to_owned()
}

#[test]
fn refresh_is_on_html_only() {
    let envoy = envoy(json!({"refresh": 30}));
    for (request, expected) in [
        (accepting(HTML), Some("30")),
        (accepting(HTML).header("x-a", "b"), Some("30")),
        (
            Request::get("/").header("user-agent", "Mozilla/5.0"),
            Some("30"),
        ),
        (
            Request::new("POST", "/").header("accept", HTML).body("a"),
            Some("30"),
        ),
        (accepting(JSON), None),
        (accepting(TEXT), None),
        (grpc(), None),
    ] {
        let response = envoy.fetch(&request);
        assert!(response.is_blocked(), "{request:?}");
        assert_eq!(response.header("refresh"), expected, "{request:?}");
    }
    let open = Request::get("/open").header("accept", HTML);
    assert_eq!(envoy.fetch(&open).header("refresh"), None);
}

#[test]
fn sessions_end_with_clear_site_data_and_expired_cookies_over_http() {
    let envoy = envoy(json!({
        "clear_site_data": ["cookies", "storage"],
        "expire_cookies": ["session", "cart"],
    }));
    let cookies = ["cart=; Path=/; Max-Age=0", "session=; Path=/; Max-Age=0"];
    for request in [
        accepting(HTML),
        accepting(JSON),
        Request::new("POST", "/").body("a"),
    ] {
        let request = request.header("x-forwarded-proto", "https");
        let response = envoy.fetch(&request);
        let types = response.header("clear-site-data");
        assert_eq!(types, Some("\"cookies\", \"storage\""), "{request:?}");
        assert_eq!(all(&response, "set-cookie"), cookies, "{request:?}");
    }
    let open = envoy.get("/open");
    assert_eq!(open.header("clear-site-data"), None);
    assert_eq!(open.header("set-cookie"), None);
}

#[test]
fn expired_cookies_are_secure_just_over_https() {
    let mut options = Options::new(configuration(
        json!({"expire_cookies": ["session", "cart"]}),
    ));
    options.connection_manager = json!({"use_remote_address": false});
    let envoy = Envoy::with(options);
    for (proto, secure) in [(Some("https"), 1), (Some("http"), 0), (None, 0)] {
        let mut request = Request::get("/");
        if let Some(proto) = proto {
            request = request.header("x-forwarded-proto", proto);
        }
        let response = envoy.fetch(&request);
        let cookies = all(&response, "set-cookie");
        assert_eq!(cookies.len(), 2, "{proto:?}");
        for (cookie, name) in cookies.into_iter().zip(["cart=", "session="]) {
            let mut parts: Vec<&str> = cookie.split("; ").collect();
            parts[1..].sort_unstable();
            let expected = [name, "Max-Age=0", "Path=/", "Secure"];
            assert_eq!(parts, expected[..3 + secure], "{proto:?}");
        }
        assert_eq!(response.header("clear-site-data"), None);
    }
}

#[test]
fn nobody_is_to_retry_unless_configured_otherwise() {
    for (response, forbidden) in [
        (json!({}), Some("true")),
        (json!({"no_retry": true}), Some("true")),
        (json!({"no_retry": false}), None),
    ] {
        let envoy = envoy(response);
        for request in [
            accepting(HTML),
            accepting(JSON),
            Request::new("PUT", "/").body("a"),
        ] {
            let blocked = envoy.fetch(&request);
            assert!(blocked.is_blocked());
            assert_eq!(blocked.header("x-envoy-ratelimited"), forbidden);
            assert_eq!(blocked.header("grpc-retry-pushback-ms"), None);
        }
        for response in grpc_calls(&envoy) {
            assert_eq!(response.header("grpc-status"), Some("14"));
            let pushback = response.header("grpc-retry-pushback-ms");
            assert_eq!(pushback, forbidden.map(|_| "-1"));
        }
        assert_eq!(envoy.get("/open").header("x-envoy-ratelimited"), None);
    }
}

#[test]
fn no_configured_header_replaces_the_status_of_grpc() {
    let envoy = envoy(json!({
        "message": "Back at 6",
        "headers": {"grpc-status": "0", "Grpc-Message": "fine", "x-extra": "kept"},
    }));
    for response in grpc_calls(&envoy) {
        assert_eq!(response.header("grpc-status"), Some("14"));
        let message = response.header("grpc-message").unwrap().replace("%20", " ");
        assert_eq!(message, "Back at 6");
        assert_eq!(response.header("x-extra"), Some("kept"));
    }
}

#[test]
fn the_response_of_a_rule_has_keys_of_its_own_and_the_global_ones() {
    let mut configuration = configuration(json!({"refresh": 30, "clear_site_data": ["cookies"]}));
    configuration["rules"] = json!([{
        "name": "shop",
        "match": {"paths": ["/shop/*"]},
        "response": {"refresh": 5, "expire_cookies": ["cart"], "no_retry": false},
    }]);
    let envoy = Envoy::start(configuration);
    for (path, refresh, cookies, ratelimited) in
        [("/shop/a", "5", 1, None), ("/a", "30", 0, Some("true"))]
    {
        let response = envoy.fetch(&Request::get(path).header("accept", HTML));
        assert_eq!(response.header("refresh"), Some(refresh), "{path}");
        assert_eq!(response.header("clear-site-data"), Some("\"cookies\""));
        assert_eq!(all(&response, "set-cookie").len(), cookies, "{path}");
        assert_eq!(
            response.header("x-envoy-ratelimited"),
            ratelimited,
            "{path}"
        );
    }
}

#[test]
fn what_would_break_the_reply_is_refused_with_its_path() {
    let cases = [
        (
            json!({"headers": {"x-a": "b\r\nset-cookie: c=d"}}),
            "response.headers.x-a:",
        ),
        (json!({"headers": {"x-a": "b\n"}}), "response.headers.x-a:"),
        (json!({"headers": {"x-a": "b\r"}}), "response.headers.x-a:"),
        (
            json!({"headers": {"x-a": "b\u{0}"}}),
            "response.headers.x-a:",
        ),
        (json!({"headers": {"x-a\r\nb": "c"}}), "response.headers."),
        (
            json!({"expire_cookies": ["a", "b=c; Domain=d"]}),
            "response.expire_cookies[1]:",
        ),
        (
            json!({"expire_cookies": [""]}),
            "response.expire_cookies[0]:",
        ),
        (
            json!({"clear_site_data": ["cookies\""]}),
            "response.clear_site_data[0]:",
        ),
        (
            json!({"retry_after_jitter": -1}),
            "response.retry_after_jitter:",
        ),
        (json!({"refresh": 1.5}), "response.refresh:"),
        (json!({"no_retry": "yes"}), "response.no_retry:"),
        (json!({"redirect": "/status"}), "response.redirect:"),
        (
            json!({"redirect": "javascript:alert(1)"}),
            "response.redirect:",
        ),
        (
            json!({"redirect": "https://a.example/\r\nb: c"}),
            "response.redirect:",
        ),
        (
            json!({"cors": {"allow_origins": ["*"], "allow_credentials": true}}),
            "response.cors",
        ),
        (
            json!({"cors": {"allow_origins": ["https://a.example\r\nb: c"]}}),
            "response.cors.allow_origins[0]:",
        ),
    ];
    let texts = cases
        .each_ref()
        .map(|(response, _)| configuration(response.clone()).to_string());
    let logs = Envoy::refusals(texts.iter().map(String::as_str));
    for ((response, culprit), log) in cases.into_iter().zip(logs) {
        let line = only_line(&log);
        let prefix = format!("maintenance-mode: {culprit}");
        assert!(line.contains(&prefix), "{response}: {line}");
    }
}
