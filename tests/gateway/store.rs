//! The fleet store behind Envoy Gateway.

use std::net::{Ipv4Addr, SocketAddr};

use serde_json::json;
use support::{
    Envoy, Options, admin,
    etcd::envoy_cluster,
    eventually,
    machine::{PATIENCE, is_taken},
    within,
};

use crate::policy::{machine_for, of_a_fleet};

/// The API server's own etcd has the ports that are usual.
const PORT: u16 = 22379;

#[test]
fn a_proxy_of_envoy_gateway_and_another_envoy_have_one_state() {
    let what = "the fleet store behind Envoy Gateway";
    let Some(mut machine) = machine_for(what, &["skopeo", "docker-registry"]) else {
        return;
    };
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, PORT));
    let policy = of_a_fleet(&mut machine, address);
    let _etcd = policy.machine.spawn("fleet.log", &format!(
        "exec etcd --data-dir \"$KUBERNETES/fleet\" --log-level error --unsafe-no-fsync \
         --listen-client-urls http://127.0.0.1:{PORT} --advertise-client-urls http://127.0.0.1:{PORT} \
         --listen-peer-urls http://127.0.0.1:22380"
    ));
    within(PATIENCE, "etcd", || is_taken(PORT));
    let gateway = &policy.gateway;
    eventually("the store", || {
        gateway.admin("GET", "").json()["store_connected"] == true
    });
    policy.check();
    let other = Envoy::with(Options {
        clusters: vec![envoy_cluster([address])],
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
