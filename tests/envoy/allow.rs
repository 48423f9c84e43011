//! `allow` of the contract: each kind of entry hits what it should, and nothing else.

mod fields;

use std::io::Write;

use serde_json::{Value, json};
use support::{Connection, Envoy, Options, Request};

/// Maintenance is on, but for `allow`.
fn on(allow: Value) -> Value {
    json!({"mode": "on", "allow": allow})
}

/// The hits reach the upstream for this reason, the misses do not.
fn check(envoy: &Envoy, reason: &str, hits: &[Request], misses: &[Request]) {
    for hit in hits {
        let response = envoy.fetch(hit);
        assert!(response.is_upstream(), "{hit:?} gave {response:?}");
    }
    for miss in misses {
        let response = envoy.fetch(miss);
        assert!(response.is_blocked(), "{miss:?} gave {response:?}");
    }
    check_counts(envoy, reason, hits.len(), misses.len());
}

fn check_counts(envoy: &Envoy, reason: &str, hits: usize, misses: usize) {
    assert_eq!(envoy.upstream.requests(), hits);
    assert_eq!(envoy.metric(&format!("allowed.{reason}")), hits as u64);
    assert_eq!(envoy.metric("blocked"), misses as u64);
    let log = envoy.access_log(hits + misses);
    let count = |state: String| log.iter().filter(|line| line.ends_with(&state)).count();
    assert_eq!(count(format!(" allowed:{reason}")), hits, "{log:?}");
    assert_eq!(count(" blocked".into()), misses, "{log:?}");
}

/// A request for each line or lines of one header.
fn with_header(name: &str, values: &[&[&str]]) -> Vec<Request> {
    let request = |lines: &&[&str]| {
        let add = |request: Request, line: &&str| request.header(name, line);
        lines.iter().fold(Request::get("/"), add)
    };
    values.iter().map(request).collect()
}

#[test]
fn client_ips_are_compared_with_the_peer() {
    let envoy = Envoy::start(on(json!({"client_ips": ["127.0.0.2", "127.1.2.3/16"]})));
    let clients = [
        ("127.0.0.2", true),
        ("127.1.0.0", true),
        ("127.1.255.255", true),
        ("127.0.0.1", false),
        ("127.0.0.3", false),
        ("127.2.0.0", false),
    ];
    for (client, passes) in clients {
        let response = Connection::from(client, envoy.address).fetch(&Request::get("/"));
        assert_eq!(response.is_upstream(), passes, "{client}");
        assert_eq!(response.is_blocked(), !passes, "{client}");
    }
    check_counts(&envoy, "client_ip", 3, 3);
}

#[test]
fn client_ips_are_compared_with_the_address_envoy_takes_from_a_header() {
    let entries = ["10.1.2.3/8", "2001:db8::/32", "::ffff:198.51.100.0/120"];
    let envoy = Envoy::with(Options {
        connection_manager: json!({"use_remote_address": false}),
        ..Options::new(on(json!({"client_ips": entries})))
    });
    check(
        &envoy,
        "client_ip",
        &with_header(
            "x-forwarded-for",
            &[
                &["10.255.0.1"],
                &["::ffff:10.0.0.1"],
                &["2001:db8:ffff::1"],
                &["198.51.100.255"],
                &["192.0.2.1, 10.0.0.1"],
            ],
        ),
        &with_header(
            "x-forwarded-for",
            &[
                &["11.0.0.0"],
                &["::ffff:11.0.0.1"],
                &["::10.0.0.1"],
                &["2001:db9::"],
                &["198.51.101.0"],
                &["10.0.0.1, 192.0.2.1"],
            ],
        ),
    );
}

#[test]
fn client_ips_are_compared_with_a_peer_of_ipv6() {
    if std::net::TcpListener::bind("[::1]:0").is_err() {
        // Not by `eprintln!`, which the test harness keeps to itself.
        writeln!(std::io::stderr(), "NOT TESTED: this machine has no IPv6").unwrap();
        return;
    }
    for (entries, passes) in [
        (["::/64", "10.0.0.0/8"], true),
        (["::2", "0.0.0.0/0"], false),
    ] {
        let envoy = Envoy::with(Options {
            listen_on: "::1",
            ..Options::new(on(json!({"client_ips": entries})))
        });
        let response = Connection::from("::1", envoy.address).fetch(&Request::get("/"));
        assert_eq!(response.is_upstream(), passes, "{entries:?}");
        check_counts(
            &envoy,
            "client_ip",
            usize::from(passes),
            usize::from(!passes),
        );
    }
}

