//! `fails-open`: a VM that dies lets everything pass.

use crate::ctl::doctor::finding::Findings;
use crate::ctl::documents::node::Content;
use crate::ctl::documents::spot::Spot;
use crate::ctl::setup::plugin::{Carrier, Plugin};
use crate::ctl::setup::setup::Setup;

/// Keys that say so, and their values.
const KEYS: [&str; 4] = ["failure_policy", "fail_open", "failStrategy", "failOpen"];
/// `FAIL_OPEN` of Envoy's `FailurePolicy`.
const NUMBER: f64 = 3.0;

pub(super) fn check(setup: &Setup, findings: &mut Findings) {
    for plugin in &setup.plugins {
        let keys = KEYS.iter().filter_map(|key| plugin.spot.get(key));
        for spot in keys.filter(is_open) {
            findings.add(
                spot.place(),
                "when a VM of the filter dies or cannot be made, every request passes, calls of \
                 the admin endpoint too: maintenance ends without a word",
                fix(plugin),
            );
        }
    }
}

fn is_open(spot: &Spot) -> bool {
    match &spot.node().content {
        Content::Text(word, _) => word == "FAIL_OPEN",
        Content::Number(number) => number.as_f64() == Some(NUMBER),
        Content::Bool(bit) => *bit,
        _ => false,
    }
}

fn fix(plugin: &Plugin) -> &'static str {
    match plugin.carrier {
        Carrier::Istio => {
            "Write failStrategy: FAIL_RELOAD (FAIL_CLOSE where Istio does not know that word)."
        }
        Carrier::EnvoyGateway => "Write failOpen: false.",
        _ => "Write failure_policy: FAIL_RELOAD, and remove fail_open.",
    }
}
