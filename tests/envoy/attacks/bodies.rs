//! Request smuggling: bodies that look like requests, and framings that servers read
//! differently.

use serde_json::json;
use support::{ADMIN, Connection, Envoy, TOKEN};

use super::configuration;

/// An Envoy where the request that is smuggled would pass.
fn start() -> Envoy {
    let mut configuration = configuration();
    configuration["allow"] = json!({"paths": ["/open"]});
    Envoy::start(configuration)
}

const SMUGGLED: &str = "GET /open HTTP/1.1\r\nhost: test.example\r\n\r\n";

#[test]
fn the_body_of_an_admin_call_is_no_request() {
    let envoy = start();
    let length = SMUGGLED.len();
    let chunk = format!("{length:x}\r\n{SMUGGLED}\r\n0\r\n\r\n");
    for (authorization, status) in [(TOKEN, 400), ("wrong", 401)] {
        for (framing, body) in [
            (format!("content-length: {length}"), SMUGGLED.to_owned()),
            ("transfer-encoding: chunked".to_owned(), chunk.clone()),
        ] {
            let head = format!(
                "POST {ADMIN}/on HTTP/1.1\r\nhost: test.example\r\n\
                 authorization: Bearer {authorization}\r\n{framing}\r\n\r\n"
            );
            let mut at_once = Connection::open(envoy.address);
            assert_eq!(at_once.send(format!("{head}{body}")).status, status);
            let mut later = Connection::open(envoy.address);
            assert_eq!(later.send(&head).status, status);
            later.write(&body);
            assert!(later.read().is_none(), "{framing}");
        }
    }
    assert_eq!(envoy.upstream.requests(), 0);
}

#[test]
fn a_framing_that_servers_read_differently_carries_no_request_past_the_filter() {
    let envoy = start();
    let length = SMUGGLED.len() + 5;
    for framing in [
        format!("content-length: {length}\r\ntransfer-encoding: chunked"),
        format!("transfer-encoding: chunked\r\ncontent-length: {length}"),
        format!("content-length: {length}\r\ncontent-length: 5"),
        format!("content-length: 5\r\ncontent-length: {length}"),
        format!("content-length: +{length}"),
        "content-length: 5, 5".to_owned(),
        "transfer-encoding: xchunked".to_owned(),
        "transfer-encoding: chunked, identity".to_owned(),
        "transfer-encoding : chunked".to_owned(),
        "transfer-encoding: chunked\r\ntransfer-encoding: x".to_owned(),
        "transfer-encoding:\x0bchunked".to_owned(),
    ] {
        let mut connection = Connection::open(envoy.address);
        let request = format!(
            "POST / HTTP/1.1\r\nhost: test.example\r\n{framing}\r\n\r\n0\r\n\r\n{SMUGGLED}"
        );
        let response = connection.send(&request);
        let is_refused = matches!(response.status, 400 | 501);
        assert!(is_refused, "{framing}: {response:?}");
    }
    assert!(envoy.send(SMUGGLED).is_upstream());
    assert_eq!(envoy.upstream.requests(), 1);
}

#[test]
fn a_body_that_breaks_off_is_no_request() {
    let envoy = start();
    for path in ["/".to_owned(), format!("{ADMIN}/on")] {
        let request = format!(
            "POST {path} HTTP/1.1\r\nhost: test.example\r\nauthorization: Bearer {TOKEN}\r\n\
             content-length: 1000\r\n\r\n{SMUGGLED}"
        );
        let mut closed = Connection::open(envoy.address);
        closed.write(&request);
        closed.finish();
        while let Some(response) = closed.read() {
            assert!(!response.is_upstream(), "{response:?}");
        }
        let mut reset = Connection::open(envoy.address);
        reset.send(&request);
        reset.reset();
    }
    assert!(envoy.send(SMUGGLED).is_upstream());
    assert_eq!(envoy.upstream.requests(), 1);
}
