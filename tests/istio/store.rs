//! The fleet store, to which the mesh leads.

use serde_json::json;
use support::{api_server::FLEET, eventually};

use crate::{
    mesh::{Mesh, machine_for},
    plugin::Plugin,
    proxy::Proxy,
    workload::Workload,
};

#[test]
fn what_one_proxy_is_told_the_other_obeys() {
    let Some(mut machine) = machine_for("the fleet store through Istio") else {
        return;
    };
    let mesh = Mesh::start(&mut machine);
    let _etcd = mesh.server.spawn_fleet();
    let mut entry = mesh.mend("store-cluster", "Istio");
    entry["spec"]["resolution"] = json!("STATIC");
    entry["spec"]["endpoints"] = json!([{"address": FLEET.ip(), "ports": {"grpc": FLEET.port()}}]);
    mesh.apply([&entry]);
    let proxies = [("one", 0), ("other", 1)]
        .map(|(name, number)| Proxy::start(&mesh, &Workload::gateway(name, number)));
    let [one, other] = &proxies;
    let plugin = Plugin::of_gateways(&mesh, one);
    plugin.add(
        "/store",
        &json!({"etcd": {"cluster": "outbound|2379||etcd.infra"}}),
    );
    for proxy in &proxies {
        eventually("the store", || {
            let status = proxy.admin("GET", "");
            status.header("content-type") == Some("application/json")
                && status.json()["store_connected"] == true
        });
    }
    eventually("the finding", || one.findings() == ["store-cluster"]);

    assert_eq!(one.admin("POST", "on").status, 200);
    assert!(one.get("/").is_blocked());
    eventually("the same at the other", || other.get("/").is_blocked());
    assert_eq!(other.admin("POST", "off").status, 200);
    eventually("the same at the first", || one.get("/").is_upstream());

    mesh.apply([&mesh.mend("store-cluster", "Istio, the connections")]);
    eventually("the cluster", || one.findings().is_empty());
    assert_eq!(one.admin("POST", "on").status, 200);
    eventually("the same at the other", || other.get("/").is_blocked());
}
