//! A configuration that the filter refuses, which no status of the resource tells.

use serde_json::json;
use support::eventually;

use crate::{
    mesh::{Mesh, machine_for},
    plugin::Plugin,
    proxy::Proxy,
    workload::Workload,
};

#[test]
fn a_running_proxy_keeps_the_configuration_before_and_a_new_one_fails_everything() {
    let Some(mut machine) = machine_for("what a proxy of Istio does with a refused configuration")
    else {
        return;
    };
    let mesh = Mesh::start(&mut machine);
    let running = Proxy::start(&mesh, &Workload::gateway("running", 0));
    let plugin = Plugin::of_gateways(&mesh, &running);
    assert_eq!(running.admin("POST", "on").status, 200);

    plugin.add("/alow", &json!({}));
    is_told(&mesh, &running, 1);
    assert!(running.get("/").is_blocked());
    assert!(running.get("/healthz").is_upstream());

    let new = Proxy::start(&mesh, &Workload::gateway("new", 1));
    is_told(&mesh, &new, 2);
    for path in ["/", "/healthz", "/maintenance-mode"] {
        let response = new.get(path);
        assert_eq!(
            (response.status, response.text().as_str()),
            (500, ""),
            "{path}"
        );
    }

    assert!(new.is_ready());

    plugin.take("/alow");
    eventually("the mended push", || new.get("/").is_upstream());
    assert!(running.get("/").is_blocked());
    new.check();
    running.check();
}

/// The proxy's log, its stats, the command line, and the control plane's metrics tell, but not the
/// stats of listeners.
fn is_told(mesh: &Mesh, proxy: &Proxy, times: usize) {
    eventually("the error of the filter", || {
        proxy
            .printed()
            .contains("maintenance-mode: alow: unknown field")
    });
    for stat in ["config_fail", "update_rejected"] {
        let name = format!("istio-ingress.maintenance-mode.{stat}");
        assert_eq!(proxy.stat(&name), 1);
    }
    assert_eq!(proxy.stat("lds.update_rejected"), 0);
    assert_eq!(proxy.findings(), ["invalid"]);
    let rejects = format!("\npilot_total_xds_rejects{{type=\"ecds\"}} {times}\n");
    eventually("the metric", || mesh.metrics().contains(&rejects));
}
