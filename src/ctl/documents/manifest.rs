//! Manifests for Kubernetes that configure the filter: Istio's `WasmPlugin` and
//! `TrafficExtension`, Envoy Gateway's `EnvoyExtensionPolicy`.

use serde_json::Value;

use crate::ctl::documents::{found::Found, ours::is_ours, protobuf_struct::of_struct};

/// The plugin configurations of this filter in a manifest; `None` for what is none of these.
pub(super) fn plugins(manifest: &Value) -> Option<Vec<Found>> {
    let kind = manifest.get("kind")?.as_str()?;
    let group = manifest.get("apiVersion")?.as_str()?;
    let (group, _version) = group.split_once('/')?;
    let spec = manifest.get("spec").unwrap_or(&Value::Null);
    let name = manifest.pointer("/metadata/name");
    let place = |field: &str| {
        let name = name.and_then(Value::as_str).unwrap_or("without a name");
        format!("{kind} {name}: {field}")
    };
    match (group, kind) {
        ("extensions.istio.io", "WasmPlugin") => {
            let names = [name, spec.get("url"), spec.get("pluginName")];
            let found = found(place("spec.pluginConfig"), spec.get("pluginConfig"));
            Some(is_ours(names).then_some(found).into_iter().collect())
        }
        ("extensions.istio.io", "TrafficExtension") => {
            let wasm = spec.get("wasm")?;
            let names = [name, wasm.get("url"), wasm.get("pluginName")];
            let found = found(place("spec.wasm.pluginConfig"), wasm.get("pluginConfig"));
            Some(is_ours(names).then_some(found).into_iter().collect())
        }
        ("gateway.envoyproxy.io", "EnvoyExtensionPolicy") => {
            let plugins = spec.get("wasm").and_then(Value::as_array);
            let plugins = plugins.into_iter().flatten().enumerate();
            let ours = plugins.filter(|(_, wasm)| {
                is_ours([name, wasm.get("name"), wasm.get("rootID"), wasm.get("code")])
            });
            let found = ours.map(|(index, wasm)| {
                found(
                    place(&format!("spec.wasm[{index}].config")),
                    wasm.get("config"),
                )
            });
            Some(found.collect())
        }
        _ => None,
    }
}

fn found(place: String, configuration: Option<&Value>) -> Found {
    Found {
        place,
        configuration: Ok(configuration.map_or_else(String::new, of_struct)),
    }
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
