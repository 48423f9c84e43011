//! Token and bypass key in a Secret, as the runbook has it.

use serde_json::{Value, json};
use support::pages::OPERATIONS;

use crate::cluster::{Cluster, machine_for};

#[test]
fn the_proxies_get_the_secret_under_the_names_that_the_manifest_hands_to_the_vm() {
    let Some(mut machine) = machine_for("a Secret for token and bypass key") else {
        return;
    };
    let cluster = Cluster::start(&mut machine);
    let labels = json!({"istio": "ingressgateway"});
    let container = json!({"name": "istio-proxy", "image": "registry.example.com/proxyv2:1"});
    cluster.create(&json!({
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "istio-ingressgateway", "namespace": "istio-ingress"},
        "spec": {
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}},
        },
    }));
    let [create, hand, read] = OPERATIONS.blocks_of("A Secret of Kubernetes", "sh");
    cluster.machine().shell(create);
    cluster.machine().shell(hand);
    let token = cluster.machine().shell(read);
    let is_hex = token.bytes().all(|byte| byte.is_ascii_hexdigit());
    assert!(is_hex && token.len() == 64, "{token}");

    let deployment = (cluster.server).object("istio-ingress", "deployment", "istio-ingressgateway");
    let variables = &deployment["spec"]["template"]["spec"]["containers"][0]["env"];
    let variables: Vec<(&str, &str)> = (variables.as_array().unwrap().iter())
        .map(|variable| {
            let key = &variable["valueFrom"]["secretKeyRef"]["key"];
            (variable["name"].as_str().unwrap(), key.as_str().unwrap())
        })
        .collect();
    for (name, key) in [
        ("MAINTENANCE_TOKEN", "token"),
        ("MAINTENANCE_BYPASS_KEY", "bypass-key"),
    ] {
        assert!(variables.contains(&(name, key)), "{variables:?}");
    }

    let manifest = OPERATIONS.block_for("A Secret of Kubernetes", "Istio");
    let manifest: Value = support::yaml::parse(manifest);
    cluster.create(&manifest);
    for variable in manifest["spec"]["vmConfig"]["env"].as_array().unwrap() {
        let name = variable["name"].as_str().unwrap();
        assert!(variables.iter().any(|(known, _)| *known == name), "{name}");
    }
}
