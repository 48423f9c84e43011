//! A gateway of Istio in front of the proxy with the filter, which takes hosts out that answer 5xx.

use serde_json::{Value, json};
use support::eventually;

use crate::{
    mesh::{Mesh, SHOP, machine_for},
    plugin::Plugin,
    proxy::Proxy,
    workload::Workload,
};

/// After so many errors in a row Envoy takes a host out.
const ERRORS: usize = 5;

/// How Istio detects outliers where nobody knows of the filter.
fn detection(mend: &Value) -> Value {
    let mut rule = mend.clone();
    rule["spec"]["trafficPolicy"]["outlierDetection"] =
        json!({"consecutive5xxErrors": ERRORS, "maxEjectionPercent": 100});
    rule
}

/// What the command line finds wrong with the one in front.
fn findings(mesh: &Mesh, front: &Proxy, back: &Proxy) -> String {
    let check = format!(
        "maintenancectl check --json --front http://{} http://{} || :",
        front.admin, back.admin
    );
    mesh.server.machine.shell(&check)
}

/// The host stays in, whatever comes.
fn is_spared(front: &Proxy) {
    for _ in 0..4 * ERRORS {
        assert!(front.get("/").is_blocked());
    }
    assert!(front.get("/healthz").is_upstream());
    let clusters = front.envoy("/clusters").text();
    assert!(!clusters.contains("failed_outlier_check"), "{clusters}");
}

#[test]
fn planned_replies_take_the_host_out_unless_istio_is_told_of_them() {
    let Some(mut machine) = machine_for("a gateway of Istio in front") else {
        return;
    };
    let mesh = Mesh::start(&mut machine);
    let host = "upstream.shop.svc.cluster.local";
    mesh.lead(host, mesh.upstream.address.port());
    let back = Proxy::start(&mesh, &Workload::gateway("back", 0).to(host));
    Plugin::of_gateways(&mesh, &back);
    mesh.lead(SHOP, back.address.port());
    let front = Proxy::start(&mesh, &Workload::edge("front", 1));
    assert_eq!(front.admin("POST", "on").status, 200);

    let mend = mesh.mend("ejects", "Istio");
    mesh.apply([&detection(&mend)]);
    eventually("the host's end", || {
        front.get("/").text().contains("no healthy upstream")
    });
    assert_eq!(front.get("/healthz").status, 503);
    assert!(findings(&mesh, &front, &back).contains("\"ejects\""));

    mesh.apply([&mend]);
    eventually("the host", || front.get("/").is_blocked());
    is_spared(&front);
    assert_eq!(findings(&mesh, &front, &back).trim(), "{\"findings\":[]}");

    mesh.apply([
        &mesh.mend("ejects", "Istio, the matcher"),
        &detection(&mend),
    ]);
    eventually("the matcher", || {
        front.envoy("/config_dump").text().contains("error_matcher")
    });
    is_spared(&front);
    assert_eq!(findings(&mesh, &front, &back).trim(), "{\"findings\":[]}");
}
