//! Manifests for Kubernetes that configure the filter: Istio's `WasmPlugin` and
//! `TrafficExtension`, Envoy Gateway's `EnvoyExtensionPolicy`.

use maintenance_mode_core::syntax::nearest::misspelt;

use crate::ctl::documents::spot::Spot;
use crate::ctl::setup::environment::Variables;
use crate::ctl::setup::mistaken::Mistaken;
use crate::ctl::setup::plugin::{Carrier, Plugin, is_ours};

const ISTIO: &str = "extensions.istio.io";
const ENVOY_GATEWAY: &str = "gateway.envoyproxy.io";
/// The kinds that configure a filter, and whose they are.
const KINDS: [(&str, &str); 3] = [
    ("WasmPlugin", ISTIO),
    ("TrafficExtension", ISTIO),
    ("EnvoyExtensionPolicy", ENVOY_GATEWAY),
];

/// The kind of a manifest.
pub(super) fn kind<'d>(spot: &Spot<'d>) -> Option<&'d str> {
    spot.get("apiVersion")?;
    spot.text_of("kind")
}

/// Our filters in a manifest of a kind.
pub(super) fn plugins<'d>(kind: &str, manifest: &Spot<'d>) -> Vec<Plugin<'d>> {
    let group = group(manifest);
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
        (ISTIO, "WasmPlugin") => istio(spec).into_iter().collect(),
        (ISTIO, "TrafficExtension") => spec.get("wasm").and_then(istio).into_iter().collect(),
        (ENVOY_GATEWAY, "EnvoyExtensionPolicy") => {
            let wasm = wasm.into_iter().filter_map(|wasm| {
                let variables = Variables::of_gateway(&wasm);
                gateway(wasm, &variables)
            });
            let modules = modules
                .into_iter()
                .filter_map(|module| gateway(module, &Variables::OfEnvoy));
            wasm.chain(modules).collect()
        }
        _ => Vec::new(),
    }
}

/// What is wrong with the kind of a manifest that is meant to be one of ours.
pub(super) fn mistaken<'d>(kind: &str, manifest: &Spot<'d>) -> Option<Mistaken<'d>> {
    let known = KINDS.map(|(kind, _)| kind);
    let meant = misspelt(kind, &known)?;
    let (_, wanted) = KINDS.into_iter().find(|(known, _)| *known == meant)?;
    if !is_ours([Some(manifest.clone())]) {
        return None;
    }
    let (key, problem) = match (kind == meant, group(manifest)) {
        (false, _) => (
            "kind",
            format!("unknown kind `{kind}`; did you mean `{meant}`?"),
        ),
        (true, found) if found != wanted => (
            "apiVersion",
            format!("a {kind} of {found:?} is none of {wanted}"),
        ),
        _ => return None,
    };
    Some(Mistaken {
        spot: manifest.get_or_self(key),
        problem: format!("{problem}: the API server refuses it"),
        fix: format!("Write apiVersion: {wanted}/v1alpha1, and kind: {meant}."),
    })
}

fn group<'d>(manifest: &Spot<'d>) -> &'d str {
    let version = manifest.text_of("apiVersion").unwrap_or_default();
    version.split_once('/').map_or("", |(group, _)| group)
}
