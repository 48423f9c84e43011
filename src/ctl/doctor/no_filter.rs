//! `no-filter`: the files have no filter of ours.

use crate::ctl::doctor::finding::Findings;
use crate::ctl::documents::spot::Place;
use crate::ctl::setup::setup::Setup;

pub(super) fn check(setup: &Setup, findings: &mut Findings) {
    if !setup.plugins.is_empty() {
        return;
    }
    let mut files: Vec<&str> = setup.documents.iter().map(|root| root.file()).collect();
    files.dedup();
    let place = Place {
        file: files.first().copied().unwrap_or_default().to_owned(),
        path: String::new(),
        position: None,
    };
    findings.add(
        place,
        format!(
            "no configuration of the filter found in {}: nothing here can be switched off",
            files.join(", ")
        ),
        "Name a plugin configuration, or a file with a filter that has `maintenance` in its name, \
         VM id, root id or code, and with it the files that its configuration comes from. For a \
         proxy in front of the filter: check --front.",
    );
}
