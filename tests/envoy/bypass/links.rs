//! `GET P/bypass`.

use http::Request as Http2Request;
use serde_json::json;
use support::{ADMIN, Envoy, Options, Request, Response, admin_request, fetch_http2};

use super::{COOKIE, configuration, link, mint, passes, start, text, token};

/// The parts of the cookie, sorted but for the first.
fn cookie(response: &Response) -> Option<Vec<&str>> {
    let mut parts: Vec<&str> = response.header("set-cookie")?.split("; ").collect();
    parts[1..].sort_unstable();
    Some(parts)
}

#[test]
fn a_token_that_holds_becomes_a_cookie_that_lets_pass_until_it_expires() {
    let envoy = start();
    for ttl in [60, 43_200] {
        let token = text(&mint(&envoy, &format!("name=qa&ttl={ttl}"))["token"]);
        let response = envoy.fetch(&link(&token));
        assert_eq!(response.status, 303);
        assert_eq!(response.header("location"), Some("/"));
        assert_eq!(response.header("cache-control"), Some("no-store"));
        assert!(!response.is_blocked() && response.body.is_empty());
        let parts = cookie(&response).unwrap();
        let [pair, "HttpOnly", max_age, "Path=/", "SameSite=Lax"] = parts[..] else {
            panic!("{parts:?}");
        };
        let max_age: i64 = max_age.strip_prefix("Max-Age=").unwrap().parse().unwrap();
        assert!((ttl - 5..=ttl).contains(&max_age), "{max_age} of {ttl}");
        assert_eq!(pair, format!("{COOKIE}={token}"));
        assert!(passes(&envoy, &Request::get("/").header("cookie", pair)));
    }
    assert_eq!(envoy.metric("admin_denied"), 0);
    assert_eq!(envoy.upstream.requests(), 2);
}

#[test]
fn a_domain_gives_the_cookie_to_all_its_hosts() {
    let mut configuration = configuration();
    configuration["bypass"]["domain"] = "Example.com".into();
    let envoy = Envoy::start(configuration);
    let response = envoy.fetch(&link(&token(&envoy)));
    let parts = cookie(&response).unwrap();
    let [
        _,
        "Domain=example.com",
        "HttpOnly",
        _,
        "Path=/",
        "SameSite=Lax",
    ] = parts[..]
    else {
        panic!("{parts:?}");
    };
    assert!(passes(
        &envoy,
        &Request::get("/").header("cookie", parts[0])
    ));
}

#[test]
fn a_token_that_does_not_hold_gets_the_same_answer_without_the_cookie() {
    let envoy = start();
    let good = token(&envoy);
    let follow = |token: &str, next: &str| {
        let mut response = envoy.fetch(&link(&format!("{token}{next}")));
        response.headers.retain(|(name, _)| name != "date");
        response
    };
    for next in ["", "&next=/a", "&next=//evil.example"] {
        let mut expected = follow(&good, next);
        expected.headers.retain(|(name, _)| name != "set-cookie");
        for bad in ["", "x", &good[1..], &good[..good.len() - 1], "%00"] {
            let response = follow(bad, next);
            assert_eq!(response.status, 303, "{bad}{next}");
            assert_eq!(response.headers, expected.headers, "{bad}{next}");
            assert!(response.body.is_empty() && expected.body.is_empty());
        }
    }
    let bare = envoy.get(&format!("{ADMIN}/bypass"));
    assert_eq!((bare.status, bare.header("location")), (303, Some("/")));
    assert_eq!(bare.header("set-cookie"), None);
}

#[test]
fn next_is_a_path_on_this_host_and_anything_else_leads_home() {
    let envoy = start();
    let token = token(&envoy);
    for (next, location) in [
        ("/", "/"),
        ("/cart", "/cart"),
        ("/cart?a=b%26c=d", "/cart?a=b&c=d"),
        ("/cart%3Fa%3Db%23top", "/cart?a=b#top"),
        ("/a//b", "/a//b"),
        ("/caf%C3%A9", "/caf%C3%A9"),
        ("/a%20b", "/a%20b"),
        ("%2Fcart", "/cart"),
        ("/http://host", "/http://host"),
        ("", "/"),
        ("cart", "/"),
        (".", "/"),
        ("//host", "/"),
        ("///host", "/"),
        ("//", "/"),
        ("%2F%2Fhost", "/"),
        ("/%2Fhost", "/"),
        ("%2f/host", "/"),
        ("/\\host", "/"),
        ("\\/host", "/"),
        ("\\\\host", "/"),
        ("/%5Chost", "/"),
        ("%5C%5Chost", "/"),
        ("/%09/host", "/"),
        ("/%09%5Chost", "/"),
        ("%09//host", "/"),
        ("/%0a/host", "/"),
        ("/%0d%0a/host", "/"),
        ("/a%0d%0aset-cookie:%20a=b", "/"),
        ("/%00/host", "/"),
        ("/%7F/host", "/"),
        ("%20//host", "/"),
        ("/%C2%85/host", "/"),
        ("https://host/", "/"),
        ("https:host", "/"),
        ("http:%2F%2Fhost", "/"),
        ("javascript:alert(1)", "/"),
        ("user@host", "/"),
        ("?a", "/"),
        ("%23a", "/"),
    ] {
        let response = envoy.fetch(&link(&format!("{token}&next={next}")));
        assert_eq!(response.status, 303, "{next}");
        assert_eq!(response.header("location"), Some(location), "{next}");
        assert!(cookie(&response).is_some(), "{next}");
    }
    for query in ["/a&next=//host", "//host&next=/a"] {
        let response = envoy.fetch(&link(&format!("{token}&next={query}")));
        assert_eq!(response.header("location"), Some("/"), "{query}");
    }
    let next_first = envoy.get(&format!("{ADMIN}/bypass?next=/a&token={token}"));
    assert_eq!(next_first.header("location"), Some("/a"));
    assert!(cookie(&next_first).is_some());
}

