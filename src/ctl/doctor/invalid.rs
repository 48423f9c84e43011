//! `invalid`: the filter refuses the plugin configuration, or the API server what is around it.

use crate::ctl::doctor::finding::Findings;
use crate::ctl::doctor::{combination, words};
use crate::ctl::setup::setup::Setup;

pub(super) fn check(setup: &Setup, findings: &mut Findings) {
    for plugin in &setup.plugins {
        for fault in &plugin.compiled.faults {
            let mut place = plugin.settings().place_of(&fault.steps);
            place.position = fault.position.or(place.position);
            findings.add(place, fault.problem.clone(), fault.fix.clone());
        }
        words::check(plugin, findings);
        combination::check(plugin, findings);
    }
    for mistaken in &setup.mistaken {
        findings.add(mistaken.spot.place(), &*mistaken.problem, &*mistaken.fix);
    }
}
