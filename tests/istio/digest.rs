//! Another version of the module.

use std::fs;

use serde_json::json;
use support::{Host, Observer, eventually, module_of};

use crate::{
    mesh::{Mesh, machine_for},
    plugin::Plugin,
    proxy::Proxy,
    workload::Workload,
};

/// A section of the module that nothing reads, of the name `v` and without content.
const SECTION: [u8; 4] = [0, 2, 1, b'v'];

#[test]
fn a_new_digest_keeps_the_state_without_a_gap() {
    let Some(mut machine) = machine_for("another version of the module in Istio") else {
        return;
    };
    let mesh = Mesh::start(&mut machine);
    let proxy = Proxy::start(&mesh, &Workload::gateway("gateway", 0));
    let plugin = Plugin::of_gateways(&mesh, &proxy);
    assert_eq!(proxy.admin("POST", "on").status, 200);
    let observer = Observer::start(proxy.address);

    let other = mesh.server.machine.path("other.wasm");
    let module = fs::read(module_of(Host::Wasm)).unwrap();
    fs::write(&other, [&module, &SECTION[..]].concat()).unwrap();
    let image = mesh.registry.push(&other);
    assert_ne!(image, mesh.registry.image);
    let url = format!("oci://{image}");
    plugin.patch(&json!([{"op": "replace", "path": "/spec/wasm/url", "value": url}]));
    let (_, digest) = image.split_once("@sha256:").unwrap();
    eventually("the other module", || proxy.has(digest));
    plugin.add("/allow/paths/-", &json!("/open"));
    eventually("the next push", || proxy.get("/open").is_upstream());
    assert_eq!(observer.turns(), 0);
    assert!(observer.is_blocked());
}