#[test]
fn a_malformed_token_changes_nothing_about_next_and_a_malformed_next_nothing_about_the_cookie() {
    let envoy = start();
    let token = token(&envoy);
    for malformed in ["%ff", "%", "%zz"] {
        let response = envoy.fetch(&link(&format!("{token}&next=/{malformed}")));
        assert_eq!(response.status, 303, "{malformed}");
        assert_eq!(response.header("location"), Some("/"), "{malformed}");
        assert!(cookie(&response).is_some(), "next=/{malformed}");
    }
    for malformed in ["%ff", "%", "%zz"] {
        let response = envoy.fetch(&link(&format!("{malformed}&next=/a")));
        assert_eq!(response.status, 303, "{malformed}");
        assert_eq!(cookie(&response), None, "{malformed}");
        assert_eq!(response.header("location"), Some("/a"), "token={malformed}");
    }
}

#[test]
fn the_cookie_is_secure_and_the_url_https_just_where_envoy_takes_the_client_to_have_come_so() {
    let overwritten = json!({"scheme_header_transformation": {"scheme_to_overwrite": "https"}});
    for (manager, forwarded_proto, is_https) in [
        (json!({"use_remote_address": false}), Some("https"), true),
        (json!({"use_remote_address": false}), Some("http"), false),
        (json!({"use_remote_address": false}), None, false),
        (json!({"use_remote_address": true}), Some("https"), false),
        (overwritten, None, true),
    ] {
        let mut options = Options::new(configuration());
        options.connection_manager = manager.clone();
        let envoy = Envoy::with(options);
        let fetch = |request: Request| match forwarded_proto {
            Some(proto) => envoy.fetch(&request.header("x-forwarded-proto", proto)),
            None => envoy.fetch(&request),
        };
        let minted = fetch(admin_request("POST", "bypass?name=qa")).json();
        let scheme = if is_https { "https" } else { "http" };
        let start = format!("{scheme}://test.example{ADMIN}/bypass?token=");
        assert!(
            text(&minted["url"]).starts_with(&start),
            "{manager} {minted}"
        );
        let response = fetch(link(&text(&minted["token"])));
        let parts = cookie(&response).unwrap();
        let is_secure = parts.contains(&"Secure");
        assert_eq!(is_secure, is_https, "{manager} {forwarded_proto:?}");
        assert_eq!(parts.len(), 5 + usize::from(is_https), "{parts:?}");
    }
}

#[test]
fn the_link_works_over_http2_and_while_off() {
    let envoy = start();
    let token = token(&envoy);
    envoy.toggle(false);
    let url = format!("http://test.example{ADMIN}/bypass?token={token}&next=/a");
    let request = Http2Request::get(url).body("").unwrap();
    let response = fetch_http2(envoy.address, request);
    assert_eq!(response.status, 303);
    assert_eq!(response.header("location"), Some("/a"));
    assert!(cookie(&response).is_some());
    assert_eq!(envoy.upstream.requests(), 0);
}

#[test]
fn the_cookie_has_the_configured_name() {
    let mut configuration = configuration();
    configuration["bypass"]["cookie"] = "let-me-in".into();
    let envoy = Envoy::start(configuration);
    let token = token(&envoy);
    let response = envoy.fetch(&link(&token));
    let parts = cookie(&response).unwrap();
    assert_eq!(parts[0], format!("let-me-in={token}"));
    assert!(passes(
        &envoy,
        &Request::get("/").header("cookie", parts[0])
    ));
    assert!(!passes(&envoy, &super::with_cookie(&token)));
    assert!(passes(&envoy, &super::with_header(&token)));
}
