//! Envoy's own timeouts, of which `maintenancectl check` warns: `envoy/operations.md` says what
//! is seen.

use http::Request as Http2Request;
use serde_json::json;
use support::{Connection, Options, Request, fetch_http2};

use super::{configuration, holds, on};

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
        let mut options = Options::new(configuration(60));
        options.workers = 1;
        options.connection_manager[key] = timeout;
        let envoy = on(options);
        let mut statuses = Vec::new();
        // Only one that is not whole is late for `request_timeout`.
        let mut connection = Connection::open(envoy.address);
        connection.write("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\nhal");
        statuses.push(connection.read().unwrap().status);
        if key != "request_timeout" {
            let call = Http2Request::get("http://a/").body("").unwrap();
            statuses.push(fetch_http2(envoy.address, call).status);
            statuses.push(envoy.fetch(&Request::get("/")).status);
        }
        assert!(statuses.iter().all(|status| [408, 504].contains(status)));
        let log = envoy.access_log(1 + statuses.len());
        let ended = |line: &&String| line.contains(details) && line.ends_with(" held");
        assert_eq!(log.iter().filter(ended).count(), statuses.len(), "{log:?}");
        holds(&envoy, 0);
    }
}
