//! What the API server takes of a manifest, after the schemas that Istio 1.30 and Envoy Gateway
//! 1.9 publish: a field that is not here would be dropped, or the manifest refused.

use serde::Deserialize;
use serde_json::{Map, Value};

/// Whether a manifest has the shape of its kind; if not, what is wrong.
pub fn of(manifest: &Value) -> Result<(), serde_json::Error> {
    Manifest::deserialize(manifest).map(drop)
}

#[derive(Deserialize)]
#[serde(tag = "kind", deny_unknown_fields)]
#[allow(dead_code, reason = "they only say what there may be")]
enum Manifest {
    TrafficExtension {
        #[serde(rename = "apiVersion")]
        api_version: IstioVersion,
        metadata: Metadata,
        spec: TrafficExtension,
    },
    WasmPlugin {
        #[serde(rename = "apiVersion")]
        api_version: IstioVersion,
        metadata: Metadata,
        spec: WasmPlugin,
    },
    EnvoyExtensionPolicy {
        #[serde(rename = "apiVersion")]
        api_version: GatewayVersion,
        metadata: Metadata,
        spec: EnvoyExtensionPolicy,
    },
    EnvoyProxy {
        #[serde(rename = "apiVersion")]
        api_version: GatewayVersion,
        metadata: Metadata,
        spec: EnvoyProxy,
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
    Metadata { name: String, namespace: String; labels: Map<String, Value>, annotations: Map<String, Value> }
    TrafficExtension { wasm: Wasm; selector: Selector, target_refs: Vec<Target>, phase: Phase, priority: i32, r#match: Vec<Traffic> }
    Wasm {
        url: String;
        sha256: String, image_pull_policy: PullPolicy, image_pull_secret: String, verification_key: String,
        plugin_name: String, plugin_config: Map<String, Value>, fail_strategy: FailStrategy, r#type: PluginType, vm_config: VmConfig
    }
    WasmPlugin {
        url: String;
        selector: Selector, target_ref: Target, target_refs: Vec<Target>, phase: Phase, priority: i32, r#match: Vec<Traffic>,
        sha256: String, image_pull_policy: PullPolicy, image_pull_secret: String, verification_key: String,
        plugin_name: String, plugin_config: Map<String, Value>, fail_strategy: FailStrategy, r#type: PluginType, vm_config: VmConfig
    }
    Selector { ; match_labels: Map<String, Value> }
    Traffic { ; mode: Mode, ports: Vec<Port> }
    Port { number: u16; }
    VmConfig { ; env: Vec<Variable> }
    Variable { name: String; value: String, value_from: ValueFrom }
    Target { kind: String, name: String; group: String, namespace: String, section_name: String }

    EnvoyExtensionPolicy { ; wasm: Vec<Extension>, dynamic_module: Vec<Module>, target_ref: Target, target_refs: Vec<Target>, target_selectors: Vec<Value>, merge_type: String }
    Extension { code: Code; name: String, root_id: String, config: Value, fail_open: bool, env: HostVariables }
    Module { name: String; filter_name: String, config: Value, terminal_filter: bool }
    EnvoyProxy { ; provider: Provider, dynamic_modules: Vec<Registered>, logging: Value, telemetry: Value, bootstrap: Bootstrap }
    Bootstrap { r#type: BootstrapType, json_patches: Vec<Value>; }
    Provider { r#type: ProviderType, kubernetes: Kubernetes; }
    Kubernetes { envoy_deployment: Deployment; }
    Deployment { container: Container; }
    Container { image: String; }
    Registered { name: String, source: ModuleSource; do_not_close: bool, load_globally: bool }
    ModuleSource { local: LocalSource; r#type: SourceType }
    LocalSource { path: String; }
    HostVariables { ; host_keys: Vec<String> }
    Code { r#type: CodeType; http: Source, image: Source, pull_policy: PullPolicy }
    Source { url: String; sha256: String, tls: Value, pull_secret_ref: Value }
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
    IstioVersion { V1Alpha1 = "extensions.istio.io/v1alpha1" }
    GatewayVersion { V1Alpha1 = "gateway.envoyproxy.io/v1alpha1" }
    Phase { Authn = "AUTHN", Authz = "AUTHZ", Stats = "STATS" }
    Mode { Client = "CLIENT", Server = "SERVER", Both = "CLIENT_AND_SERVER" }
    PullPolicy { IfNotPresent = "IfNotPresent", Always = "Always" }
    FailStrategy { Close = "FAIL_CLOSE", Open = "FAIL_OPEN", Reload = "FAIL_RELOAD" }
    PluginType { Http = "HTTP", Network = "NETWORK" }
    ValueFrom { Inline = "INLINE", Host = "HOST" }
    BootstrapType { JsonPatch = "JSONPatch", Merge = "Merge", Replace = "Replace" }
    ProviderType { Kubernetes = "Kubernetes" }
    SourceType { Local = "Local", Remote = "Remote" }
    CodeType { Http = "HTTP", Image = "Image" }
}
