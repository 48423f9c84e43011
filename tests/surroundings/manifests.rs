//! What the document has for Istio and Envoy Gateway: of the shape that their API servers take,
//! after the schemas that they publish, and valid for the command line. No control plane has
//! read it here.

use std::{fs, process::Command};

use serde::Deserialize;
use serde_json::{Map, Value};

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
    let [istio, gateway, order, _] = plugins().try_into().unwrap();
    assert_eq!(istio["spec"]["failStrategy"], "FAIL_RELOAD");
    assert_eq!(gateway["spec"]["wasm"][0]["failOpen"], false);
    assert_eq!(order["spec"].get("phase"), None);
}

#[derive(Deserialize)]
#[serde(tag = "kind", deny_unknown_fields)]
#[allow(dead_code, reason = "they only say what there may be")]
enum Manifest {
    DestinationRule {
        #[serde(rename = "apiVersion")]
        api_version: IstioVersion,
        metadata: Metadata,
        spec: DestinationRule,
    },
    EnvoyFilter {
        #[serde(rename = "apiVersion")]
        api_version: IstioVersion,
        metadata: Metadata,
        spec: EnvoyFilter,
    },
    BackendTrafficPolicy {
        #[serde(rename = "apiVersion")]
        api_version: GatewayVersion,
        metadata: Metadata,
        spec: BackendTrafficPolicy,
    },
}

/// Structs of which every field may be absent, but those before the semicolon.
macro_rules! shapes {
    ($($name:ident { $($field:ident: $type:ty),*; $($optional:ident: $other:ty),* })*) => {$(
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields, rename_all = "camelCase")]
        #[allow(dead_code, reason = "they only say what there may be")]
        struct $name {
            $($field: $type,)*
            $($optional: Option<$other>,)*
        }
    )*};
}

shapes! {
    Metadata { name: String, namespace: String; }

    DestinationRule { host: String; traffic_policy: TrafficPolicy }
    TrafficPolicy { ; outlier_detection: OutlierDetection }

    EnvoyFilter { config_patches: Vec<ConfigPatch>; workload_selector: WorkloadSelector, priority: i32 }
    WorkloadSelector { labels: Map<String, Value>; }
    ConfigPatch { apply_to: ApplyTo, patch: Patch; r#match: PatchMatch }
    PatchMatch { ; context: Context, cluster: ClusterMatch, listener: ListenerMatch }
    ClusterMatch { ; service: String, name: String, subset: String, port_number: u16 }
    ListenerMatch { ; filter_chain: FilterChainMatch, name: String, port_number: u16 }
    FilterChainMatch { ; filter: FilterMatch, name: String, sni: String }
    FilterMatch { ; name: String }
    Patch { operation: Operation, value: Value; }

    BackendTrafficPolicy { target_refs: Vec<Target>; health_check: HealthCheck, response_override: Vec<ResponseOverride> }
    Target { group: String, kind: String, name: String; section_name: String }
    HealthCheck { ; passive: Passive }
    ResponseOverride { r#match: ResponseMatch, response: CustomResponse; }
    ResponseMatch { status_codes: Vec<StatusCode>; }
    StatusCode { r#type: CodeType, value: u16; }
    CustomResponse { ; content_type: String, body: Body, status_code: u16 }
    Body { r#type: BodyType, inline: String; }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[allow(dead_code, reason = "they only say what there may be")]
struct OutlierDetection {
    #[serde(rename = "consecutive5xxErrors")]
    consecutive_5xx_errors: Option<u32>,
    consecutive_gateway_errors: Option<u32>,
    split_external_local_origin_errors: Option<bool>,
    consecutive_local_origin_failures: Option<u32>,
    interval: Option<String>,
    base_ejection_time: Option<String>,
    max_ejection_percent: Option<u8>,
    min_health_percent: Option<u8>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[allow(dead_code, reason = "they only say what there may be")]
struct Passive {
    #[serde(rename = "consecutive5XxErrors")]
    consecutive_5xx_errors: Option<u32>,
    consecutive_gateway_errors: Option<u32>,
    split_external_local_origin_errors: Option<bool>,
    consecutive_local_origin_failures: Option<u32>,
    interval: Option<String>,
    base_ejection_time: Option<String>,
    max_ejection_percent: Option<u8>,
}

/// Enumerations of words.
macro_rules! words {
    ($($name:ident { $($word:ident = $text:literal),* })*) => {$(
        #[derive(Deserialize)]
        enum $name {
            $(#[serde(rename = $text)] $word,)*
        }
    )*};
}

words! {
    IstioVersion { V1 = "networking.istio.io/v1", V1Alpha3 = "networking.istio.io/v1alpha3" }
    GatewayVersion { V1Alpha1 = "gateway.envoyproxy.io/v1alpha1" }
    ApplyTo { Cluster = "CLUSTER", NetworkFilter = "NETWORK_FILTER" }
    Context { Gateway = "GATEWAY", Inbound = "SIDECAR_INBOUND", Outbound = "SIDECAR_OUTBOUND", Any = "ANY" }
    Operation { Merge = "MERGE" }
    CodeType { Value = "Value", Range = "Range" }
    BodyType { Inline = "Inline", Reference = "ValueRef" }
}

#[test]
fn the_other_manifests_have_the_fields_of_their_kinds_and_no_other() {
    for manifest in [
        manifest("ejects", "Istio"),
        manifest("ejects", "Istio, the matcher"),
        manifest("ejects", "Envoy Gateway"),
        manifest("reply-replaced", "Istio, local_reply_config"),
        manifest("reply-replaced", "Envoy Gateway, responseOverride"),
    ] {
        let shape = Manifest::deserialize(&manifest);
        shape.unwrap_or_else(|error| panic!("{manifest}: {error}"));
        let mut misspelt = manifest;
        misspelt["spec"]["trafficPolicies"] = Value::Array(Vec::new());
        assert!(Manifest::deserialize(&misspelt).is_err());
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
