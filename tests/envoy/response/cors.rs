//! `response.cors`.

use serde_json::json;
use support::{Envoy, Request, Response};

use super::{HTML, JSON, TEXT, accepting, configuration, envoy};

const APP: &str = "https://app.example.com";
const OTHER: &str = "http://localhost:8080";

/// All CORS headers, sorted.
fn cors(response: &Response) -> Vec<(&str, &str)> {
    let lines = response.headers.iter();
    let mut lines: Vec<(&str, &str)> = lines
        .filter(|(name, _)| name.starts_with("access-control-"))
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    lines.sort_unstable();
    lines
}

fn varies_by(response: &Response, name: &str) -> bool {
    let names = response.header("vary").unwrap_or_default().to_lowercase();
    names.split(',').any(|other| other.trim() == name)
}

fn preflight(origin: &str) -> Request {
    Request::new("OPTIONS", "/cart")
        .header("origin", origin)
        .header("access-control-request-method", "PUT")
}

#[test]
fn scripts_of_allowed_origins_may_read_the_reply() {
    for credentials in [false, true] {
        let envoy = envoy(json!({
            "cors": {"allow_origins": [APP, OTHER], "allow_credentials": credentials},
        }));
        for origin in [APP, OTHER] {
            for request in [
                accepting(HTML),
                accepting(JSON),
                accepting(TEXT),
                Request::new("POST", "/").body("a"),
                Request::new("OPTIONS", "/"),
            ] {
                let response = envoy.fetch(&request.header("origin", origin));
                assert_eq!(response.status, 503);
                let mut expected = vec![
                    ("access-control-allow-origin", origin),
                    (
                        "access-control-expose-headers",
                        "retry-after, x-maintenance-mode",
                    ),
                ];
                if credentials {
                    expected.insert(0, ("access-control-allow-credentials", "true"));
                }
                assert_eq!(cors(&response), expected);
                assert!(varies_by(&response, "origin") && varies_by(&response, "accept"));
                assert!(response.header("retry-after").is_some());
            }
        }
        let open = Request::get("/open").header("origin", APP);
        assert_eq!(cors(&envoy.fetch(&open)), []);
    }
}

#[test]
fn the_preflight_of_an_allowed_origin_is_answered_here() {
    let envoy = envoy(json!({
        "status": 599,
        "redirect": "https://status.example.com/",
        "cors": {"allow_origins": [APP], "allow_credentials": true},
    }));
    for (method, headers) in [
        ("PUT", None),
        ("DELETE", Some("x-a, content-type")),
        ("PROPFIND", Some("x-b")),
    ] {
        let mut request = Request::new("OPTIONS", "/cart")
            .header("accept", HTML)
            .header("origin", APP)
            .header("access-control-request-method", method);
        if let Some(headers) = headers {
            request = request.header("access-control-request-headers", headers);
        }
        let response = envoy.fetch(&request);
        assert_eq!(response.status, 204, "{method}");
        assert!(
            response.is_blocked() && response.body.is_empty(),
            "{method}"
        );
        for (name, value) in [
            ("access-control-allow-origin", Some(APP)),
            ("access-control-allow-credentials", Some("true")),
            ("access-control-allow-methods", Some(method)),
            ("access-control-allow-headers", headers),
            ("cache-control", Some("no-store")),
            ("location", None),
        ] {
            assert_eq!(response.header(name), value, "{method}");
        }
        assert!(varies_by(&response, "origin"), "{method}");
    }
    assert_eq!(envoy.upstream.requests(), 0);
    assert_eq!(envoy.metric("blocked"), 3);
}

#[test]
fn other_origins_get_none_of_it_and_no_preflight() {
    let envoy = envoy(json!({"cors": {"allow_origins": [APP], "allow_credentials": true}}));
    for origin in [
        "http://app.example.com",
        "https://app.example.com:8443",
        "https://app.example.com.evil.example",
        "https://evil.example",
        "https://app.example.com/",
        "HTTPS://APP.EXAMPLE.COM",
        "https://app.example.com, https://evil.example",
        "null",
        "*",
        "",
        "\u{ff}",
    ] {
        for request in [accepting(HTML).header("origin", origin), preflight(origin)] {
            let response = envoy.fetch(&request);
            assert_eq!(response.status, 503, "{origin}");
            assert_eq!(cors(&response), [], "{origin}");
            assert!(varies_by(&response, "origin"), "{origin}");
        }
    }
    let twice = accepting(JSON)
        .header("origin", "https://evil.example")
        .header("origin", APP);
    assert_eq!(cors(&envoy.fetch(&twice)), []);
    let without = accepting(JSON);
    assert_eq!(cors(&envoy.fetch(&without)), []);
    assert_eq!(envoy.fetch(&preflight(APP)).status, 204);
    assert_eq!(envoy.upstream.requests(), 0);
}

