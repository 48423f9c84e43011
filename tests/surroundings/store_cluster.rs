//! The cluster that leads to the store.

use std::net::SocketAddr;

use serde_json::{Value, json};
use support::{Envoy, Options, etcd::Etcd, eventually, fleet};

use crate::document::{block, see};

fn start(clusters: Vec<Value>) -> Envoy {
    Envoy::with(Options {
        clusters,
        ..Options::new(fleet::configuration())
    })
}

/// The cluster of the document, at this etcd.
fn cluster(etcd: SocketAddr) -> Value {
    let mut cluster = block("store-cluster", "Among the clusters");
    let endpoint = &mut cluster["load_assignment"]["endpoints"][0]["lb_endpoints"][0];
    let address = &mut endpoint["endpoint"]["address"]["socket_address"];
    assert_eq!(*address, json!({"address": "etcd-1", "port_value": 2379}));
    *address = json!({"address": etcd.ip().to_string(), "port_value": etcd.port()});
    cluster
}

#[test]
fn without_the_cluster_or_without_http2_no_change_is_made() {
    let etcd = Etcd::start();
    let address = etcd.members[0].address;
    let plain = Options::cluster("etcd", [address]);
    for clusters in [vec![], vec![plain]] {
        let is_there = !clusters.is_empty();
        let envoy = start(clusters);
        let answer = envoy.admin("POST", "on");
        assert_eq!(answer.status, 503, "{answer:?}");
        assert!(!answer.is_blocked());
        assert!(envoy.get("/").is_upstream());
        assert_eq!(envoy.admin("GET", "").json()["store_connected"], false);
        let [connected, found] = see("store-cluster", &envoy).try_into().unwrap();
        assert!(connected.contains("store_connected: 0\n"), "{connected}");
        assert_eq!(found.contains("etcd::"), is_there, "{found}");
    }
}

#[test]
fn with_the_cluster_of_the_document_changes_are_made() {
    let etcd = Etcd::start();
    let envoy = start(vec![cluster(etcd.members[0].address)]);
    eventually("the store", || envoy.metric("store_connected") == 1);
    envoy.toggle(true);
    assert!(envoy.get("/").is_blocked());
    let [connected, found] = see("store-cluster", &envoy).try_into().unwrap();
    assert!(connected.contains("store_connected: 1\n"), "{connected}");
    assert!(found.contains("etcd::default_priority"), "{found}");
}
