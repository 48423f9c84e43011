//! An Envoy Gateway in front of the Envoy with the filter, which takes hosts out that answer 5xx.

use serde_json::json;
use support::{Envoy, Options, admin, eventually, pages::OPERATIONS, yaml};

use crate::{
    envoy_gateway::{EnvoyGateway, ROUTE},
    policy::{machine_for, plain_proxy},
};

/// After so many errors in a row it takes a host out.
const ERRORS: usize = 5;

#[test]
fn planned_replies_take_the_host_out_unless_it_is_told_of_them() {
    let Some(machine) = machine_for("an Envoy Gateway in front", &[]) else {
        return;
    };
    let gateway = EnvoyGateway::start(&machine, plain_proxy());
    let back = Envoy::with(Options::new(json!({
        "mode": "on",
        "allow": {"paths": ["/healthz"]},
        "admin": admin(),
    })));
    gateway.lead_to(back.address);
    eventually("the Envoy behind", || gateway.get("/").is_blocked());

    let mut sound = yaml::parse(OPERATIONS.block_for("ejects", "Envoy Gateway"));
    sound["spec"]["targetRefs"][0]["name"] = json!(ROUTE);
    let mut counting = sound.clone();
    counting["spec"]["healthCheck"] = json!({
        "panicThreshold": 0,
        "passive": {"consecutive5XxErrors": ERRORS, "baseEjectionTime": "300s", "maxEjectionPercent": 100},
    });
    gateway.publish("traffic", &counting);
    eventually("the host's end", || {
        gateway.get("/").text().contains("no healthy upstream")
    });
    assert!(!gateway.get("/healthz").is_upstream());

    sound["spec"]["healthCheck"]["panicThreshold"] = json!(0);
    gateway.publish("traffic", &sound);
    eventually("the host", || gateway.get("/").is_blocked());
    for _ in 0..4 * ERRORS {
        assert!(gateway.get("/").is_blocked());
    }
    assert!(gateway.get("/healthz").is_upstream());
}
