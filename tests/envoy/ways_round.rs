//! Nobody gets past: requests that try to look like those of `allow`.

mod headers;
mod http2;
mod normalised;

use serde_json::{Value, json};
use support::{Connection, Envoy, Options, Request, Response, fetch_http2};

/// Maintenance is on, but for `allow`. Envoy normalises no path.
fn on(allow: Value) -> Options {
    Options {
        connection_manager: json!({
            "use_remote_address": true,
            "normalize_path": false,
            "merge_slashes": false,
            "path_with_escaped_slashes_action": "KEEP_UNCHANGED",
        }),
        ..Options::new(json!({"mode": "on", "allow": allow}))
    }
}

fn some_paths() -> Envoy {
    Envoy::with(on(json!({"paths": [
        "/healthz",
        "/static/*",
        {"regex": "/v[12]/.*"},
        {"suffix": ".css"},
    ]})))
}

/// Blocked by the filter, or refused by Envoy before it; the upstream saw nothing.
fn assert_shut(envoy: &Envoy, response: &Response, what: &str) {
    assert!(
        response.is_blocked() || (400..500).contains(&response.status),
        "{what:?} gave {response:?}"
    );
    assert_eq!(envoy.upstream.requests(), 0, "{what:?}");
}

/// A request with these bytes as its target.
fn raw(target: &[u8]) -> Vec<u8> {
    [b"GET ", target, b" HTTP/1.1\r\nhost: test.example\r\n\r\n"].concat()
}

/// These the filter itself must block: Envoy lets them through to it.
#[test]
fn a_path_that_is_not_canonical_is_blocked() {
    let envoy = some_paths();
    let targets = [
        "/static/../admin",
        "/static/..",
        "/static/.",
        "/./healthz",
        "/admin/../healthz",
        "/v1/../admin",
        "/static/%2e%2e/admin",
        "/static/.%2E/admin",
        "/static/%2e/a",
        "/static%2F..%2Fadmin",
        "/static/a%2fb",
        "/static%2fa",
        "/%2Fhealthz",
        "//healthz",
        "/static//a",
        "/static/a//",
        "//test.example/healthz",
        "/healthz;a=b",
        "/static/a;b",
        "/static/..;/admin",
        "/admin;/a.css",
        "/static/%3Ba",
        "/static\\..\\admin",
        "/static/a\\b",
        "/static/..%5cadmin",
        "/static/%5C",
        "/healthz%00",
        "/admin%00.css",
        "/static/%0d%0ax",
        "/admin%0a.css",
        "/static/%1F",
        "/static/%7f",
        "/static/%252e%252e/admin",
        "/static/%252F",
        "/static/%25",
        "/static/%",
        "/static/%2",
        "/static/%zz",
        "/static/%%2e",
        "/static/%2%65",
        "/static/%u002e",
        "/health%7A",
        "/%68ealthz",
        "/static/%41",
        "/static/%7E",
        "/a%2ecss",
    ];
    for target in targets {
        let response = envoy.send(raw(target.as_bytes()));
        assert!(response.is_blocked(), "{target} gave {response:?}");
        assert_eq!(envoy.upstream.requests(), 0, "{target}");
    }
    assert_eq!(envoy.metric("blocked"), targets.len() as u64);
}

#[test]
fn a_path_that_only_looks_like_an_entry_is_blocked() {
    let envoy = some_paths();
    for target in [
        "/admin?/healthz",
        "/admin?x=/static/a.css",
        "/admin?a.css",
        "/?/v1/a",
        "/Healthz",
        "/STATIC/a",
        "/V1/a",
        "/a.CSS",
        "/healthz/",
        "/healthz/admin",
        "/staticx",
        "/admin/static/a",
        "/admin/v1/a",
        "/a.css/admin",
        "/healthz,/a",
    ] {
        let response = envoy.get(target);
        assert!(response.is_blocked(), "{target} gave {response:?}");
        assert_eq!(envoy.upstream.requests(), 0, "{target}");
    }
}

