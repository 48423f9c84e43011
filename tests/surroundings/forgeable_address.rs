//! An address that anybody can write.

use serde_json::{Value, json};
use support::{Envoy, Options, Request, Response, yaml};

use crate::document::{block, see, text};

const STAFF: &str = "10.0.0.1";
const OTHER: &str = "192.0.2.9";

fn start(connection_manager: Value, configuration: Value) -> Envoy {
    Envoy::with(Options {
        connection_manager,
        ..Options::new(configuration)
    })
}

fn staff_only() -> Value {
    json!({"mode": "on", "allow": {"client_ips": ["10.0.0.0/8"]}})
}

fn said_to_be(envoy: &Envoy, list: &str) -> Response {
    envoy.fetch(&Request::get("/").header("x-forwarded-for", list))
}

#[test]
fn without_a_guard_who_writes_the_header_passes() {
    let envoy = start(json!({"use_remote_address": false}), staff_only());
    assert!(envoy.get("/").is_blocked());
    assert_eq!(see("forgeable-address", &envoy), ["200\n"]);
    assert_eq!(envoy.metric("allowed.client_ip"), 1);
}

#[test]
fn neither_client_address_nor_trusted_hops_is_a_guard() {
    let mut configuration = staff_only();
    configuration["client_address"] =
        json!({"header": "x-forwarded-for", "trusted_proxies": ["127.0.0.1"]});
    let envoy = start(json!({"use_remote_address": false}), configuration);
    assert!(said_to_be(&envoy, STAFF).is_upstream());

    let hops = json!({"use_remote_address": false, "xff_num_trusted_hops": 1});
    let envoy = start(hops, staff_only());
    assert!(said_to_be(&envoy, &format!("{STAFF}, {STAFF}")).is_upstream());

    let mut configuration = staff_only();
    configuration["client_address"] =
        json!({"header": "x-forwarded-for", "trusted_proxies": ["0.0.0.0/0"]});
    let envoy = start(
        json!({"use_remote_address": true, "skip_xff_append": true}),
        configuration,
    );
    assert!(said_to_be(&envoy, &format!("{STAFF}, {OTHER}")).is_upstream());
}

#[test]
fn the_peer_is_the_client_where_clients_come_themselves() {
    let mend = block(
        "forgeable-address",
        "In the HTTP connection manager, clients come themselves",
    );
    let envoy = start(mend.clone(), staff_only());
    assert_eq!(see("forgeable-address", &envoy), ["503\n"]);
    assert!(said_to_be(&envoy, STAFF).is_blocked());

    let here = json!({"mode": "on", "allow": {"client_ips": ["127.0.0.0/8"]}});
    assert!(start(mend, here).get("/").is_upstream());
}

#[test]
fn behind_one_balancer_the_address_that_it_adds_counts() {
    let mend = block(
        "forgeable-address",
        "In the HTTP connection manager, behind one balancer",
    );
    let envoy = start(mend, staff_only());
    assert!(said_to_be(&envoy, &format!("{STAFF}, {OTHER}")).is_blocked());
    assert!(said_to_be(&envoy, &format!("{OTHER}, {STAFF}")).is_upstream());
}

#[test]
fn behind_named_balancers_the_header_of_nobody_else_counts() {
    let place = "In the HTTP connection manager, behind balancers in 10.0.0.0/8";
    let mend = block("forgeable-address", place);
    let envoy = start(mend, staff_only());
    assert_eq!(see("forgeable-address", &envoy), ["503\n"]);

    // The same where this machine is a balancer.
    let here =
        text("forgeable-address", place).replace("10.0.0.0, prefix_len", "127.0.0.0, prefix_len");
    let envoy = start(yaml::parse(&here), staff_only());
    assert_eq!(see("forgeable-address", &envoy), ["200\n"]);
    assert!(said_to_be(&envoy, &format!("{STAFF}, {OTHER}")).is_blocked());
    assert!(said_to_be(&envoy, &format!("{OTHER}, {STAFF}")).is_upstream());
}

#[test]
fn in_a_sidecar_a_certificate_counts_and_the_header_does_not() {
    let mut configuration = block(
        "forgeable-address",
        "The plugin configuration in a sidecar of Istio",
    );
    configuration["mode"] = "on".into();
    let envoy = start(json!({"use_remote_address": false}), configuration);
    assert_eq!(see("forgeable-address", &envoy), ["503\n"]);
}
