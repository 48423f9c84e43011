//! What the headers of a request hold harms nobody and opens nothing.

use serde_json::{Value, json};
use support::{Envoy, Options, Request, TOKEN, admin};

use super::{assert_shut, http2, on};

/// An Envoy whose filter reads every header it can, and whose reply repeats one.
fn reads_all_headers() -> Envoy {
    let entry = |name: &str| json!({"name": name, "regex": "(?s)z+|z.*z"});
    let headers: Vec<Value> = READ_HEADERS
        .iter()
        .filter(|name| **name != "host")
        .map(|name| entry(name))
        .collect();
    let Options { configuration, .. } = on(json!({
        "client_ips": ["10.0.0.1"],
        "paths": ["/healthz"],
        "hosts": ["shop.example.com", "*.apps.example.com"],
        "methods": ["TRACE"],
        "headers": headers,
        "cookies": [entry("session")],
        "attributes": [{"path": ["request", "headers", "x-listed"], "exact": "staff"}],
    }));
    let mut configuration: Value = serde_json::from_str(&configuration).unwrap();
    configuration["response"] = json!({"json": "{\"id\": \"{{request_id}}\"}"});
    configuration["admin"] = admin();
    Envoy::start(configuration)
}

const READ_HEADERS: [&str; 13] = [
    "accept",
    "user-agent",
    "cookie",
    "host",
    "authorization",
    "if-match",
    "x-request-id",
    "content-type",
    "sec-fetch-dest",
    "origin",
    "x-forwarded-for",
    "x-forwarded-proto",
    "x-listed",
];

#[test]
fn bytes_that_are_no_utf8_do_no_harm_in_any_header() {
    let envoy = reads_all_headers();
    let values: [&[u8]; 5] = [
        b"\xff\xfe",
        b"session=\xff\xfe; \xff=b",
        b"text/html;q=\xff, \xfe/\xff",
        b"\"\xed\xa0\x80\"",
        b"Bearer \xff",
    ];
    for name in READ_HEADERS {
        for value in values {
            let response = envoy.fetch(&Request::get("/").header(name, value));
            assert_shut(&envoy, &response, &format!("{name}: {value:?}"));
            let call = Request::new("POST", "/maintenance-mode/off").header(name, value);
            let refused = envoy.fetch(&call).status;
            assert!(matches!(refused, 400 | 401), "{name}: {value:?}: {refused}");
        }
    }
    let id = Request::get("/").header("x-request-id", b"a\"\xff\xfe");
    let reply = envoy.fetch(&id.header("accept", "application/json"));
    assert!(reply.json()["id"].is_string(), "{}", reply.text());
    assert!(envoy.metric("blocked") > 50);
    assert_eq!(envoy.metric("errors"), 0);
}

#[test]
fn bytes_that_are_no_utf8_do_no_harm_to_a_caller_with_a_token() {
    let envoy = Envoy::start(json!({"initial": "on", "admin": admin()}));
    for name in READ_HEADERS.into_iter().filter(|name| *name != "host") {
        let call = Request::get("/maintenance-mode").header(name, b"\xff\xfe");
        let with_token = call.header("authorization", format!("Bearer {TOKEN}"));
        let status = envoy.fetch(&with_token).status;
        // Two lines of `authorization` are one value, and that is no token.
        let expected = if name == "authorization" { 401 } else { 200 };
        assert_eq!(status, expected, "{name}");
    }
}

#[test]
fn huge_headers_do_no_harm() {
    let envoy = reads_all_headers();
    for name in READ_HEADERS.into_iter().filter(|name| *name != "host") {
        for unit in ["ab", "a=b; ", "text/*;q=0.1,", "session=", "\"", "%2e"] {
            let value = unit.repeat(50 * 1024 / unit.len());
            let response = envoy.fetch(&Request::get("/").header(name, value));
            assert!(
                response.is_blocked(),
                "{name}: {unit}… gave {}",
                response.status
            );
        }
    }
    let many = (0..90).fold(Request::get("/"), |request, _| {
        request.header("x-listed", "a")
    });
    assert_shut(&envoy, &envoy.fetch(&many), "90 lines");
    let path = format!("/healthz/{}", "%41../".repeat(8 * 1024));
    assert_shut(&envoy, &envoy.get(&path), "a path of 48 kB");
}

