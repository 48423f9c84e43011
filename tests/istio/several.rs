//! Several plugins in one proxy, which share one VM id.

use serde_json::{Value, json};
use support::{Request, Response, TOKEN, eventually, sha256};

use crate::{
    mesh::{Mesh, machine_for},
    plugin::Plugin,
    proxy::Proxy,
    workload::Workload,
};

/// Another plugin of the gateways, with a scope and an endpoint of its own.
fn another(mesh: &Mesh) -> Value {
    let mut resource = Plugin::sample(mesh);
    resource["metadata"]["name"] = json!("shop");
    let configuration = &mut resource["spec"]["wasm"]["pluginConfig"];
    configuration["scope"] = json!("shop");
    configuration["admin"] = json!({
        "path": "/shop-maintenance",
        "tokens": [{"name": "shop", "sha256": sha256(TOKEN)}],
    });
    resource
}

/// A call of its endpoint.
fn shop(proxy: &Proxy, call: &str) -> Response {
    let request = Request::new("POST", &format!("/shop-maintenance/{call}"));
    proxy.fetch(&request.header("authorization", format!("Bearer {TOKEN}")))
}

/// Who answers.
fn scope(proxy: &Proxy) -> Option<String> {
    proxy
        .get("/")
        .header("x-maintenance-mode")
        .map(str::to_owned)
}

fn ranked(priority: u64) -> Value {
    json!([{"op": "add", "path": "/spec/priority", "value": priority}])
}

#[test]
fn each_has_a_state_of_its_own_and_the_first_allows_the_endpoint_of_the_second() {
    let Some(mut machine) = machine_for("several plugins in a proxy of Istio") else {
        return;
    };
    let mesh = Mesh::start(&mut machine);
    let proxy = Proxy::start(&mesh, &Workload::gateway("gateway", 0));
    let first = Plugin::of_gateways(&mesh, &proxy);
    first.patch(&ranked(2));
    let second = Plugin::apply(&mesh, &another(&mesh));
    second.wait_for(&proxy);
    second.patch(&ranked(1));
    eventually("the finding", || proxy.findings() == ["endpoint-blocked"]);

    assert_eq!(shop(&proxy, "on").status, 200);
    assert_eq!(scope(&proxy).as_deref(), Some("shop"));
    assert_eq!(proxy.admin("GET", "").json()["maintenance"], false);
    assert_eq!(proxy.admin("POST", "on").status, 200);
    assert_eq!(scope(&proxy).as_deref(), Some("gateway"));
    let off = shop(&proxy, "off");
    assert_eq!(off.status, 503);
    assert_eq!(off.header("x-maintenance-mode"), Some("gateway"));

    first.add("/allow/paths/-", &json!("/shop-maintenance/*"));
    eventually("the push", || shop(&proxy, "off").status == 200);
    proxy.check();
    assert_eq!(scope(&proxy).as_deref(), Some("gateway"));

    // The greater priority stands first, and the earlier phase before every priority.
    assert_eq!(shop(&proxy, "on").status, 200);
    second.patch(&ranked(3));
    eventually("the other order", || {
        scope(&proxy).as_deref() == Some("shop")
    });
    second.patch(&json!([{"op": "remove", "path": "/spec/phase"}]));
    eventually("the other phase", || {
        scope(&proxy).as_deref() == Some("gateway")
    });

    second.add("/scope", &json!("gateway"));
    eventually("the finding", || proxy.findings() == ["shared-scope"]);
}
