//! Manifests for Kubernetes that configure the filter: Istio's `WasmPlugin` and
//! `TrafficExtension`, Envoy Gateway's `EnvoyExtensionPolicy`.

use serde_json::Value;

use crate::ctl::documents::found::{Found, is_ours};
use crate::ctl::documents::protobuf_struct::of_struct;

/// Where a Wasm filter is named, or where its code comes from.
const NAMES: [&str; 5] = ["code", "name", "pluginName", "rootID", "url"];

/// The plugin configurations of this filter in a manifest; `None` for what is none of these.
pub(super) fn plugins(manifest: &Value) -> Option<Vec<Found>> {
    let kind = manifest.get("kind")?.as_str()?;
    let group = manifest.get("apiVersion")?.as_str()?;
    let (group, _version) = group.split_once('/')?;
    let spec = manifest.get("spec").unwrap_or(&Value::Null);
    let (filters, key) = match (group, kind) {
        ("extensions.istio.io", "WasmPlugin") => (vec![("spec".to_owned(), spec)], "pluginConfig"),
        ("extensions.istio.io", "TrafficExtension") => {
            let wasm = spec.get("wasm")?;
            (vec![("spec.wasm".to_owned(), wasm)], "pluginConfig")
        }
        ("gateway.envoyproxy.io", "EnvoyExtensionPolicy") => {
            let filters = spec.get("wasm").and_then(Value::as_array);
            let filters = filters.into_iter().flatten().enumerate();
            let placed = filters.map(|(index, wasm)| (format!("spec.wasm[{index}]"), wasm));
            (placed.collect(), "config")
        }
        _ => return None,
    };
    let name = manifest.pointer("/metadata/name");
    let ours = filters.into_iter().filter(|(_, wasm)| {
        let names = NAMES.iter().map(|&key| wasm.get(key));
        is_ours(names.chain([name]))
    });
    let name = name.and_then(Value::as_str).unwrap_or("without a name");
    let found = ours.map(|(place, wasm)| Found {
        place: format!("{kind} {name}: {place}.{key}"),
        configuration: Ok(wasm.get(key).map(of_struct).unwrap_or_default()),
    });
    Some(found.collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn places(manifest: &Value) -> Option<Vec<String>> {
        let plugins = plugins(manifest)?;
        Some(plugins.into_iter().map(|found| found.place).collect())
    }

    #[test]
    fn finds_the_filter_in_each_kind() {
        let manifest = |group: &str, kind: &str, spec: Value| {
            json!({"apiVersion": format!("{group}/v1alpha1"), "kind": kind,
                   "metadata": {"name": "shop"}, "spec": spec})
        };
        let url = "oci://example.com/maintenance-mode:1";
        let istio = "extensions.istio.io";
        let gateway = "gateway.envoyproxy.io";
        for (manifest, place) in [
            (
                manifest(istio, "WasmPlugin", json!({"url": url, "pluginConfig": {}})),
                Some("WasmPlugin shop: spec.pluginConfig"),
            ),
            (
                manifest(istio, "TrafficExtension", json!({"wasm": {"url": url}})),
                Some("TrafficExtension shop: spec.wasm.pluginConfig"),
            ),
            (
                manifest(
                    gateway,
                    "EnvoyExtensionPolicy",
                    json!({"wasm": [{"name": "other"}, {"code": {"image": {"url": url}}}]}),
                ),
                Some("EnvoyExtensionPolicy shop: spec.wasm[1].config"),
            ),
            (
                manifest(istio, "WasmPlugin", json!({"url": "oci://other"})),
                None,
            ),
        ] {
            let expected: Vec<String> = place.into_iter().map(str::to_owned).collect();
            assert_eq!(places(&manifest), Some(expected), "{manifest}");
        }
        assert_eq!(places(&manifest("apps", "Deployment", json!({}))), None);
        assert_eq!(places(&json!({"mode": "on"})), None);
    }
}
