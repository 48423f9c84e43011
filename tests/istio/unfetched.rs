//! A module that cannot be fetched.

use serde_json::{Value, json};
use support::eventually;

use crate::{
    mesh::{Mesh, machine_for},
    plugin::Plugin,
    proxy::Proxy,
    workload::Workload,
};

/// Which module the sample has.
fn module(image: &str) -> Value {
    json!([{"op": "replace", "path": "/spec/wasm/url", "value": format!("oci://{image}")}])
}

#[test]
fn everything_is_denied_by_a_new_proxy_and_by_a_running_one_that_is_to_have_another_module() {
    let Some(mut machine) = machine_for("a module that proxies of Istio cannot fetch") else {
        return;
    };
    let mut mesh = Mesh::start(&mut machine);
    let running = Proxy::start(&mesh, &Workload::gateway("running", 0));
    let plugin = Plugin::of_gateways(&mesh, &running);
    assert_eq!(running.admin("POST", "on").status, 200);

    mesh.registry.stop();
    let new = Proxy::start(&mesh, &Workload::gateway("new", 1));
    is_denied(&new);
    plugin.add("/allow/paths/-", &json!("/open"));
    eventually("the push", || running.get("/open").is_upstream());
    assert!(running.get("/").is_blocked());

    // Nobody tries again, until there is something else to be had.
    mesh.registry.restart();
    is_denied(&new);
    plugin.add("/allow/paths/-", &json!("/more"));
    eventually("the next push", || new.get("/").is_upstream());

    let (name, _) = mesh.registry.image.split_once('@').unwrap();
    plugin.patch(&module(&format!("{name}@sha256:{}", "1".repeat(64))));
    eventually("the failure", || running.get("/").status == 403);
    is_denied(&running);

    let strategy =
        |word: &str| json!([{"op": "replace", "path": "/spec/wasm/failStrategy", "value": word}]);
    plugin.patch(&strategy("FAIL_OPEN"));
    eventually("the other failure", || running.get("/").is_upstream());
    assert!(running.admin("GET", "").is_upstream());
    assert_eq!(running.findings(), ["no-filter"]);
    plugin.patch(&strategy("FAIL_RELOAD"));
    eventually("the failure", || running.get("/").status == 403);

    // The state went with the last VM.
    plugin.patch(&module(&mesh.registry.image));
    eventually("the mended push", || running.get("/").is_upstream());
}

/// Istio puts a filter that denies in the place of this one.
fn is_denied(proxy: &Proxy) {
    assert!(proxy.printed().contains("cannot fetch Wasm module"));
    assert!(proxy.printed().contains("applying deny RBAC filter"));
    for path in ["/", "/healthz", "/maintenance-mode"] {
        let response = proxy.get(path);
        let answer = (response.status, response.text());
        assert_eq!(answer, (403, "RBAC: access denied".to_owned()), "{path}");
    }
    assert!(proxy.is_ready());
    assert_eq!(proxy.findings(), ["no-filter"]);
}
