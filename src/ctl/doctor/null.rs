//! `null`: a value that the API server drops.

use crate::ctl::doctor::finding::Findings;
use crate::ctl::setup::plugin::Carrier;
use crate::ctl::setup::setup::Setup;

pub(super) fn check(setup: &Setup, findings: &mut Findings) {
    for plugin in &setup.plugins {
        let is_patch = plugin.carrier == Carrier::Wasm && plugin.around.is_some();
        let is_manifest = matches!(plugin.carrier, Carrier::Istio | Carrier::EnvoyGateway);
        if !is_manifest && !is_patch {
            continue;
        }
        let all = plugin.written.all();
        let values = all.iter().flat_map(|spot| spot.entries());
        for (key, spot) in values {
            if spot.is_null() {
                let place = spot.place();
                let fix = match key {
                    "retry_after" => "Write retry_after: \"none\" for no header.",
                    _ => "Write a value, or remove the key.",
                };
                findings.add(
                    place,
                    "the API server drops a key whose value is null: the filter does not see it, \
                     and takes the default",
                    fix,
                );
            }
        }
    }
}
