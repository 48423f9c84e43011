//! `no-filter`, too: an `EnvoyFilter` that has the filter, and finds no place for it.

use crate::ctl::doctor::finding::Findings;
use crate::ctl::doctor::reach::selects_gateway;
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
    let is_gateway = manifest.get("spec").as_ref().is_some_and(selects_gateway);
    let all = manifest.list_at(&["spec", "configPatches"]);
    for found in all.iter().filter_map(|patch| patch.get("match")) {
        let context = found.get("context");
        let is_of_sidecar = |text: &str| text.starts_with("SIDECAR");
        if let Some(context) = context.filter(|_| is_gateway)
            && context.text().is_some_and(is_of_sidecar)
        {
            findings.add(
                context.place(),
                "this selects a gateway, which has no listener of a sidecar: it does not get the \
                 filter, and everybody passes while maintenance is on",
                "Write context: GATEWAY.",
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
            if let Some(named) = named
                && let Some(old) = named.text().filter(|name| is_old(name))
            {
                let new = old.replace("envoy.", &format!("envoy.filters.{kind}."));
                findings.add(
                    named.place(),
                    format!(
                        "no listener of today has a filter {old:?}: the patch finds no place, and \
                         no proxy gets the filter"
                    ),
                    format!("Write {new}."),
                );
            }
        }
    }
}