#[test]
fn an_entry_means_what_browsers_send_however_it_is_written() {
    let envoy = envoy(json!({"cors": {
        "allow_origins": ["HTTPS://App.Example.com:443", "https://*.shop.example.com"],
        "allow_credentials": true,
    }}));
    for (origin, is_allowed) in [
        (APP, true),
        ("https://a.shop.example.com", true),
        ("https://a.b-c.shop.example.com", true),
        ("HTTPS://App.Example.com:443", false),
        ("https://app.example.com:443", false),
        ("https://shop.example.com", false),
        ("https://.shop.example.com", false),
        ("https://A.shop.example.com", false),
        ("https://a.shop.example.com:8443", false),
        ("https://evil.example/.shop.example.com", false),
        ("https://evil.example:80.shop.example.com", false),
        ("https://u@a.shop.example.com", false),
        ("https://a.shop.example.com.evil.example", false),
        ("http://a.shop.example.com", false),
    ] {
        let response = envoy.fetch(&accepting(JSON).header("origin", origin));
        let allowed = response.header("access-control-allow-origin");
        assert_eq!(allowed, is_allowed.then_some(origin), "{origin}");
        let status = if is_allowed { 204 } else { 503 };
        assert_eq!(envoy.fetch(&preflight(origin)).status, status, "{origin}");
    }
}

/// Envoy makes a gRPC answer of each reply to such a content type; to a browser it is a success.
#[test]
fn a_preflight_with_the_content_type_of_grpc_succeeds() {
    let envoy = envoy(json!({"cors": {"allow_origins": [APP]}}));
    for content_type in ["application/grpc", "application/grpc+proto"] {
        let response = envoy.fetch(&preflight(APP).header("content-type", content_type));
        assert_eq!(
            (response.status, response.header("grpc-status")),
            (200, Some("0"))
        );
        let allowed = response.header("access-control-allow-methods");
        assert_eq!(allowed, Some("PUT"));
        assert_eq!(response.header("access-control-allow-origin"), Some(APP));
        let other = preflight("https://evil.example").header("content-type", content_type);
        assert_eq!(envoy.fetch(&other).header("grpc-status"), Some("14"));
    }
    let web = preflight(APP).header("content-type", "application/grpc-web+proto");
    assert_eq!(envoy.fetch(&web).status, 204);
}

#[test]
fn without_cors_no_origin_is_allowed() {
    let envoy = envoy(json!({}));
    for request in [accepting(JSON).header("origin", APP), preflight(APP)] {
        let response = envoy.fetch(&request);
        assert_eq!(response.status, 503);
        assert_eq!(cors(&response), []);
    }
}

#[test]
fn a_star_allows_every_origin() {
    let envoy = envoy(json!({"cors": {"allow_origins": ["*"]}}));
    for origin in [APP, "https://any.example", "null"] {
        for request in [accepting(JSON).header("origin", origin), preflight(origin)] {
            let response = envoy.fetch(&request);
            let allowed = response.header("access-control-allow-origin").unwrap();
            assert!(["*", origin].contains(&allowed), "{origin}: {allowed}");
            assert_eq!(response.header("access-control-allow-credentials"), None);
        }
        assert_eq!(envoy.fetch(&preflight(origin)).status, 204, "{origin}");
    }
    assert_eq!(cors(&envoy.get("/")), []);
}

#[test]
fn a_preflight_that_is_allowed_or_comes_while_off_goes_to_the_upstream() {
    let mut configuration = configuration(json!({"cors": {"allow_origins": [APP]}}));
    configuration["allow"] = json!({"paths": ["/cart"]});
    let envoy = Envoy::start(configuration);
    assert!(envoy.fetch(&preflight(APP)).is_upstream());
    let elsewhere = Request::new("OPTIONS", "/")
        .header("origin", APP)
        .header("access-control-request-method", "PUT");
    assert_eq!(envoy.fetch(&elsewhere).status, 204);
    envoy.toggle(false);
    assert!(envoy.fetch(&elsewhere).is_upstream());
}

#[test]
fn a_preflight_that_asks_for_junk_does_no_harm() {
    let envoy = envoy(json!({"cors": {"allow_origins": [APP]}}));
    let long = "x-a, ".repeat(2000);
    for junk in [&b""[..], b"\xff\xfe", b"\"", b"a\tb", long.as_bytes()] {
        let request = Request::new("OPTIONS", "/")
            .header("origin", APP)
            .header("access-control-request-method", junk)
            .header("access-control-request-headers", junk)
            .header("access-control-request-headers", junk);
        let response = envoy.fetch(&request);
        assert_eq!(response.status, 204, "{}", String::from_utf8_lossy(junk));
        assert!(response.is_blocked());
    }
    assert_eq!(envoy.metric("errors"), 0);
    assert_eq!(envoy.upstream.requests(), 0);
}
