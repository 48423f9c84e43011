//! What Istio puts in the place of a module that it cannot fetch: a part of `no-filter`.

use crate::ctl::doctor::finding::Findings;
use crate::ctl::setup::manager::HttpFilter;
use crate::ctl::setup::plugin::is_ours;
use crate::ctl::setup::setup::Setup;

/// What it calls the filter that denies everything, and the one that does nothing.
const STAND_INS: [(&str, &str); 2] = [
    ("wasm-default-deny", "denies every request with 403"),
    ("wasm-default-allow", "lets every request pass"),
];

/// Whether there was any.
pub(super) fn check(setup: &Setup, findings: &mut Findings) -> bool {
    let mut is_found = false;
    for filter in &setup.loose {
        let Some(what) = effect(filter).filter(|_| is_ours([filter.spot.get("name")])) else {
            continue;
        };
        is_found = true;
        findings.add(
            filter.spot.place(),
            format!(
                "the module could not be fetched, and what Istio has put in the place of {:?} {what}",
                filter.name
            ),
            "Look into the log of the proxy for `cannot fetch Wasm module`. Once the image can be \
             fetched, change the resource, such as a word of its message: the proxy does not try \
             again by itself.",
        );
    }
    is_found
}

fn effect(filter: &HttpFilter) -> Option<&'static str> {
    let named = filter.message.as_ref()?.text_of("rules_stat_prefix")?;
    let found = STAND_INS.into_iter().find(|(name, _)| *name == named);
    found.map(|(_, what)| what)
}
