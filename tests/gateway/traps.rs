//! Traps behind Envoy Gateway: the command line finds them in the Envoy that runs, and what
//! `envoy/operations.md` says against them helps.

use std::time::Duration;

use serde_json::{Value, json};
use support::{Envoy, eventually, pages::OPERATIONS, within, yaml};

use crate::policy::{machine_for, of_the_module};

/// How long a cluster that is changed may take: Envoy waits 15 s for its hosts, which are not told
/// anew, and goes on with those that it knows.
const ANOTHER_CLUSTER: Duration = Duration::from_secs(60);

fn mend(heading: &str, place: &str) -> Value {
    yaml::parse(OPERATIONS.block_for(heading, place))
}

#[test]
fn what_a_policy_says_wrongly_is_found_in_the_envoy_that_runs() {
    let what = "the command line on an Envoy of Envoy Gateway";
    let Some(mut machine) = machine_for(what, &["skopeo", "docker-registry"]) else {
        return;
    };
    let policy = of_the_module(&mut machine);
    policy.check();
    let claim = [
        "metadata",
        "filter_metadata",
        "envoy.filters.http.jwt_authn",
        "payload",
        "role",
    ];
    for (pointer, value, code) in [
        (
            "/allow/attributes",
            json!([{"path": claim, "exact": "staff"}]),
            "order",
        ),
        (
            "/store",
            json!({"etcd": {"cluster": "etcd"}}),
            "store-cluster",
        ),
        (
            "/windows",
            json!([{"start": "2020-01-01T00:00:00Z", "end": "2020-01-02T00:00:00Z"}]),
            "past",
        ),
        (
            "/allow/client_ips",
            json!(["0.0.0.0/0", "::/0"]),
            "everybody",
        ),
        ("/response", json!({"no_retry": false}), "retries"),
    ] {
        policy.add(pointer, value);
        eventually(code, || policy.findings() == [code]);
        policy.take(pointer);
        eventually("nothing to be found", || policy.findings().is_empty());
    }
    // Its proxies take the address of the connection, or what the hops that they trust have seen.
    policy.add("/allow/client_ips", json!(["10.0.0.0/8"]));
    policy.add("/allow/paths/-", json!("/pushed"));
    eventually("the push", || policy.gateway.get("/pushed").is_upstream());
    policy.check();

    let sound = mend("fails-open", "Envoy Gateway");
    let mut open = sound.clone();
    open["spec"]["wasm"][0]["failOpen"] = json!(true);
    policy.replace_by(open);
    eventually("fails-open", || policy.findings() == ["fails-open"]);
    policy.replace_by(sound);
    eventually("nothing to be found", || policy.findings().is_empty());
}

#[test]
fn the_override_of_the_guide_leaves_planned_replies_as_they_are() {
    let what = "responseOverride of Envoy Gateway";
    let Some(mut machine) = machine_for(what, &["skopeo", "docker-registry"]) else {
        return;
    };
    let policy = of_the_module(&mut machine);
    let gateway = &policy.gateway;
    assert_eq!(gateway.admin("POST", "on").status, 200);
    let sound = mend("reply-replaced", "Envoy Gateway, responseOverride");
    let mut catching = sound.clone();
    catching["spec"]["responseOverride"][0]["match"]["statusCodes"] =
        json!([{"type": "Range", "range": {"start": 500, "end": 599}}]);

    policy.apply_beside(&catching);
    eventually("another reply", || {
        gateway.get("/").text().contains("something went wrong")
    });
    assert_eq!(policy.findings(), ["reply-replaced"]);
    policy.apply_beside(&sound);
    eventually("the reply", || gateway.get("/").is_blocked());
    policy.check();
}

#[test]
fn a_gateway_in_front_keeps_hosts_whose_replies_are_planned() {
    let what = "outlier detection of Envoy Gateway";
    let Some(mut machine) = machine_for(what, &["skopeo", "docker-registry"]) else {
        return;
    };
    let policy = of_the_module(&mut machine);
    let gateway = &policy.gateway;
    let shop = Envoy::start(json!({"mode": "on"}));
    gateway.publish_backend(shop.address);
    eventually("the shop", || gateway.get("/").is_blocked());

    let mut sound = mend("ejects", "Envoy Gateway");
    sound["spec"]["targetRefs"][0]["name"] = json!("everything");
    let mut ejecting = sound.clone();
    ejecting["spec"]["healthCheck"] = json!({
        "panicThreshold": 0,
        "passive": {"consecutive5XxErrors": 5, "maxEjectionPercent": 100},
    });
    policy.apply_beside(&ejecting);
    within(ANOTHER_CLUSTER, "no host", || {
        gateway.get("/").text().contains("no healthy upstream")
    });
    policy.apply_beside(&sound);
    within(ANOTHER_CLUSTER, "the shop", || {
        gateway.get("/").is_blocked()
    });
    assert!((0..50).all(|_| gateway.get("/").is_blocked()));
}
