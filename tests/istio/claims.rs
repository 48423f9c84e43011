//! Claims of a token that Istio has verified.

use serde_json::json;
use support::{Request, eventually};

use crate::{
    issuer::{self, Issuer},
    mesh::{Mesh, machine_for},
    plugin::Plugin,
    proxy::Proxy,
    workload::Workload,
};

/// What a request with this token gets, and whether by the filter.
fn status(proxy: &Proxy, token: Option<&str>) -> (u16, bool) {
    let request = token.iter().fold(Request::get("/"), |request, token| {
        request.header("authorization", format!("Bearer {token}"))
    });
    let response = proxy.fetch(&request);
    (response.status, response.is_blocked())
}

#[test]
fn a_verified_claim_lets_staff_pass_unless_the_filter_stands_before_the_verification() {
    let Some(mut machine) = machine_for("claims that Istio has verified") else {
        return;
    };
    let mesh = Mesh::start(&mut machine);
    let machine = mesh.server.machine;
    let (issuer, forger) = (
        Issuer::new(machine, "issuer"),
        Issuer::new(machine, "forger"),
    );
    mesh.apply([&json!({
        "apiVersion": "security.istio.io/v1",
        "kind": "RequestAuthentication",
        "metadata": {"namespace": "istio-ingress", "name": "tokens"},
        "spec": {
            "selector": {"matchLabels": {"istio": "ingressgateway"}},
            "jwtRules": [{"issuer": issuer::NAME, "jwks": issuer.keys().to_string()}],
        },
    })]);
    let proxy = Proxy::start(&mesh, &Workload::gateway("gateway", 0));
    let plugin = Plugin::apply(&mesh, &mesh.mend("order", "Istio"));
    plugin.add("/mode", &json!("on"));
    plugin.wait_for(&proxy);
    let [staff, guest] = ["staff", "guest"].map(|role| issuer.token(role));
    let forged = forger.token("staff");

    assert_eq!(status(&proxy, Some(&staff)), (200, false));
    assert_eq!(status(&proxy, Some(&guest)), (503, true));
    assert_eq!(status(&proxy, Some(&forged)), (401, false));
    assert_eq!(status(&proxy, None), (503, true));
    proxy.check();

    plugin.patch(&json!([{"op": "add", "path": "/spec/phase", "value": "AUTHN"}]));
    for token in [&staff, &guest, &forged] {
        eventually("the push", || status(&proxy, Some(token)) == (503, true));
    }
    assert_eq!(proxy.findings(), ["order"]);
}
