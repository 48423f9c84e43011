//! `route-skips-filter`: a route or virtual host switches the filter off.

use maintenance_mode_core::syntax::nearest::misspelt;

use crate::ctl::doctor::finding::{Findings, Severity};
use crate::ctl::documents::spot::Spot;
use crate::ctl::setup::manager::{HttpFilter, Manager};
use crate::ctl::setup::routes::Scope;
use crate::ctl::setup::setup::Setup;

pub(super) fn check(setup: &Setup, findings: &mut Findings) {
    for manager in &setup.managers {
        let scopes = setup.scopes_of(manager);
        let ours = manager.filters.iter();
        let ours = ours.filter(|filter| filter.plugin.is_some());
        let names: Vec<&str> = manager.filters.iter().map(|filter| filter.name).collect();
        for filter in ours {
            for scope in &scopes {
                misnamed(scope, filter, &names, findings);
                if let Some(spot) = disabling(scope, filter.name) {
                    findings.add(
                        spot.place(),
                        format!(
                            "{} switches the filter off: its requests always reach the upstream",
                            scope.title
                        ),
                        "If that is meant, leave it. Else remove this entry, and let \
                         allow.paths or a rule say what passes.",
                    );
                }
            }
            if setup.is_left_off(manager, filter) {
                left_off(setup, manager, filter, findings);
            }
        }
    }
}

/// An entry that is meant for the filter, under a name that no filter has.
fn misnamed(scope: &Scope, filter: &HttpFilter, names: &[&str], findings: &mut Findings) {
    let entries = scope.entries().into_iter();
    for (name, spot) in entries.filter(|(name, _)| !names.contains(name)) {
        if misspelt(name, &[filter.name]).is_some() {
            findings.add(
                spot.place(),
                format!(
                    "{} says something of {name:?}, and no filter here has that name: Envoy does \
                     not look at it",
                    scope.title
                ),
                format!("Write {:?}, if that is meant.", filter.name),
            );
        }
    }
}

fn left_off<'d>(
    setup: &Setup<'d>,
    manager: &Manager<'d>,
    filter: &HttpFilter,
    findings: &mut Findings,
) {
    let (severity, who) = match setup.is_guarded(manager) {
        true => (Severity::Note, "it sees no request"),
        false => (
            Severity::Warning,
            "it sees no request, and everybody passes while maintenance is on",
        ),
    };
    findings.add_as(
        severity,
        filter.spot.place(),
        format!("the filter is listed as disabled, and no route here enables it: {who}"),
        "Remove `disabled: true`, or enable it by typed_per_filter_config of a route: \
         FilterConfig with disabled: false.",
    );
}

/// The entry of a scope for a filter, where that disables it.
pub(super) fn disabling<'d>(scope: &Scope<'d>, name: &str) -> Option<Spot<'d>> {
    let entry = scope.entry(name)?;
    (entry.bool_of("disabled") == Some(true)).then_some(entry)
}
