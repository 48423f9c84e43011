//! `no-filter`, too: an `EnvoyFilter` that has the filter, and finds no place for it.

use crate::ctl::doctor::finding::Findings;
use crate::ctl::doctor::reach::{add, selects_gateway};
use crate::ctl::documents::spot::Spot;
use crate::ctl::setup::setup::Setup;

pub(super) fn check(setup: &Setup, findings: &mut Findings) {
    for (kind, manifest) in &setup.manifests {
        let has_filter = || setup.plugins.iter().any(|plugin| plugin.is_in(manifest));
        if *kind == "EnvoyFilter" && has_filter() {
            of_manifest(manifest, findings);
        }
    }
}

/// Where an `EnvoyFilter` looks for a place for the filter, and there is none.
fn of_manifest(manifest: &Spot, findings: &mut Findings) {
    let spec = manifest.get("spec");
    let is_gateway = spec.as_ref().is_some_and(selects_gateway);
    let all = spec
        .map(|spec| spec.list("configPatches"))
        .unwrap_or_default();
    for found in all.iter().filter_map(|patch| patch.get("match")) {
        let context = found.get("context");
        let is_of_sidecar = |text: &str| text.starts_with("SIDECAR");
        let of_sidecar = context.filter(|spot| spot.text().is_some_and(is_of_sidecar));
        if let Some(context) = of_sidecar.filter(|_| is_gateway) {
            add(
                &context,
                "this selects a gateway, which has no listener of a sidecar: it does not get the \
                 filter, and everybody passes while maintenance is on",
                "Write context: GATEWAY.",
                findings,
            );
        }
        let filter = found.at(&["listener", "filterChain", "filter"]);
        let sub = filter.as_ref().and_then(|filter| filter.get("subFilter"));
        for (named, kind) in [(filter, "network"), (sub, "http")] {
            let named = named.and_then(|filter| filter.get("name"));
            let is_old = |name: &str| {
                let rest = name.strip_prefix("envoy.").unwrap_or(".");
                !rest.contains('.')
            };
            if let Some(named) = named.filter(|spot| spot.text().is_some_and(is_old)) {
                let old = named.text().unwrap_or_default();
                let new = old.replace("envoy.", &format!("envoy.filters.{kind}."));
                add(
                    &named,
                    format!(
                        "no listener of today has a filter {old:?}: the patch finds no place, and \
                         no proxy gets the filter"
                    ),
                    format!("Write {new}."),
                    findings,
                );
            }
        }
    }
}
