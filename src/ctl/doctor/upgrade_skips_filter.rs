//! `upgrade-skips-filter`: an upgrade has filters of its own, and ours is none of them.

use crate::ctl::doctor::finding::Findings;
use crate::ctl::setup::manager::Manager;
use crate::ctl::setup::routes::Scope;
use crate::ctl::setup::setup::Setup;

pub(super) fn check(setup: &Setup, findings: &mut Findings) {
    let guarded = setup
        .managers
        .iter()
        .filter(|manager| manager.ours().is_some());
    for manager in guarded {
        for upgrade in &manager.upgrades {
            if upgrade.filters.iter().any(|filter| filter.plugin.is_some()) {
                continue;
            }
            let kind = upgrade.spot.text_of("upgrade_type").unwrap_or_default();
            let mut enabled = String::new();
            if upgrade.spot.bool_of("enabled") == Some(false) {
                let Some(title) = enabling(setup, manager, kind) else {
                    continue;
                };
                enabled = format!(", and {title} enables them");
            }
            findings.add(
                upgrade.spot.place(),
                format!(
                    "{kind:?} upgrades have a filter chain of their own without the \
                     filter{enabled}: these requests reach the upstream during maintenance"
                ),
                "Remove `filters` here, so that the filters of the connection manager count; or \
                 put the filter first in the list.",
            );
        }
    }
}

/// What people call the first route that enables an upgrade, which is off elsewhere.
fn enabling(setup: &Setup, manager: &Manager, kind: &str) -> Option<String> {
    let enables = |scope: &Scope| {
        let upgrades = scope.spot.at(&["route", "upgrade_configs"]);
        let upgrades = upgrades.map(|list| list.items()).unwrap_or_default();
        upgrades.iter().any(|upgrade| {
            let is_it = upgrade
                .text_of("upgrade_type")
                .is_some_and(|other| other.eq_ignore_ascii_case(kind));
            is_it && upgrade.bool_of("enabled") != Some(false)
        })
    };
    let routes = setup.routes_of(manager);
    let mut scopes = routes.iter().flat_map(|routes| routes.scopes());
    scopes.find(enables).map(|scope| scope.title)
}