#[test]
fn two_hosts_are_none_of_the_allowed_ones() {
    let envoy = Envoy::with(on(json!({"hosts": ["shop.example.com"]})));
    for hosts in [
        &["test.example", "shop.example.com"][..],
        &["shop.example.com", "test.example"],
        &["shop.example.com", "shop.example.com"],
        &["test.example, shop.example.com"],
        &["test.example@shop.example.com"],
        &["shop.example.com@test.example"],
        &["shop.example.com:80:80"],
        &["shop.example.com:x"],
        &[""],
    ] {
        let request = hosts.iter().fold(Request::get("/"), |request, host| {
            request.header("host", host)
        });
        assert_shut(&envoy, &envoy.fetch(&request), &format!("{hosts:?}"));
    }
    let absolute = b"GET http://test.example/ HTTP/1.1\r\nhost: shop.example.com\r\n\r\n";
    assert_shut(&envoy, &envoy.send(absolute), "absolute-form");
    let forwarded = Request::get("/").header("x-forwarded-host", "shop.example.com");
    assert_shut(&envoy, &envoy.fetch(&forwarded), "x-forwarded-host");
    for name in [":authority", "host"] {
        let fields = [
            (":method", "GET"),
            (":path", "/"),
            (name, "shop.example.com"),
        ];
        http2::fetch(&envoy, &fields.map(http2::bytes));
        assert_eq!(envoy.upstream.requests(), 0, "{name}");
    }
}

/// Proxies and servers drop users, ports and dots in their own ways.
#[test]
fn no_spelling_of_a_host_gets_round_a_block() {
    let rules = json!([{
        "name": "closed", "action": "block",
        "match": {"hosts": ["shop.example.com", "*.apps.example.com"]},
    }]);
    let envoy = Envoy::start(json!({"mode": "off", "rules": rules}));
    let long = format!("{}.example", "a".repeat(9000));
    for host in [
        "shop.example.com",
        "SHOP.example.com:8443",
        "shop.example.com.",
        "shop.example.com..",
        "shop.example.com:abc",
        "shop.example.com:80:80",
        "shop.example.com.:80x",
        "u@shop.example.com",
        "u:p@shop.example.com:x",
        ".shop.example.com",
        "u@a.apps.example.com:x",
        "a.apps.example.com..:1",
        &long,
    ] {
        let response = envoy.fetch(&Request::get("/").header("host", host));
        assert!(!response.is_upstream(), "{host}");
    }
    assert_eq!(envoy.upstream.requests(), 0);
    for host in [
        "example.com",
        "apps.example.com",
        "shop.example.com.test.example",
    ] {
        let response = envoy.fetch(&Request::get("/").header("host", host));
        assert!(response.is_upstream(), "{host}");
    }
}

/// `*.apps.example.com` stands for labels: whoever reads one of these reads another host.
#[test]
fn what_is_no_host_name_matches_no_wildcard() {
    let envoy = Envoy::with(on(json!({"hosts": ["*.apps.example.com"]})));
    let shut_out = |hosts: &[&str]| {
        let request = hosts.iter().fold(Request::get("/"), |request, host| {
            request.header("host", host)
        });
        !envoy.fetch(&request).is_upstream()
    };
    let let_through: Vec<_> = [
        &["test.example", "a.apps.example.com"][..],
        &["test.example,a.apps.example.com"],
        &["test.example@a.apps.example.com"],
        &["test.example:80.apps.example.com"],
        &["test.example/.apps.example.com"],
        &["test.example#.apps.example.com"],
        &["test.example?.apps.example.com"],
        &["[::1].apps.example.com"],
        &["..apps.example.com"],
        &["%2f.apps.example.com"],
        &["\u{e9}.apps.example.com"],
    ]
    .into_iter()
    .filter(|hosts| !shut_out(hosts))
    .collect();
    assert!(let_through.is_empty(), "{let_through:?}");
}

#[test]
fn repeated_headers_and_cookies_make_no_entry_match_that_none_of_them_is() {
    let envoy = Envoy::with(on(json!({
        "headers": [{"name": "x-role", "exact": "staff"}, {"name": "x-key", "regex": "[a-z]+"}],
        "cookies": [{"name": "beta", "exact": "1"}],
    })));
    for lines in [
        &[("x-role", "guest"), ("x-role", "staff")][..],
        &[("x-role", "staff"), ("x-role", "guest")],
        &[("x-role", "staff"), ("x-role", "staff")],
        &[("x_role", "staff"), ("x-role", "")],
        &[("x-key", "a"), ("x-key", "b")],
        &[("x-key", "a\tb")],
        &[("cookie", "beta"), ("cookie", "=1")],
        &[("cookie", "beta=2"), ("cookie", "beta=11")],
        &[("cookie", "a=\"beta=1\"")],
        &[("cookie", "xbeta=1; Beta=1; beta%3D1")],
        &[("x-cookie", "beta=1"), ("set-cookie", "beta=1")],
    ] {
        let request = lines
            .iter()
            .fold(Request::get("/"), |request, (name, value)| {
                request.header(name, value)
            });
        assert_shut(&envoy, &envoy.fetch(&request), &format!("{lines:?}"));
    }
    let beta = Request::get("/").header("cookie", "beta=2; beta=1");
    assert!(envoy.fetch(&beta).is_upstream());
}
