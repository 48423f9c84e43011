//! A blocked request never reaches the upstream, in any protocol.

use h2::ext::Protocol;
use http::Request as Http2Request;
use serde_json::{Value, json};
use support::{Connection, Envoy, Options, Request, Response, admin, fetch_all_http2, fetch_http2};

/// The host that `allow` names, and one that it does not.
const OPEN: &str = "open.example";
const SHUT: &str = "shut.example";

const MESSAGE: &str = "100% zurück um \"6\"";

/// An Envoy in maintenance that also takes HTTP/1.0 and unknown methods.
fn envoy(response: Value) -> Envoy {
    let mut options = Options::new(json!({
        "initial": "on",
        "allow": {"hosts": [OPEN]},
        "admin": admin(),
        "response": response,
    }));
    options.connection_manager = json!({
        "use_remote_address": true,
        "http_protocol_options": {"accept_http_10": true, "allow_custom_methods": true},
    });
    Envoy::with(options)
}

/// What `send` sends to a host is blocked, and passes to an allowed host and while off.
fn assert_only_blocked<T>(envoy: &Envoy, cases: &[T], send: impl Fn(&T, &str) -> Response)
where
    T: std::fmt::Debug,
{
    let mut passed = envoy.upstream.requests();
    let mut assert_passes = |case, host| {
        let response = send(case, host);
        assert!(response.is_upstream(), "{case:?}: {response:?}");
        passed += 1;
        assert_eq!(envoy.upstream.requests(), passed, "{case:?}");
    };
    for case in cases {
        let before = envoy.upstream.requests();
        let response = send(case, SHUT);
        assert!(response.is_blocked(), "{case:?}: {response:?}");
        assert_eq!(envoy.upstream.requests(), before, "{case:?}");
        assert_passes(case, OPEN);
    }
    envoy.toggle(false);
    for case in cases {
        assert_passes(case, SHUT);
    }
}

#[test]
fn no_method_of_http1_reaches_the_upstream() {
    let methods = [
        "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "PURGE",
        "BREW", "get",
    ];
    let envoy = envoy(json!({}));
    assert_only_blocked(&envoy, &methods, |method, host| {
        envoy.fetch(&Request::new(method, "/").header("host", host))
    });
}

#[test]
fn no_request_of_http1_reaches_the_upstream_whatever_its_framing() {
    let large = format!("content-length: 1000000\r\n\r\n{}", "a".repeat(1_000_000));
    let requests = [
        "POST / HTTP/1.1\r\nhost: {}\r\ncontent-length: 5\r\n\r\nhello".to_owned(),
        "POST / HTTP/1.1\r\nhost: {}\r\ncontent-length: 0\r\n\r\n".to_owned(),
        "GET / HTTP/1.1\r\nhost: {}\r\ncontent-length: 5\r\n\r\nhello".to_owned(),
        format!("PUT / HTTP/1.1\r\nhost: {{}}\r\n{large}"),
        "POST / HTTP/1.1\r\nhost: {}\r\ntransfer-encoding: chunked\r\n\r\n\
         5\r\nhello\r\n0\r\n\r\n"
            .to_owned(),
        "POST / HTTP/1.1\r\nhost: {}\r\nexpect: 100-continue\r\ncontent-length: 5\r\n\r\nhello"
            .to_owned(),
        "GET http://{}/ HTTP/1.1\r\nhost: {}\r\n\r\n".to_owned(),
        "GET / HTTP/1.0\r\nhost: {}\r\n\r\n".to_owned(),
        "POST / HTTP/1.0\r\nhost: {}\r\ncontent-length: 5\r\n\r\nhello".to_owned(),
        "GET / HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n".to_owned(),
        "GET /chat HTTP/1.1\r\nhost: {}\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
         sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
            .to_owned(),
        "GET / HTTP/1.1\r\nhost: {}\r\nconnection: upgrade, http2-settings\r\nupgrade: h2c\r\n\
         http2-settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n\r\n"
            .to_owned(),
        "CONNECT {}:443 HTTP/1.1\r\nhost: {}:443\r\n\r\n".to_owned(),
    ];
    let envoy = envoy(json!({}));
    assert_only_blocked(&envoy, &requests, |request, host| {
        envoy.send(request.replace("{}", host))
    });
}

