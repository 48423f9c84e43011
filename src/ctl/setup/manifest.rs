//! Manifests for Kubernetes that configure the filter: Istio's `WasmPlugin` and
//! `TrafficExtension`, Envoy Gateway's `EnvoyExtensionPolicy`.

use crate::ctl::documents::spot::Spot;
use crate::ctl::setup::environment::Variables;
use crate::ctl::setup::plugin::{Carrier, Plugin};

/// The kind of a manifest.
pub(super) fn kind<'d>(spot: &Spot<'d>) -> Option<&'d str> {
    spot.get("apiVersion")?;
    spot.text_of("kind")
}

/// Our filters in a manifest of a kind.
pub(super) fn plugins<'d>(kind: &str, manifest: &Spot<'d>) -> Vec<Plugin<'d>> {
    let group = manifest.text_of("apiVersion").unwrap_or_default();
    let group = group.split_once('/').map_or("", |(group, _)| group);
    let Some(spec) = manifest.get("spec") else {
        return Vec::new();
    };
    let name = manifest.at(&["metadata", "name"]);
    let istio = |spot: Spot<'d>| {
        let variables = Variables::of_istio(spot.get("vmConfig").as_ref());
        let manifest = (manifest, name.clone());
        Plugin::of_manifest(Carrier::Istio, manifest, spot, "pluginConfig", &variables)
    };
    let (wasm, modules) = (spec.list("wasm"), spec.list("dynamicModule"));
    let is_only = wasm.len() + modules.len() == 1;
    let gateway = |spot: Spot<'d>, variables: &Variables| {
        let manifest = (manifest, name.clone().filter(|_| is_only));
        Plugin::of_manifest(Carrier::EnvoyGateway, manifest, spot, "config", variables)
    };
    match (group, kind) {
        ("extensions.istio.io", "WasmPlugin") => istio(spec).into_iter().collect(),
        ("extensions.istio.io", "TrafficExtension") => {
            spec.get("wasm").and_then(istio).into_iter().collect()
        }
        ("gateway.envoyproxy.io", "EnvoyExtensionPolicy") => {
            let wasm = wasm.into_iter().filter_map(|wasm| {
                let variables = Variables::of_gateway(&wasm);
                gateway(wasm, &variables)
            });
            let modules = modules
                .into_iter()
                .filter_map(|module| gateway(module, &Variables::All));
            wasm.chain(modules).collect()
        }
        _ => Vec::new(),
    }
}
