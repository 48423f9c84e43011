//! Traps that Istio lays: the command line finds them in the proxies that run, and what
//! `envoy/operations.md` says against them helps.

use serde_json::{Value, json};
use support::{eventually, sample::Sample};

use crate::{
    mesh::{Mesh, machine_for},
    plugin::Plugin,
    proxy::Proxy,
    workload::Workload,
};

/// Changes a plugin, sees what is found, and changes it back.
fn is_found(proxy: &Proxy, plugin: &Plugin, [change, back]: [Value; 2], code: &str) {
    plugin.patch(&json!([change]));
    eventually(code, || proxy.findings() == [code]);
    plugin.patch(&json!([back]));
    eventually("nothing to be found", || proxy.findings().is_empty());
}

fn set(path: &str, value: impl Into<Value>) -> Value {
    json!({"op": "add", "path": path, "value": value.into()})
}

fn unset(path: &str) -> Value {
    json!({"op": "remove", "path": path})
}

#[test]
fn what_a_manifest_says_wrongly_is_found_in_gateways_and_sidecars() {
    let Some(mut machine) = machine_for("the command line on proxies of Istio") else {
        return;
    };
    let mesh = Mesh::start(&mut machine);
    let gateway = Proxy::start(&mesh, &Workload::gateway("gateway", 0));
    let plugin = Plugin::of_gateways(&mesh, &gateway);
    gateway.check();
    let attributes = "/spec/wasm/pluginConfig/allow/attributes";
    let claim = [
        "metadata",
        "filter_metadata",
        "envoy.filters.http.jwt_authn",
        "payload",
        "role",
    ];
    let unverified = set(attributes, json!([{"path": claim, "exact": "staff"}]));
    is_found(&gateway, &plugin, [unverified, unset(attributes)], "order");
    let store = "/spec/wasm/pluginConfig/store";
    let nowhere = set(
        store,
        json!({"etcd": {"cluster": "outbound|2379||etcd.infra"}}),
    );
    is_found(&gateway, &plugin, [nowhere, unset(store)], "store-cluster");
    // What Istio's gateways say of clients is true.
    plugin.add("/allow/client_ips", &json!(["10.0.0.0/8"]));
    eventually("the push", || gateway.has("10.0.0.0/8"));
    gateway.check();

    let sidecar = Proxy::start(&mesh, &Workload::sidecar("checkout", 1));
    let sample = Sample::read("envoy/istio/sidecar-traffic-extension.yaml");
    let (plugin, _) = Plugin::of(&mesh, &sample.with_image(&mesh.registry.image));
    plugin.wait_for(&sidecar);
    sidecar.check();
    let addresses = "/spec/wasm/pluginConfig/allow/client_ips";
    let forgeable = set(addresses, json!(["10.0.0.0/8"]));
    let change = [forgeable, unset(addresses)];
    is_found(&sidecar, &plugin, change, "forgeable-address");
}

/// An `EnvoyFilter` that makes JSON of every reply of gateways.
fn rewriting(mend: &Value) -> Value {
    let mut filter = mend.clone();
    filter["metadata"]["name"] = json!("json-replies");
    let patch = &mut filter["spec"]["configPatches"][0]["patch"]["value"]["typed_config"];
    patch["local_reply_config"] = json!({
        "body_format": {"json_format": {"message": "%LOCAL_REPLY_BODY%"}},
    });
    filter
}

#[test]
fn what_the_guide_says_against_them_helps() {
    let Some(mut machine) = machine_for("the mends for Istio in envoy/operations.md") else {
        return;
    };
    let mesh = Mesh::start(&mut machine);
    let proxy = Proxy::start(&mesh, &Workload::gateway("gateway", 0));
    let mut open = mesh.mend("fails-open", "Istio");
    let sound = open.clone();
    open["spec"]["failStrategy"] = json!("FAIL_OPEN");
    Plugin::apply(&mesh, &open).wait_for(&proxy);
    assert_eq!(proxy.findings(), ["fails-open"]);
    mesh.apply([&sound]);
    eventually("the mend", || proxy.findings().is_empty());

    let sound = mesh.mend("null", "Istio");
    let mut null = sound.clone();
    null["spec"]["pluginConfig"]["response"]["retry_after"] = Value::Null;
    for (resource, seconds) in [(null, "3600"), (sound, "600")] {
        mesh.apply([&resource]);
        eventually("the reply", || {
            proxy.get("/").header("retry-after") == Some(seconds)
        });
    }

    let mend = mesh.mend("reply-replaced", "Istio, local_reply_config");
    mesh.apply([&rewriting(&mend)]);
    let is_replaced = || proxy.get("/").json().get("retry_after").is_none();
    eventually("another body", is_replaced);
    assert_eq!(proxy.findings(), ["reply-replaced"]);
    mesh.apply([&mend]);
    eventually("the reply", || !is_replaced());
    proxy.check();
}
