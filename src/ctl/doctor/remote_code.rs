//! A module that Envoy is to fetch and cannot: a fault of `invalid`.

use crate::ctl::doctor::finding::Findings;
use crate::ctl::setup::setup::Setup;

pub(super) fn check(setup: &Setup, findings: &mut Findings) {
    for plugin in &setup.plugins {
        let Some(remote) = plugin.spot.at(&["vm_config", "code", "remote"]) else {
            continue;
        };
        if remote.get("sha256").is_none() {
            findings.add(
                remote.place(),
                "Envoy wants the hash of a module that it fetches, and refuses the configuration \
                 without",
                "Write sha256: what sha256sum prints of the module.",
            );
        }
        let Some(named) = remote.at(&["http_uri", "cluster"]) else {
            continue;
        };
        let mut clusters = setup.clusters.iter();
        let is_there = clusters.any(|cluster| cluster.text_of("name") == named.text());
        if setup.has_all_clusters && !is_there {
            findings.add(
                named.place(),
                format!(
                    "there is no cluster {:?}: Envoy never gets the module, and answers every \
                     request with an empty 503",
                    named.text().unwrap_or_default()
                ),
                "Write the name of a cluster that is there, or add one for the server of the \
                 module; or have the module in a file, by code.local.filename.",
            );
        }
    }
}
