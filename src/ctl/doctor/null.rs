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
        for spot in plugin.written.all() {
            if spot.is_null() {
                let place = spot.place();
                let fix = match place.path.ends_with("retry_after") {
                    true => "Write retry_after: \"none\" for no header.",
                    false => "Write a value, or remove the key.",
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
