//! The fleet store behind Envoy Gateway.

use serde_json::json;
use support::{Envoy, Options, admin, api_server::FLEET, etcd::envoy_cluster, eventually};

use crate::policy::{machine_for, of_a_fleet};

#[test]
fn a_proxy_of_envoy_gateway_and_another_envoy_have_one_state() {
    let what = "the fleet store behind Envoy Gateway";
    let Some(mut machine) = machine_for(what, &["skopeo", "docker-registry"]) else {
        return;
    };
    let policy = of_a_fleet(&mut machine);
    let _etcd = policy.server.spawn_fleet();
    let gateway = &policy.gateway;
    eventually("the store", || {
        gateway.admin("GET", "").json()["store_connected"] == true
    });
    policy.check();
    let other = Envoy::with(Options {
        clusters: vec![envoy_cluster([FLEET])],
        ..Options::new(json!({
            "scope": "gateway",
            "store": {"etcd": {"cluster": "etcd"}},
            "admin": admin(),
        }))
    });
    eventually("the store of the other", || {
        other.admin("GET", "").json()["store_connected"] == true
    });

    assert_eq!(gateway.admin("POST", "on").status, 200);
    assert!(gateway.get("/").is_blocked());
    eventually("the same at the other", || other.get("/").is_blocked());
    other.toggle(false);
    assert!(other.get("/").is_upstream());
    eventually("the same behind Envoy Gateway", || {
        gateway.get("/").is_upstream()
    });

    // Another proxy finds the state, as each of more would.
    assert_eq!(gateway.admin("POST", "on").status, 200);
    gateway.restart_proxy();
    eventually("the state", || gateway.get("/").is_blocked());
}