#[test]
fn no_request_of_http2_reaches_the_upstream() {
    let cases = [
        ("GET", "http://{}/", ""),
        ("HEAD", "http://{}/", ""),
        ("POST", "http://{}/", "a body"),
        ("BREW", "http://{}/", "a body"),
        ("CONNECT", "http://{}/chat", ""),
    ];
    let envoy = envoy(json!({}));
    assert_only_blocked(&envoy, &cases, |(method, uri, body), host| {
        let mut request = Http2Request::builder()
            .method(*method)
            .uri(uri.replace("{}", host));
        if uri.ends_with("/chat") {
            request = request
                .header("sec-websocket-version", "13")
                .extension(Protocol::from_static("websocket"));
        }
        fetch_http2(envoy.address, request.body(*body).unwrap())
    });
}

#[test]
fn no_connect_of_http2_reaches_the_upstream() {
    let envoy = envoy(json!({}));
    let connect = |host| {
        let request = Http2Request::connect(format!("{host}:443"));
        fetch_http2(envoy.address, request.body("").unwrap())
    };
    assert!(connect(SHUT).is_blocked());
    assert_eq!(envoy.upstream.requests(), 0);
    assert!(!connect(OPEN).is_blocked());
    assert_eq!(envoy.metric("allowed.host"), 1);
    envoy.toggle(false);
    assert!(!connect(SHUT).is_blocked());
    assert_eq!(envoy.metric("blocked"), 1);
}

#[test]
fn grpc_gets_its_own_status_and_the_message_and_never_a_page() {
    let envoy = envoy(json!({"status": 204, "format": "html", "message": MESSAGE}));
    for (content_type, is_grpc) in [
        ("application/grpc", true),
        ("application/grpc+proto", true),
        ("application/grpc+json", true),
        ("application/grpc-web", false),
        ("application/grpc-web+proto", false),
        ("application/grpcx", false),
        ("application/json", false),
    ] {
        for response in grpc_calls(&envoy, SHUT, content_type) {
            assert!(response.is_blocked(), "{content_type}: {response:?}");
            let status = if is_grpc { 200 } else { 204 };
            assert_eq!(response.status, status, "{content_type}");
            let grpc_status = response.header("grpc-status");
            assert_eq!(grpc_status, is_grpc.then_some("14"), "{content_type}");
            let message = response.header("grpc-message").map(percent_decoded);
            assert_eq!(message.as_deref(), is_grpc.then_some(MESSAGE));
            assert_eq!(response.header("retry-after"), Some("3600"));
            if is_grpc {
                let answered = response.header("content-type").unwrap();
                assert!(answered.starts_with("application/grpc"), "{answered}");
            }
            assert_eq!(response.text(), "", "{content_type}");
        }
    }
    envoy.admin("POST", "on?message=Back%20at%206");
    for response in grpc_calls(&envoy, SHUT, "application/grpc") {
        assert_eq!(response.header("grpc-message"), Some("Back at 6"));
    }
    assert_eq!(envoy.upstream.requests(), 0);
}

#[test]
fn grpc_passes_where_it_is_allowed_and_while_off() {
    let envoy = envoy(json!({}));
    let types = ["application/grpc", "application/grpc+proto"];
    assert_only_blocked(&envoy, &types, |content_type, host| {
        fetch_http2(envoy.address, grpc_call(host, content_type))
    });
}

#[test]
fn grpc_web_gets_an_ordinary_reply() {
    let envoy = envoy(json!({"format": "html", "status": 529}));
    for response in grpc_calls(&envoy, SHUT, "application/grpc-web+proto") {
        assert_eq!(response.status, 529);
        assert!(response.text().starts_with("<!DOCTYPE html>"));
    }
}

// Short rows, because Envoy itself stops reading a pipeline at the request after its second local
// reply, even where that is but a `direct_response`.
#[test]
fn pipelined_requests_are_decided_one_by_one() {
    let envoy = envoy(json!({}));
    let mut passed = 0;
    for hosts in [
        &[SHUT, SHUT][..],
        &[SHUT, OPEN],
        &[OPEN, SHUT],
        &[OPEN, OPEN, SHUT],
        &[SHUT, OPEN, SHUT],
    ] {
        let request = |host: &&str| format!("GET / HTTP/1.1\r\nhost: {host}\r\n\r\n");
        let mut connection = Connection::open(envoy.address);
        assert!(connection.write(hosts.iter().map(request).collect::<String>()));
        for &host in hosts {
            let response = connection.read().unwrap();
            assert_eq!(response.is_blocked(), host == SHUT, "{hosts:?}");
            assert_eq!(response.is_upstream(), host == OPEN, "{hosts:?}");
            passed += usize::from(host == OPEN);
        }
        assert_eq!(envoy.upstream.requests(), passed, "{hosts:?}");
    }
}

