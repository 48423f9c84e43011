//! Repeated lines of a header: which value comes of them in Envoy, and in `explain`.

use serde_json::{Value, json};
use support::{Envoy, Options};

use super::{decision_of, explain, request};

/// Headers of all sorts: those that Envoy keeps in a place of their own, and others.
const NAMES: [&str; 50] = [
    "accept",
    "accept-encoding",
    "accept-language",
    "access-control-request-headers",
    "access-control-request-method",
    "access-control-request-private-network",
    "authorization",
    "cache-control",
    "cf-connecting-ip",
    "content-encoding",
    "content-type",
    "cookie",
    "expect",
    "forwarded",
    "grpc-accept-encoding",
    "grpc-timeout",
    "if-match",
    "if-modified-since",
    "if-none-match",
    "if-range",
    "if-unmodified-since",
    "origin",
    "pragma",
    "priority",
    "proxy-authorization",
    "proxy-status",
    "range",
    "referer",
    "sec-fetch-dest",
    "traceparent",
    "tracestate",
    "true-client-ip",
    "user-agent",
    "via",
    "x-a",
    "x-api-key",
    "x-client-trace-id",
    "x-envoy-attempt-count",
    "x-envoy-decorator-operation",
    "x-envoy-downstream-service-cluster",
    "x-envoy-downstream-service-node",
    "x-envoy-external-address",
    "x-envoy-original-path",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-port",
    "x-maintenance-bypass",
    "x-real-ip",
    "x-request-id",
    "x-requested-with",
];
const VALUES: [&str; 7] = ["a", "b", "a,b", ",a", "a,", "a,,b", ","];
const COOKIES: [&str; 5] = ["a", "b", "a; b", "; a", "a; ; b"];
const LINES: [&[&str]; 5] = [&["a"], &["a", "b"], &["", "a"], &["a", "", "b"], &["", ""]];

/// A rule for each value of a header, which is told by the status of its reply.
fn rules_of(name: &str, first_status: u16) -> Vec<Value> {
    let values: &[&str] = match name {
        "cookie" => &COOKIES,
        _ => &VALUES,
    };
    let rule = |(status, value): (u16, &&str)| {
        json!({
            "match": {"headers": [{"name": name, "exact": value}]},
            "action": "block",
            "response": {"status": status},
        })
    };
    (first_status..).zip(values).map(rule).collect()
}

#[test]
fn repeated_lines_are_the_value_that_they_are_in_envoy() {
    let statuses = (201..).step_by(VALUES.len());
    let rules = NAMES.into_iter().zip(statuses);
    let rules = rules.map(|(name, status)| rules_of(name, status));
    let rules: Vec<Vec<Value>> = rules.collect();
    let options = Options {
        workers: 1,
        connection_manager: json!({"skip_xff_append": true}),
        ..Options::new(json!({"rules": rules.concat()}))
    };
    let envoy = Envoy::with(options);
    let mut differences = Vec::new();
    for (name, rules) in NAMES.iter().zip(&rules) {
        let configuration = json!({"rules": rules});
        for values in LINES {
            let lines = values.iter().map(|value| format!("{name}: {value}"));
            let lines: Vec<String> = lines.collect();
            let row: Vec<&str> = lines.iter().flat_map(|line| ["--header", line]).collect();
            let said = explain(&configuration, &row).json();
            let said = said["status"].as_u64().unwrap_or(200);
            let sent = u64::from(envoy.fetch(&request(&row).1).status);
            if said != sent {
                differences.push(format!("{lines:?}: explain {said}, Envoy {sent}"));
            }
        }
    }
    assert!(differences.is_empty(), "{differences:#?}");
}

#[test]
fn repeated_hosts_are_one_that_is_no_host() {
    let configuration = json!({"initial": "on", "allow": {"hosts": ["a.example"]}});
    let options = Options {
        workers: 1,
        ..Options::new(configuration.clone())
    };
    let envoy = Envoy::with(options);
    for (hosts, decision) in [
        (&["a.example"][..], "pass"),
        (&["", "a.example"], "pass"),
        (&["b.example", "a.example"], "block"),
        (&["a.example", "a.example"], "block"),
    ] {
        let lines: Vec<String> = hosts.iter().map(|host| format!("host: {host}")).collect();
        let row: Vec<&str> = lines.iter().flat_map(|line| ["--header", line]).collect();
        let said = explain(&configuration, &row).json();
        assert_eq!(said["decision"], decision, "{hosts:?} {said}");
        assert_eq!(
            decision_of(&envoy.fetch(&request(&row).1)),
            decision,
            "{hosts:?}"
        );
    }
}
