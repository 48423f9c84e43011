//! Configurations of a route for the filter, which Envoy refuses for Wasm: a fault of `invalid`.

use crate::ctl::doctor::finding::Findings;
use crate::ctl::documents::spot::Spot;
use crate::ctl::setup::manager::HttpFilter;
use crate::ctl::setup::plugin::Carrier;
use crate::ctl::setup::setup::Setup;
use crate::ctl::setup::typed::{FILTER_CONFIG, message};

pub(super) fn check(setup: &Setup, findings: &mut Findings) {
    for manager in &setup.managers {
        let is_wasm = |filter: &&HttpFilter| {
            let plugin = filter.plugin.and_then(|index| setup.plugins.get(index));
            plugin.is_some_and(|plugin| plugin.carrier == Carrier::Wasm)
        };
        let ours = manager.filters.iter().filter(is_wasm);
        let names: Vec<&str> = ours.map(|filter| filter.name).collect();
        for scope in setup.scopes_of(manager) {
            let entries = scope.entries().into_iter();
            let of_ours = entries.filter(|(name, _)| names.contains(name));
            for (_, entry) in of_ours.filter(|(_, entry)| is_refused(entry)) {
                findings.add(
                    entry.place(),
                    format!(
                        "{} has a configuration of its own for the filter: Envoy knows none for a \
                         Wasm filter, and refuses it",
                        scope.title
                    ),
                    "Write a rule with `match` in the plugin configuration of the filter. Here only \
                     envoy.config.route.v3.FilterConfig with `disabled` may stand.",
                );
            }
        }
    }
}

/// Whether an entry is more than a switch, and Envoy may not ignore it.
fn is_refused(entry: &Spot) -> bool {
    match message(entry) {
        Some((FILTER_CONFIG, config)) => {
            let is_optional = config.bool_of("is_optional") == Some(true);
            !config.entries_at(&["config"]).is_empty() && !is_optional
        }
        Some(_) => true,
        None => false,
    }
}