#[test]
fn a_target_that_is_no_path_is_shut_out() {
    let envoy = some_paths();
    for target in [
        &b""[..],
        b"*",
        b"healthz",
        b"\\healthz",
        b"?/healthz",
        b"#/healthz",
        b"/admin#/healthz",
        b"/healthz#",
        b"/admin#.css",
        b"http://test.example",
        b"http://test.example/",
        b"http://test.example?/healthz",
        b"http://test.example/admin",
        b"http://test.example//healthz",
        b"http://test.example/static/../admin",
        b"http://healthz",
        b"http:///healthz",
        b"http:/healthz",
        b"https://test.example/admin?/healthz",
        b"HTTP://test.example/admin",
        b"test.example:80",
        b"/static/ a",
        b"/admin /a.css",
        b"/static/\ta",
        b"/static/\x01",
        b"/static/\x7f",
        b"/healthz\0",
        b"/static/\r/../a",
        b"/static/\xff",
        b"/static/\xc3\xa9",
        b"/static/\xc0\xae\xc0\xae/admin",
        b"/admin\xff.css",
        b"/v1/\x80",
    ] {
        assert_shut(
            &envoy,
            &envoy.send(raw(target)),
            &String::from_utf8_lossy(target),
        );
    }
    for head in [
        "CONNECT test.example:443",
        "CONNECT /healthz",
        "OPTIONS *",
        "PRI *",
        "get /admin",
    ] {
        let bytes = format!("{head} HTTP/1.1\r\nhost: test.example\r\n\r\n");
        assert_shut(&envoy, &envoy.send(bytes), head);
    }
}

/// Without these, all other tests of this module could pass for the wrong reason.
#[test]
fn the_same_envoy_lets_the_entries_themselves_through() {
    let envoy = some_paths();
    let targets: [&[u8]; 5] = [
        b"/healthz",
        b"/static/%20a?../b",
        b"/v2/",
        b"/a.css",
        b"http://test.example/healthz",
    ];
    for (count, target) in (1..).zip(targets) {
        let response = envoy.send(raw(target));
        assert!(
            response.is_upstream(),
            "{:?} gave {response:?}",
            String::from_utf8_lossy(target)
        );
        assert_eq!(envoy.upstream.requests(), count);
    }
    let healthz = [(":method", "GET"), (":path", "/healthz")].map(http2::bytes);
    http2::fetch(&envoy, &healthz);
    assert_eq!(envoy.upstream.requests(), 6);
}

#[test]
fn no_kind_of_request_is_let_through_unseen() {
    let envoy = some_paths();
    for request in [
        Request::new("POST", "/").body("a=b"),
        Request::new("POST", "/healthz/").header("x-http-method-override", "GET"),
        Request::get("/").header("x-envoy-original-path", "/healthz"),
        Request::get("/").header("x-original-url", "/healthz"),
        Request::get("/").header("x-rewrite-url", "/healthz"),
        Request::get("/").header("x-forwarded-uri", "/healthz"),
        Request::get("/").header("x-maintenance-mode", "off"),
        Request::get("/")
            .header("connection", "upgrade")
            .header("upgrade", "websocket"),
    ] {
        let response = envoy.fetch(&request);
        assert!(response.is_blocked(), "{request:?} gave {response:?}");
    }
    let grpc = http::Request::post("http://test.example/pkg.Service/Call")
        .header("content-type", "application/grpc")
        .header("te", "trailers")
        .body("\0\0\0\0\0")
        .unwrap();
    assert!(fetch_http2(envoy.address, grpc).is_blocked());
    assert_eq!(envoy.upstream.requests(), 0);
}

const ADDRESS_HEADERS: [&str; 9] = [
    "x-forwarded-for",
    "x-real-ip",
    "forwarded",
    "x-client-ip",
    "true-client-ip",
    "cf-connecting-ip",
    "x-envoy-external-address",
    "x-envoy-peer-metadata",
    "x-cluster-client-ip",
];

#[test]
fn a_forged_address_does_not_get_past_the_client_ips() {
    let envoy = Envoy::with(on(
        json!({"client_ips": ["10.0.0.0/8", "::1", "127.0.0.9"]}),
    ));
    for name in ADDRESS_HEADERS {
        for address in [
            "10.0.0.1",
            "127.0.0.9",
            "::1",
            "10.0.0.1, 10.0.0.2",
            "10.0.0.1:80",
            "for=10.0.0.1",
            "for=\"[::1]:80\"",
            "127.0.0.1, 10.0.0.1",
        ] {
            let forged = Request::get("/")
                .header(name, address)
                .header(name, "10.0.0.1");
            let response = envoy.fetch(&forged);
            assert!(response.is_blocked(), "{forged:?} gave {response:?}");
        }
    }
    assert_eq!(envoy.upstream.requests(), 0);
    let all = ADDRESS_HEADERS
        .iter()
        .fold(Request::get("/"), |request, name| {
            request.header(name, "192.0.2.1")
        });
    let response = Connection::from("127.0.0.9", envoy.address).fetch(&all);
    assert!(response.is_upstream(), "{response:?}");
}
