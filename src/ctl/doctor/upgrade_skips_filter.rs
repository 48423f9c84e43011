//! `upgrade-skips-filter`: an upgrade has filters of its own, and ours is none of them.

use crate::ctl::doctor::finding::Findings;
use crate::ctl::setup::setup::Setup;

pub(super) fn check(setup: &Setup, findings: &mut Findings) {
    let guarded = setup
        .managers
        .iter()
        .filter(|manager| manager.ours().is_some());
    for upgrade in guarded.flat_map(|manager| &manager.upgrades) {
        let is_off = upgrade.spot.bool_of("enabled") == Some(false);
        if is_off || upgrade.filters.iter().any(|filter| filter.plugin.is_some()) {
            continue;
        }
        let kind = upgrade.spot.text_of("upgrade_type").unwrap_or_default();
        findings.add(
            upgrade.spot.place(),
            format!(
                "{kind:?} upgrades have a filter chain of their own without the filter: these \
                 requests reach the upstream during maintenance"
            ),
            "Remove `filters` here, so that the filters of the connection manager count; or put \
             the filter first in the list.",
        );
    }
}
