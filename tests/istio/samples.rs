//! The samples for Istio, as they stand but for their placeholders: applied, switched by the
//! commands of their own comments, and removed.

use std::time::Duration;

use serde_json::json;
use support::{Connection, Observer, Request, eventually, sample::Sample};

use crate::{
    identity::certify,
    mesh::{Mesh, machine_for},
    plugin::Plugin,
    proxy::Proxy,
    workload::Workload,
};

/// How long a change of the manifest may take until it is obeyed.
const TOGGLE: Duration = Duration::from_secs(1);

/// All that a sample for a gateway promises, from its first request to its last.
fn is_obeyed(mesh: &Mesh, path: &'static str) {
    let proxy = Proxy::start(mesh, &Workload::gateway("gateway", 0));
    let observer = Observer::of_newcomers(proxy.address);
    let sample = Sample::read(path)
        .with_token()
        .with_image(&mesh.registry.image);
    let (plugin, patches) = Plugin::of(mesh, &sample);
    plugin.wait_for(&proxy);
    endpoint(mesh, &proxy, &observer);
    proxy.check();
    push(&plugin, &proxy, &observer);
    manifest(&plugin, &patches, &proxy, &observer);

    assert_eq!(proxy.admin("POST", "on").status, 200);
    assert!(proxy.get("/").is_blocked());
    plugin.remove();
    eventually("the removal", || proxy.get("/").is_upstream());
    assert!(proxy.admin("GET", "").is_upstream());
    drop(observer);
    proxy.stop();
}

/// It is obeyed by the next request, but for what is allowed, and keeps the rest from the upstream.
fn endpoint(mesh: &Mesh, proxy: &Proxy, observer: &Observer) {
    let mut open = Connection::open(proxy.address);
    assert!(open.fetch(&Request::get("/")).is_upstream());
    assert_eq!(proxy.admin("POST", "on").status, 200);
    assert!(open.fetch(&Request::get("/")).is_blocked());
    assert!(proxy.get("/").is_blocked());
    assert!(proxy.get("/healthz").is_upstream());
    assert!(proxy.get("/open").is_blocked());
    eventually("the turn", || observer.is_blocked());
    let (asked, passed) = (observer.requests(), mesh.upstream.requests());
    eventually("some requests", || observer.requests() > asked + 20);
    assert_eq!(mesh.upstream.requests(), passed);
}

/// A push keeps what the endpoint was told.
fn push(plugin: &Plugin, proxy: &Proxy, observer: &Observer) {
    plugin.add("/allow/paths/-", &json!("/open"));
    eventually("the push", || proxy.get("/open").is_upstream());
    assert!(proxy.get("/").is_blocked());
    assert_eq!(observer.turns(), 1);
    assert_eq!(proxy.admin("POST", "off").status, 200);
    assert!(proxy.get("/").is_upstream());
}

/// The commands of the comment are obeyed in time, also on a connection that is open, and lock the
/// endpoint meanwhile.
fn manifest(plugin: &Plugin, [on, back]: &[String; 2], proxy: &Proxy, observer: &Observer) {
    let mut open = Connection::open(proxy.address);
    assert!(open.fetch(&Request::get("/")).is_upstream());
    is_switched(plugin, on, observer, true);
    assert!(open.fetch(&Request::get("/")).is_blocked());
    assert_eq!(proxy.admin("POST", "off").status, 409);
    is_switched(plugin, back, observer, false);
    assert!(open.fetch(&Request::get("/")).is_upstream());
}

fn is_switched(plugin: &Plugin, command: &str, observer: &Observer, is_blocked: bool) {
    let took = plugin.switch(command, observer, is_blocked);
    let what = if is_blocked { "blocked" } else { "let through" };
    println!("{what} {took:?} after the command began");
    assert!(took < TOGGLE, "{took:?}");
}

#[test]
fn a_gateway_is_blocked_allowed_toggled_and_let_go() {
    let Some(mut machine) = machine_for("the samples for gateways of Istio") else {
        return;
    };
    let mesh = Mesh::start(&mut machine);
    for path in [
        "envoy/istio/gateway-traffic-extension.yaml",
        "envoy/istio/gateway-wasm-plugin.yaml",
    ] {
        is_obeyed(&mesh, path);
    }
}

#[test]
fn a_gateway_of_the_gateway_api_is_told_by_target_references() {
    let what = "a sample for gateways of Istio with targetRefs";
    let Some(mut machine) = machine_for(what) else {
        return;
    };
    let mesh = Mesh::with_gateway_api(&mut machine);
    let proxy = Proxy::start(&mesh, &Workload::gateway_api("shop", 0));
    let other = Proxy::start(&mesh, &Workload::gateway("gateway", 1));
    let mut resource = Plugin::sample(&mesh);
    let spec = resource["spec"].as_object_mut().unwrap();
    spec.remove("selector").unwrap();
    let reference = json!({
        "group": "gateway.networking.k8s.io",
        "kind": "Gateway",
        "name": "shop",
    });
    spec.insert("targetRefs".to_owned(), json!([reference]));
    Plugin::apply(&mesh, &resource).wait_for(&proxy);
    assert_eq!(proxy.admin("POST", "on").status, 200);
    assert!(proxy.get("/").is_blocked());
    assert!(proxy.get("/healthz").is_upstream());
    proxy.check();
    assert!(other.get("/").is_upstream());
}

/// What a service account of the mesh gets, as its own sidecar would call: by mutual TLS.
fn calls(mesh: &Mesh, proxy: &Proxy, account: &str) -> String {
    let machine = mesh.server.machine;
    let folder = machine.path(account);
    certify(machine, &folder, account);
    machine.shell(&format!(
        "cd {}/etc/certs\n\
         printf 'GET / HTTP/1.1\\r\\nhost: checkout\\r\\nconnection: close\\r\\n\\r\\n' | \
         openssl s_client -quiet -connect {} -alpn istio-http/1.1 -cert cert-chain.pem -key key.pem",
        folder.display(),
        proxy.address,
    ))
}

#[test]
fn a_sidecar_is_toggled_and_let_go() {
    let Some(mut machine) = machine_for("the samples for sidecars of Istio") else {
        return;
    };
    let mesh = Mesh::start(&mut machine);
    let proxy = Proxy::start(&mesh, &Workload::sidecar("checkout", 0));
    for path in [
        "envoy/istio/sidecar-traffic-extension.yaml",
        "envoy/istio/sidecar-wasm-plugin.yaml",
    ] {
        let observer = Observer::of_newcomers(proxy.address);
        let sample = Sample::read(path).with_image(&mesh.registry.image);
        let (plugin, [on, off]) = Plugin::of(&mesh, &sample);
        plugin.wait_for(&proxy);
        proxy.check();
        is_switched(&plugin, &on, &observer, true);
        let reply = proxy.get("/");
        assert_eq!(reply.header("retry-after"), Some("60"));
        assert_eq!(reply.json()["retry_after"], 60);
        for (account, is_allowed) in [("migration", true), ("search", false)] {
            let reply = calls(&mesh, &proxy, account);
            assert_eq!(reply.contains("\nx-upstream: yes"), is_allowed, "{reply}");
            assert_eq!(
                reply.contains("\nx-maintenance-mode: checkout"),
                !is_allowed,
                "{reply}"
            );
        }
        is_switched(&plugin, &off, &observer, false);

        is_switched(&plugin, &on, &observer, true);
        plugin.remove();
        eventually("the removal", || proxy.get("/").is_upstream());
    }
}
