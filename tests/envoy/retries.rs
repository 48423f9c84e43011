//! `no_retry` of the contract: what an Envoy in front makes of the reply.

use serde_json::json;
use support::{Connection, Envoy, Options, Request};

/// How many times an Envoy with `num_retries: 2` tries.
const TRIES: u64 = 3;

fn start() -> (Envoy, Envoy) {
    let no_retry = |name: &str, value: bool| {
        json!({
            "name": name,
            "match": {"paths": [format!("/{name}")]},
            "response": {"no_retry": value},
        })
    };
    let inner = Envoy::start(json!({
        "mode": "on",
        "allow": {"paths": ["/open"]},
        "rules": [no_retry("retried", false), no_retry("not-retried", true)],
    }));
    let route = json!({
        "match": {"prefix": "/"},
        "route": {
            "cluster": "upstream",
            "retry_policy": {
                "retry_on": "5xx,gateway-error,retriable-status-codes,unavailable",
                "retriable_status_codes": [503],
                "num_retries": TRIES - 1,
                "retry_back_off": {"base_interval": "0.001s"},
            },
        },
    });
    let outer = Envoy::with(Options {
        routes: vec![route],
        upstream: Some(inner.address),
        ..Options::new(json!({}))
    });
    (inner, outer)
}

/// What the Envoy in front answers, and how many tries the filter behind it has seen.
fn check(inner: &Envoy, outer: &Envoy, request: &Request, tries: u64) {
    let counts = || {
        (
            inner.metric("blocked"),
            outer.stat("cluster.upstream.upstream_rq_retry"),
        )
    };
    let before = counts();
    let response = outer.fetch(request);
    assert!(response.is_blocked(), "{request:?} gave {response:?}");
    let expected = (before.0 + tries, before.1 + tries - 1);
    assert_eq!(counts(), expected, "{request:?}");
}

#[test]
fn an_envoy_in_front_tries_once_unless_no_retry_is_false() {
    let (inner, outer) = start();
    for (path, tries) in [("/", 1), ("/not-retried", 1), ("/retried", TRIES)] {
        for method in ["GET", "HEAD", "DELETE"] {
            check(&inner, &outer, &Request::new(method, path), tries);
        }
        let with_body = Request::new("POST", path).body("body");
        check(&inner, &outer, &with_body, tries);
    }
    assert_eq!(inner.upstream.requests(), 0);
    assert!(outer.get("/open").is_upstream());
}

#[test]
fn an_envoy_in_front_tries_a_grpc_call_once_unless_no_retry_is_false() {
    let (inner, outer) = start();
    for (path, tries) in [("/", 1), ("/not-retried", 1), ("/retried", TRIES)] {
        let call = Request::new("POST", path).header("content-type", "application/grpc");
        let call = call.header("te", "trailers").body("");
        check(&inner, &outer, &call, tries);
        let reply = outer.fetch(&call);
        assert_eq!(
            (reply.status, reply.header("grpc-status")),
            (200, Some("14"))
        );
    }
}

#[test]
fn the_headers_that_forbid_retries_are_there_unless_no_retry_is_false() {
    for (response, forbidden) in [
        (json!({}), true),
        (json!({"no_retry": true}), true),
        (json!({"no_retry": false}), false),
    ] {
        let envoy = Envoy::start(json!({"mode": "on", "response": response}));
        let mut connection = Connection::open(envoy.address);
        let plain = connection.fetch(&Request::get("/"));
        let grpc = Request::new("POST", "/").header("content-type", "application/grpc");
        let grpc = connection.fetch(&grpc.body(""));
        for (reply, name, value, expected) in [
            (&plain, "x-envoy-ratelimited", "true", forbidden),
            (&grpc, "x-envoy-ratelimited", "true", forbidden),
            (&grpc, "grpc-retry-pushback-ms", "-1", forbidden),
            (&plain, "grpc-retry-pushback-ms", "-1", false),
        ] {
            let found: Option<&str> = reply.header(name);
            assert_eq!(found, expected.then_some(value), "{name} {response}");
        }
    }
}
