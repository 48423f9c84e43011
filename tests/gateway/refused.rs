//! A configuration that the filter refuses, which no server and no status tells.

use serde_json::json;
use support::eventually;

use crate::policy::{machine_for, of_the_module};

#[test]
fn a_running_proxy_keeps_the_configuration_before_and_a_new_one_fails_everything() {
    let what = "what a proxy of Envoy Gateway does with a refused configuration";
    let Some(mut machine) = machine_for(what, &["skopeo", "docker-registry"]) else {
        return;
    };
    let policy = of_the_module(&mut machine);
    let gateway = &policy.gateway;
    assert_eq!(gateway.admin("POST", "on").status, 200);

    policy.add("/alow", json!({}));
    eventually("the error of the filter", || {
        gateway.printed().contains("maintenance-mode: alow")
    });
    assert!(gateway.get("/").is_blocked());
    assert!(gateway.get("/healthz").is_upstream());

    gateway.restart_proxy();
    for path in ["/", "/healthz", "/maintenance-mode"] {
        let response = gateway.get(path);
        assert!(response.is_failed(), "{response:?}");
    }

    policy.take("/alow");
    eventually("the mended push", || gateway.get("/").is_upstream());
}