#[test]
fn a_connection_stays_usable_after_a_blocked_request() {
    let envoy = envoy(json!({}));
    let mut connection = Connection::open(envoy.address);
    for (method, host) in [
        ("GET", SHUT),
        ("HEAD", SHUT),
        ("GET", OPEN),
        ("DELETE", SHUT),
        ("POST", OPEN),
    ] {
        let response = connection.fetch(&Request::new(method, "/").header("host", host));
        assert_eq!(response.is_blocked(), host == SHUT, "{method} {host}");
        assert_eq!(response.is_upstream(), host == OPEN, "{method} {host}");
    }
    assert_eq!(envoy.upstream.requests(), 2);
}

#[test]
fn an_http2_connection_stays_usable_after_a_blocked_request_with_a_body() {
    let envoy = envoy(json!({}));
    let post = |host| {
        let request = Http2Request::post(format!("http://{host}/"));
        request.body("a body").unwrap()
    };
    let hosts = [SHUT, SHUT, OPEN, SHUT, OPEN];
    let responses = fetch_all_http2(envoy.address, hosts.map(post));
    let blocked: Vec<bool> = responses.iter().map(Response::is_blocked).collect();
    assert_eq!(blocked, hosts.map(|host| host == SHUT));
    assert_eq!(envoy.upstream.requests(), 2);
}

// Over HTTP/1.1, Envoy announces that it closes a connection on which it has answered before the
// whole body was there.
#[test]
fn a_body_that_comes_after_the_reply_is_no_request() {
    let envoy = envoy(json!({}));
    let body = format!("GET / HTTP/1.1\r\nhost: {OPEN}\r\n\r\n");
    let head = |host: &str, more: &str| {
        let length = body.len();
        format!("POST / HTTP/1.1\r\nhost: {host}\r\n{more}content-length: {length}\r\n\r\n")
    };
    for more in ["", "expect: 100-continue\r\n"] {
        let before = envoy.upstream.requests();
        let mut connection = Connection::open(envoy.address);
        let response = connection.send(head(SHUT, more));
        assert!(response.is_blocked(), "{more}: {response:?}");
        assert_eq!(response.header("connection"), Some("close"));
        connection.write(&body);
        let second = connection.read();
        assert!(second.is_none(), "{more}: {second:?}");
        assert_eq!(envoy.upstream.requests(), before, "{more}");

        let mut connection = Connection::open(envoy.address);
        assert!(connection.write(head(OPEN, more)));
        assert!(connection.write(&body));
        assert!(connection.read().unwrap().is_upstream());
        assert_eq!(envoy.upstream.requests(), before + 1, "{more}");
    }
}

fn grpc_call(host: &str, content_type: &str) -> Http2Request<&'static str> {
    Http2Request::post(format!("http://{host}/shop.Cart/Get"))
        .header("content-type", content_type)
        .header("te", "trailers")
        .header("accept", "text/html")
        .header("user-agent", "Mozilla/5.0")
        .body("\0\0\0\0\0")
        .unwrap()
}

/// A call over HTTP/2 and one over HTTP/1.1.
fn grpc_calls(envoy: &Envoy, host: &str, content_type: &str) -> [Response; 2] {
    let request = Request::new("POST", "/shop.Cart/Get")
        .header("host", host)
        .header("content-type", content_type)
        .header("accept", "text/html")
        .body("\0\0\0\0\0");
    [
        fetch_http2(envoy.address, grpc_call(host, content_type)),
        envoy.fetch(&request),
    ]
}

/// The message as a gRPC client reads it.
fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        rest = after;
        if let (b'%', [high, low, after @ ..]) = (first, after) {
            let digits = [*high, *low];
            let digits = std::str::from_utf8(&digits).unwrap();
            bytes.push(u8::from_str_radix(digits, 16).unwrap());
            rest = after;
        } else {
            bytes.push(*first);
        }
    }
    String::from_utf8(bytes).unwrap()
}

#[test]
fn a_request_that_passes_arrives_as_it_was_sent() {
    let envoy = Envoy::start(json!({"mode": "on", "allow": {"paths": ["/open"]}}));
    let request = Request::new("POST", "/open?a=%2f&b")
        .header("x-sent", "yes")
        .body("text");
    assert!(envoy.fetch(&request).is_upstream());
    let head = envoy.upstream.last_head();
    assert!(
        head.starts_with("POST /open?a=%2f&b HTTP/1.1\r\n"),
        "{head}"
    );
    assert!(head.contains("\r\nx-sent: yes\r\n"), "{head}");
    assert!(!head.contains("maintenance"), "{head}");
}
