//! `route-skips-filter`: a route or virtual host switches the filter off.

use crate::ctl::doctor::finding::Findings;
use crate::ctl::documents::spot::Spot;
use crate::ctl::setup::manager::HttpFilter;
use crate::ctl::setup::routes::Scope;
use crate::ctl::setup::setup::Setup;

pub(super) fn check(setup: &Setup, findings: &mut Findings) {
    for manager in &setup.managers {
        let routes = setup.routes_of(manager);
        let scopes: Vec<Scope> = routes.iter().flat_map(|routes| routes.scopes()).collect();
        let ours = manager
            .filters
            .iter()
            .filter(|filter| filter.plugin.is_some());
        for filter in ours {
            for scope in &scopes {
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
            if filter.is_disabled() && !scopes.iter().any(|scope| enables(scope, filter)) {
                findings.add(
                    filter.spot.place(),
                    "the filter is listed as disabled, and no route here enables it: it sees no \
                     request",
                    "Remove `disabled: true`, or enable it by typed_per_filter_config of a route.",
                );
            }
        }
    }
}

/// The entry of a scope for a filter, where that disables it.
pub(super) fn disabling<'d>(scope: &Scope<'d>, name: &str) -> Option<Spot<'d>> {
    let entry = scope.spot.get("typed_per_filter_config")?.get(name)?;
    (entry.bool_of("disabled") == Some(true)).then_some(entry)
}

fn enables(scope: &Scope, filter: &HttpFilter) -> bool {
    let entries = scope.spot.get("typed_per_filter_config");
    let entry = entries.and_then(|entries| entries.get(filter.name));
    entry.is_some_and(|entry| entry.bool_of("disabled") != Some(true))
}