#[test]
fn paths_are_compared_as_sent_without_their_query() {
    let envoy = Envoy::start(on(json!({"paths": [
        "/healthz",
        "/static/*",
        {"exact": "/a*b"},
        {"prefix": "/files"},
        {"suffix": ".css"},
        {"regex": "/v[12]/.*"},
        "/caf%C3%A9",
    ]})));
    check(
        &envoy,
        "path",
        &[
            "/healthz",
            "/healthz?",
            "/healthz?a=/../b;c",
            "/static",
            "/static/",
            "/static/a/b?c",
            "/static/%20",
            "/a*b",
            "/files",
            "/files/a",
            "/a/b.css",
            "/.css?a",
            "/v1/",
            "/v2/a/b",
            "/caf%C3%A9",
            "/caf%c3%a9",
        ]
        .map(Request::get),
        &[
            "/",
            "/healthz/",
            "/Healthz",
            "/healthzz",
            "/a/healthz",
            "/staticx",
            "/STATIC/a",
            "/a/static/a",
            "/axb",
            "/filesystem",
            "/a.css/",
            "/a.CSS",
            "/a?b.css",
            "/v3/a",
            "/v1",
            "/a/v1/b",
        ]
        .map(Request::get),
    );
}

#[test]
fn a_slash_and_a_star_are_every_canonical_path() {
    let envoy = Envoy::start(on(json!({"paths": ["/*"]})));
    check(
        &envoy,
        "path",
        &["/", "/a", "/a/b/", "/?a", "/%20"].map(Request::get),
        &["//", "/a/../b", "/%61", "/a;b"].map(Request::get),
    );
}

#[test]
fn hosts_are_compared_without_case_port_and_trailing_dot() {
    let envoy = Envoy::start(on(
        json!({"hosts": ["Shop.example.com", "*.apps.example.com"]}),
    ));
    check(
        &envoy,
        "host",
        &with_header(
            "host",
            &[
                &["shop.example.com"],
                &["SHOP.Example.COM"],
                &["shop.example.com:8443"],
                &["shop.example.com."],
                &["shop.example.com.:80"],
                &["a.apps.example.com"],
                &["A.b.Apps.example.com.:80"],
            ],
        ),
        &with_header(
            "host",
            &[
                &["example.com"],
                &["apps.example.com"],
                &[".apps.example.com"],
                &["xapps.example.com"],
                &["a.shop.example.com"],
                &["shop.example.com.evil.org"],
                &["a.apps.example.com.evil.org"],
                &["shop.example.com.."],
            ],
        ),
    );
}

#[test]
fn methods_are_compared_with_case() {
    let envoy = Envoy::start(on(json!({"methods": ["OPTIONS", "HEAD"]})));
    check(
        &envoy,
        "method",
        &["OPTIONS", "HEAD"].map(|method| Request::new(method, "/")),
        &["GET", "POST", "DELETE"].map(|method| Request::new(method, "/")),
    );
    for method in ["options", "Head"] {
        let response = envoy.fetch(&Request::new(method, "/"));
        assert!(!response.is_upstream(), "{method} gave {response:?}");
    }
}

#[test]
fn any_one_entry_of_any_kind_is_enough_and_without_one_nothing_passes() {
    let envoy = Envoy::start(on(json!({
        "client_ips": ["10.0.0.1"],
        "paths": ["/healthz"],
        "methods": ["OPTIONS"],
        "headers": [{"name": "x-role", "exact": "staff"}],
    })));
    assert!(envoy.get("/healthz").is_upstream());
    assert!(envoy.fetch(&Request::new("OPTIONS", "/")).is_upstream());
    let staff = Request::get("/").header("x-role", "staff");
    assert!(envoy.fetch(&staff).is_upstream());
    assert!(envoy.get("/").is_blocked());
    for reason in ["path", "method", "header"] {
        assert_eq!(envoy.metric(&format!("allowed.{reason}")), 1, "{reason}");
    }
    assert_eq!(envoy.metric("allowed.client_ip"), 0);
    let closed = Envoy::start(on(json!({"paths": [], "headers": []})));
    assert!(closed.get("/").is_blocked());
    assert_eq!(closed.upstream.requests(), 0);
}
