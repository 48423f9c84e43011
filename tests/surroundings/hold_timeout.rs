//! Envoy's own timeouts, and requests that wait for the end of maintenance.

use std::{thread, time::Duration};

use http::Request as Http2Request;
use serde_json::{Value, json};
use support::{
    Background, Connection, Envoy, Options, Request, Response, admin, eventually, fetch_http2,
};

use crate::document::block;

/// An Envoy in maintenance, which holds requests, with this in its connection manager and in the
/// action of its route.
fn start(connection_manager: Value, route: Value) -> Envoy {
    let configuration = json!({"admin": admin(), "response": {"hold_seconds": 60}});
    let mut options = Options::new(configuration);
    extend(&mut options.connection_manager, connection_manager);
    let mut action = json!({"cluster": "upstream"});
    extend(&mut action, route);
    options.routes = vec![json!({"match": {"prefix": "/"}, "route": action})];
    let envoy = Envoy::with(options);
    envoy.toggle(true);
    envoy
}

fn extend(object: &mut Value, more: Value) {
    let more = more.as_object().unwrap().clone();
    object.as_object_mut().unwrap().extend(more);
}

/// A request that begins to wait.
fn wait(envoy: &Envoy) -> Background<Response> {
    let address = envoy.address;
    let waiter = Background::start(move |_| Connection::open(address).fetch(&Request::get("/")));
    eventually("one that waits", || envoy.metric("held") == 1);
    waiter
}

#[test]
fn envoy_ends_what_waits_longer_than_it_allows() {
    let lasts = |timeout: &str| json!({"max_stream_duration": timeout});
    for (manager, route, details) in [
        (
            json!({"stream_idle_timeout": "1s"}),
            json!({}),
            "stream_idle_timeout",
        ),
        (
            json!({"request_timeout": "1s"}),
            json!({}),
            "request_overall_timeout",
        ),
        (
            json!({"common_http_protocol_options": lasts("1s")}),
            json!({}),
            "max_duration_timeout",
        ),
        (
            json!({"stream_idle_timeout": "300s"}),
            json!({"idle_timeout": "1s"}),
            "stream_idle_timeout",
        ),
        (
            json!({"common_http_protocol_options": lasts("300s")}),
            json!({"max_stream_duration": lasts("1s")}),
            "max_duration_timeout",
        ),
    ] {
        let is_of_bodies = manager["request_timeout"].is_string();
        let envoy = start(manager, route);
        // Only one that is not whole is late for `request_timeout`.
        let mut connection = Connection::open(envoy.address);
        connection.write("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\nhal");
        let mut expected = vec![408];
        let mut statuses = vec![connection.read().unwrap().status];
        if !is_of_bodies {
            let call = Http2Request::get("http://a/").body("").unwrap();
            statuses.push(fetch_http2(envoy.address, call).status);
            statuses.push(envoy.fetch(&Request::get("/")).status);
            expected.extend([504, 504]);
        }
        assert_eq!(statuses, expected, "{details}");
        let log = envoy.access_log(1 + statuses.len());
        let ended = |line: &&String| line.contains(details) && line.ends_with(" held");
        assert_eq!(log.iter().filter(ended).count(), statuses.len(), "{log:?}");
        eventually("the end of the wait", || envoy.metric("held") == 0);
    }
}

/// Those of a route go before, and its `timeout` begins when the request goes on.
#[test]
fn a_route_may_let_wait_longer_than_the_connection_manager() {
    let lasts = |timeout: &str| json!({"max_stream_duration": timeout});
    let manager = json!({
        "stream_idle_timeout": "1s",
        "common_http_protocol_options": lasts("1s"),
    });
    for timeout in ["0s", "60s"] {
        let route = json!({
            "idle_timeout": timeout,
            "max_stream_duration": lasts(timeout),
            "timeout": "2s",
        });
        let envoy = start(manager.clone(), route);
        let waiter = wait(&envoy);
        thread::sleep(Duration::from_secs(5));
        envoy.toggle(false);
        assert!(waiter.end().is_upstream(), "{timeout}");
    }
}

#[test]
fn with_the_timeouts_of_the_document_they_wait() {
    let envoy = start(
        block("hold-timeout", "The HTTP connection manager"),
        block("hold-timeout", "The action of a route"),
    );
    let waiter = wait(&envoy);
    envoy.toggle(false);
    assert!(waiter.end().is_upstream());
}
