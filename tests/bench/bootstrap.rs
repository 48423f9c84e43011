//! The bootstraps: a listener a case, and the upstream.

use std::net::SocketAddr;

use serde_json::{Value, json};
use support::Options;

use crate::{
    case::{Answer, Case},
    reply,
};

const UPSTREAM: &str = "upstream";

/// An Envoy with a listener for each case.
pub fn of_cases(cases: &[Case], upstream: SocketAddr, etcd: Value) -> Value {
    let clusters = [Options::cluster(UPSTREAM, [upstream]), etcd];
    let listeners = cases.iter().map(|case| {
        let route = match case.answer {
            Answer::Route => direct_response(reply::STATUS, reply::BODY, &reply::HEADERS),
            _ => json!({"route": {"cluster": UPSTREAM}}),
        };
        listener(&case.name, &case.filters, route)
    });
    bootstrap(listeners.collect(), clusters.to_vec())
}

/// The upstream, the cheapest that speaks HTTP as well as Envoy: Envoy.
pub fn of_upstream() -> Value {
    let route = direct_response(200, "upstream", &[("x-upstream", "yes")]);
    bootstrap(vec![listener(UPSTREAM, &[], route)], vec![])
}

/// What Envoy does from time to time is put off, for it is no part of a request.
fn bootstrap(listeners: Vec<Value>, clusters: Vec<Value>) -> Value {
    let watchdog = json!({"miss_timeout": "3600s", "megamiss_timeout": "3600s"});
    json!({
        "admin": {"address": {"socket_address": {"address": "127.0.0.1", "port_value": 0}}},
        "node": {"id": "bench", "cluster": "bench"},
        "stats_flush_interval": "299s",
        "watchdogs": {"main_thread_watchdog": watchdog, "worker_watchdog": watchdog},
        "static_resources": {"listeners": listeners, "clusters": clusters},
    })
}

fn listener(name: &str, filters: &[Value], mut route: Value) -> Value {
    route["match"] = json!({"prefix": "/"});
    let router = json!({
        "name": "envoy.filters.http.router",
        "typed_config": {"@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"},
    });
    let filters: Vec<Value> = filters.iter().cloned().chain([router]).collect();
    json!({
        "name": name,
        "address": {"socket_address": {"address": "127.0.0.1", "port_value": 0}},
        "filter_chains": [{"filters": [{
            "name": "envoy.filters.network.http_connection_manager",
            "typed_config": {
                "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
                "stat_prefix": "bench",
                "use_remote_address": true,
                "route_config": {
                    "virtual_hosts": [{"name": "all", "domains": ["*"], "routes": [route]}],
                },
                "http_filters": filters,
            },
        }]}],
    })
}

fn direct_response(status: u16, body: &str, headers: &[(&str, &str)]) -> Value {
    let headers: Vec<Value> = headers
        .iter()
        .map(|(key, value)| {
            json!({
                "header": {"key": key, "value": value},
                "append_action": "OVERWRITE_IF_EXISTS_OR_ADD",
            })
        })
        .collect();
    json!({
        "direct_response": {"status": status, "body": {"inline_string": body}},
        "response_headers_to_add": headers,
    })
}
