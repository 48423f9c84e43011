//! Envoy's own timeouts, and requests that wait for the end of maintenance.

use http::Request as Http2Request;
use serde_json::{Value, json};
use support::{Background, Connection, Envoy, Options, Request, admin, eventually, fetch_http2};

use crate::document::block;

/// An Envoy in maintenance, which holds requests.
fn start(connection_manager: Value) -> Envoy {
    let configuration = json!({"admin": admin(), "response": {"hold_seconds": 60}});
    let mut options = Options::new(configuration);
    let more = connection_manager.as_object().unwrap().clone();
    let manager = options.connection_manager.as_object_mut().unwrap();
    manager.extend(more);
    let envoy = Envoy::with(options);
    envoy.toggle(true);
    envoy
}

#[test]
fn envoy_ends_what_waits_longer_than_it_allows() {
    for (key, timeout, details) in [
        ("stream_idle_timeout", json!("1s"), "stream_idle_timeout"),
        ("request_timeout", json!("1s"), "request_overall_timeout"),
        (
            "common_http_protocol_options",
            json!({"max_stream_duration": "1s"}),
            "max_duration_timeout",
        ),
    ] {
        let envoy = start(json!({key: timeout}));
        // Only one that is not whole is late for `request_timeout`.
        let mut connection = Connection::open(envoy.address);
        connection.write("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\nhal");
        let mut expected = vec![408];
        let mut statuses = vec![connection.read().unwrap().status];
        if key != "request_timeout" {
            let call = Http2Request::get("http://a/").body("").unwrap();
            statuses.push(fetch_http2(envoy.address, call).status);
            statuses.push(envoy.fetch(&Request::get("/")).status);
            expected.extend([504, 504]);
        }
        assert_eq!(statuses, expected, "{key}");
        let log = envoy.access_log(1 + statuses.len());
        let ended = |line: &&String| line.contains(details) && line.ends_with(" held");
        assert_eq!(log.iter().filter(ended).count(), statuses.len(), "{log:?}");
        eventually("the end of the wait", || envoy.metric("held") == 0);
    }
}

#[test]
fn with_the_timeouts_of_the_document_they_wait() {
    let envoy = start(block("hold-timeout", "The HTTP connection manager"));
    let address = envoy.address;
    let waiter = Background::start(move |_| Connection::open(address).fetch(&Request::get("/")));
    eventually("one that waits", || envoy.metric("held") == 1);
    envoy.toggle(false);
    assert!(waiter.end().is_upstream());
}
