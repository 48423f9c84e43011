//! What the document has for Istio and Envoy Gateway: of the shape that their API servers take,
//! after the schemas that they publish, and valid for the command line. No control plane has
//! read it here.

use std::{fs, process::Command};

use serde_json::{Value, json};

use crate::document::block;

/// A manifest of the document.
pub fn manifest(heading: &str, place: &str) -> Value {
    block(heading, place)
}

/// Those of the filter itself.
fn plugins() -> Vec<Value> {
    vec![
        manifest("fails-open", "Istio"),
        manifest("fails-open", "Envoy Gateway"),
        manifest("order", "Istio"),
        manifest("null", "Istio"),
        manifest("A Secret of Kubernetes", "Istio"),
        manifest("A Secret of Kubernetes", "Envoy Gateway"),
    ]
}

#[test]
fn the_command_line_finds_the_manifests_of_the_filter_valid() {
    for plugin in plugins() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("manifest.json");
        fs::write(&path, plugin.to_string()).unwrap();
        let checked = Command::new(env!("CARGO_BIN_EXE_maintenancectl"))
            .arg("check")
            .arg(&path)
            .output()
            .unwrap();
        assert!(checked.status.success(), "{checked:?}");
        assert!(!plugin.to_string().contains("null"), "{plugin}");
    }
}

#[test]
fn none_of_them_fails_open_and_claims_are_read_after_they_are_verified() {
    let [istio, gateway, order, ..] = &plugins()[..] else {
        panic!("some are missing");
    };
    assert_eq!(istio["spec"]["failStrategy"], "FAIL_RELOAD");
    assert_eq!(gateway["spec"]["wasm"][0]["failOpen"], false);
    assert_eq!(order["spec"].get("phase"), None);
}

/// What there may be in the manifest of a kind, which its API server checks: an object has no
/// other fields, every element of a list is as the one here, and a text is one of the words
/// between its bars. What is null may be anything.
fn shape(kind: &str) -> Value {
    let errors = |server_errors: &str| {
        json!({
            server_errors: null,
            "consecutiveGatewayErrors": null,
            "splitExternalLocalOriginErrors": null,
            "consecutiveLocalOriginFailures": null,
            "interval": null,
            "baseEjectionTime": null,
            "maxEjectionPercent": null,
        })
    };
    let (version, spec) = match kind {
        "DestinationRule" => (
            "networking.istio.io/v1",
            json!({
                "host": null,
                "trafficPolicy": {"outlierDetection": errors("consecutive5xxErrors")},
            }),
        ),
        "EnvoyFilter" => (
            "networking.istio.io/v1alpha3",
            json!({
                "workloadSelector": {"labels": null},
                "configPatches": [{
                    "applyTo": "CLUSTER|HTTP_FILTER|NETWORK_FILTER",
                    "match": {
                        "context": "ANY|GATEWAY|SIDECAR_INBOUND|SIDECAR_OUTBOUND",
                        "cluster": {"service": null, "name": null, "subset": null, "portNumber": null},
                        "listener": {"name": null, "portNumber": null, "filterChain": {
                            "name": null,
                            "sni": null,
                            "filter": {"name": null},
                        }},
                    },
                    "patch": {"operation": "MERGE|ADD|INSERT_FIRST", "value": null},
                }],
            }),
        ),
        "BackendTrafficPolicy" => (
            "gateway.envoyproxy.io/v1alpha1",
            json!({
                "targetRefs": [{"group": null, "kind": "Gateway|HTTPRoute", "name": null, "sectionName": null}],
                "healthCheck": {"passive": errors("consecutive5XxErrors")},
                "responseOverride": [{
                    "match": {"statusCodes": [{"type": "Value|Range", "value": null, "range": null}]},
                    "response": {
                        "statusCode": null,
                        "contentType": null,
                        "body": {"type": "Inline|ValueRef", "inline": null, "valueRef": null},
                    },
                }],
            }),
        ),
        "EnvoyProxy" => {
            let variable = json!({
                "name": null,
                "value": null,
                "valueFrom": {"secretKeyRef": {"name": null, "key": null}},
            });
            let deployment = json!({"container": {"env": [variable], "image": null}});
            let provider = json!({
                "type": "Kubernetes",
                "kubernetes": {"envoyDeployment": deployment},
            });
            (
                "gateway.envoyproxy.io/v1alpha1",
                json!({"provider": provider}),
            )
        }
        other => panic!("no shape of {other}"),
    };
    json!({
        "apiVersion": version,
        "kind": kind,
        "metadata": {"name": null, "namespace": null},
        "spec": spec,
    })
}

/// Where a value has something that its shape has not.
fn stranger(value: &Value, shape: &Value, path: &str) -> Option<String> {
    match (value, shape) {
        (_, Value::Null) => None,
        (Value::Object(fields), Value::Object(known)) => fields.iter().find_map(|(name, field)| {
            let path = format!("{path}.{name}");
            match known.get(name) {
                Some(shape) => stranger(field, shape, &path),
                None => Some(path),
            }
        }),
        (Value::Array(items), Value::Array(known)) => items
            .iter()
            .find_map(|item| stranger(item, &known[0], path)),
        (Value::String(word), Value::String(words)) => {
            let is_known = words.split('|').any(|known| known == word);
            (!is_known).then(|| format!("{path}: {word}"))
        }
        _ => Some(path.to_owned()),
    }
}

#[test]
fn the_other_manifests_have_the_fields_of_their_kinds_and_no_other() {
    for mut manifest in [
        manifest("ejects", "Istio"),
        manifest("ejects", "Istio, the matcher"),
        manifest("ejects", "Envoy Gateway"),
        manifest("reply-replaced", "Istio, local_reply_config"),
        manifest("reply-replaced", "Envoy Gateway, responseOverride"),
        manifest("A Secret of Kubernetes", "Envoy Gateway, the proxies"),
    ] {
        let shape = shape(manifest["kind"].as_str().unwrap());
        assert_eq!(stranger(&manifest, &shape, ""), None, "{manifest}");
        manifest["spec"]["trafficPolicies"] = json!([]);
        let found = stranger(&manifest, &shape, "");
        assert_eq!(found.as_deref(), Some(".spec.trafficPolicies"));
    }
}

/// What an `EnvoyFilter` merges is what Envoys were tested with.
#[test]
fn the_patches_of_istio_are_the_blocks_of_envoy() {
    let patch = |manifest: Value| manifest["spec"]["configPatches"][0]["patch"]["value"].clone();
    assert_eq!(
        patch(manifest("ejects", "Istio, the matcher")),
        block("ejects", "On the cluster in front")
    );
    let mut merged = patch(manifest("reply-replaced", "Istio, local_reply_config"));
    let manager = merged["typed_config"].as_object_mut().unwrap();
    manager.remove("@type");
    let expected = block(
        "reply-replaced",
        "In the HTTP connection manager, local_reply_config",
    );
    assert_eq!(merged["typed_config"], expected);
}

#[test]
fn no_code_that_is_overridden_is_that_of_the_reply() {
    let manifest = manifest("reply-replaced", "Envoy Gateway, responseOverride");
    let codes = &manifest["spec"]["responseOverride"][0]["match"]["statusCodes"];
    let codes = codes.as_array().unwrap();
    assert!(codes.iter().all(|code| code["type"] == "Value"));
    assert!(codes.iter().all(|code| code["value"] != 503));
}
