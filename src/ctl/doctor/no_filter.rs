//! `no-filter`: the files have no filter of ours.

use maintenance_mode_core::config::plugin::PluginConfig;

use crate::ctl::doctor::finding::Findings;
use crate::ctl::doctor::stand_in;
use crate::ctl::documents::spot::Place;
use crate::ctl::setup::plugin::Plugin;
use crate::ctl::setup::setup::Setup;
use crate::ctl::setup::typed::{DYNAMIC_MODULE, WASM};

pub(super) fn check(setup: &Setup, findings: &mut Findings) {
    // What is refused as it stands is found, and told of with what to write.
    let is_replaced = stand_in::check(setup, findings);
    if setup.plugins.is_empty() && setup.mistaken.is_empty() && !is_replaced {
        nowhere(setup, findings);
    }
    for plugin in &setup.plugins {
        of_vm(plugin, findings);
    }
}

/// Files that show nothing of a proxy in front.
pub(super) fn check_front(setup: &Setup, findings: &mut Findings) {
    let mut manifests = setup.manifests.iter();
    let is_there = setup.has_all_clusters
        || !setup.clusters.is_empty()
        || !setup.managers.is_empty()
        || !setup.patches.is_empty()
        || manifests.any(|(kind, _)| OF_FRONT.contains(kind));
    if !is_there {
        let (place, files) = files(setup);
        findings.add(
            place,
            format!("nothing of a proxy in front found in {files}: nothing was looked at"),
            "Name the files of the proxy in front: its bootstrap or config_dump, its \
             DestinationRules, BackendTrafficPolicies or EnvoyFilters. For the filter itself: check \
             without --front.",
        );
    }
}

/// A configuration that goes to the VM, of which the filter reads nothing.
fn of_vm(plugin: &Plugin, findings: &mut Findings) {
    let of_vm = plugin.spot.at(&["vm_config", "configuration"]);
    let is_empty = plugin.config() == Some(&PluginConfig::default());
    if let Some(of_vm) = of_vm.filter(|spot| is_empty && !spot.children().is_empty()) {
        findings.add(
            of_vm.place(),
            "the filter reads `configuration` beside vm_config, and finds nothing there: what is \
             in vm_config goes to the VM, so all traffic passes",
            "Move `configuration` out of vm_config, so that both stand side by side.",
        );
    }
}

/// All files, and the first of them as a place.
fn files(setup: &Setup) -> (Place, String) {
    let mut files: Vec<&str> = setup.documents.iter().map(|root| root.file()).collect();
    files.dedup();
    let place = Place {
        file: files.first().copied().unwrap_or_default().to_owned(),
        path: String::new(),
        position: None,
    };
    (place, files.join(", "))
}

fn nowhere(setup: &Setup, findings: &mut Findings) {
    let (place, files) = files(setup);
    let others = others(setup);
    let others = match others.is_empty() {
        true => String::new(),
        false => format!(
            " A filter is known by the word `maintenance`, which none of those here has: {}.",
            others.join(", ")
        ),
    };
    findings.add(
        place,
        format!(
            "no configuration of the filter found in {files}: nothing here can be switched off.{others}"
        ),
        "Name a plugin configuration, or a file with a filter that has `maintenance` in its name, \
         VM id, root id or code, and with it the files that its configuration comes from. For a \
         proxy in front of the filter: check --front.",
    );
}

/// The filters that run modules, as people call them.
fn others(setup: &Setup) -> Vec<String> {
    let listed = setup.managers.iter().flat_map(|manager| &manager.filters);
    let listed = listed.chain(&setup.loose);
    let run = listed.filter(|filter| matches!(filter.kind, Some(WASM | DYNAMIC_MODULE)));
    let run = run.map(|filter| format!("{:?}", filter.name));
    let manifests = setup.manifests.iter();
    let manifests = manifests.filter(|(kind, _)| EXTENSIONS.contains(kind));
    let manifests = manifests.map(|(kind, manifest)| format!("{kind} {}", manifest.name()));
    run.chain(manifests).collect()
}

/// What says how a proxy in front treats what is behind it.
const OF_FRONT: [&str; 3] = ["BackendTrafficPolicy", "DestinationRule", "EnvoyFilter"];
const EXTENSIONS: [&str; 3] = ["WasmPlugin", "TrafficExtension", "EnvoyExtensionPolicy"];
