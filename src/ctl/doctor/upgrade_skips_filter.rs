//! `upgrade-skips-filter`: an upgrade has filters of its own, and ours is none of them.

use crate::ctl::doctor::finding::Findings;
use crate::ctl::doctor::home::{are_one, can_be_on};
use crate::ctl::setup::manager::{HttpFilter, Manager};
use crate::ctl::setup::plugin::Plugin;
use crate::ctl::setup::routes::Scope;
use crate::ctl::setup::setup::Setup;

pub(super) fn check(setup: &Setup, findings: &mut Findings) {
    let managers = setup.managers.iter();
    for manager in managers.filter(|manager| manager.ours().is_some()) {
        let guards = of_ours(setup, &manager.filters);
        for upgrade in &manager.upgrades {
            let ours = of_ours(setup, &upgrade.filters);
            let is_one = |plugin: &Plugin| guards.iter().any(|guard| are_one(guard, plugin));
            if (ours.iter()).any(|plugin| can_be_on(setup, plugin) || is_one(plugin)) {
                continue;
            }
            let kind = upgrade.spot.text_of("upgrade_type").unwrap_or_default();
            let how = match ours.as_slice() {
                [] => "without the filter",
                _ => "with a filter of another scope, which nothing switches on",
            };
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
                    "{kind:?} upgrades have a filter chain of their own {how}{enabled}: these \
                     requests reach the upstream during maintenance"
                ),
                "Remove `filters` here, so that the filters of the connection manager count; or \
                 put the filter first in the list.",
            );
        }
    }
}

/// Those of a list of filters that are ours.
fn of_ours<'s, 'd>(setup: &'s Setup<'d>, filters: &[HttpFilter]) -> Vec<&'s Plugin<'d>> {
    let plugins = filters.iter();
    let plugins = plugins.filter_map(|filter| setup.plugins.get(filter.plugin?));
    plugins.collect()
}

/// What people call the first route that enables an upgrade, which is off elsewhere.
fn enabling(setup: &Setup, manager: &Manager, kind: &str) -> Option<String> {
    let enables = |scope: &Scope| {
        let upgrades = scope.spot.list_at(&["route", "upgrade_configs"]);
        upgrades.iter().any(|upgrade| {
            let other = upgrade.text_of("upgrade_type");
            let is_it = other.is_some_and(|other| other.eq_ignore_ascii_case(kind));
            is_it && upgrade.bool_of("enabled") != Some(false)
        })
    };
    let mut scopes = setup.scopes_of(manager).into_iter();
    scopes.find(enables).map(|scope| scope.title)
}
