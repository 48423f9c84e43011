//! `unguarded-way`: a cluster that the filter guards can be reached past it, or by a filter that
//! knows nothing of its state.

use crate::ctl::doctor::finding::Findings;
use crate::ctl::doctor::home::{Home, are_one, can_be_on};
use crate::ctl::documents::spot::Spot;
use crate::ctl::setup::manager::Manager;
use crate::ctl::setup::plugin::Plugin;
use crate::ctl::setup::setup::Setup;

const ABSENT: &str = "Put the same filter first in its http_filters, with the same vm_id and scope, \
    so that one switch counts for both; or remove this route.";
const LEFT_OFF: &str = "Remove `disabled: true` from the filter in its http_filters, or enable it \
    by typed_per_filter_config of this route.";

pub(super) fn check(setup: &Setup, findings: &mut Findings) {
    let (guarded, others): (Vec<_>, Vec<_>) = setup
        .managers
        .iter()
        .partition(|manager| setup.is_guarded(manager));
    let clusters: Vec<&str> = guarded
        .iter()
        .flat_map(|manager| clusters(setup, manager))
        .map(|(name, _)| name)
        .collect();
    for manager in others {
        let (how, fix) = match manager.ours() {
            Some(_) => ("with the filter disabled", LEFT_OFF),
            None => ("without the filter", ABSENT),
        };
        for (cluster, spot) in clusters_of(setup, manager, &clusters) {
            findings.add(
                spot.place(),
                format!(
                    "{} leads to the cluster {cluster:?} {how}, which guards it elsewhere: \
                     who comes this way knows no maintenance",
                    manager.title()
                ),
                fix,
            );
        }
    }
    for manager in &guarded {
        apart(setup, manager, &guarded, findings);
    }
    for (spot, names) in &setup.tcp_proxies {
        for cluster in names.iter().filter(|name| clusters.contains(name)) {
            findings.add(
                spot.place(),
                format!(
                    "connections are passed on to the cluster {cluster:?}, which the filter \
                     guards elsewhere: no HTTP filter sees these requests"
                ),
                "Put an HTTP connection manager with the filter in the place of the TCP proxy, or \
                 remove this way.",
            );
        }
    }
}

/// The clusters that a connection manager leads to, each with its place.
fn clusters<'d>(setup: &Setup<'d>, manager: &Manager<'d>) -> Vec<(&'d str, Spot<'d>)> {
    let routes = setup.routes_of(manager);
    routes.iter().flat_map(|routes| routes.clusters()).collect()
}

/// Those of them that are among others.
fn clusters_of<'d>(
    setup: &Setup<'d>,
    manager: &Manager<'d>,
    among: &[&str],
) -> Vec<(&'d str, Spot<'d>)> {
    let mut clusters = clusters(setup, manager);
    clusters.retain(|(name, _)| among.contains(name));
    clusters
}

/// Where a filter with a state of its own stands before a cluster that another guards: nothing can
/// switch it on, or its scope is the same and people think that they are one.
fn apart(setup: &Setup, manager: &Manager, guarded: &[&Manager], findings: &mut Findings) {
    let Some(own) = ours(setup, manager) else {
        return;
    };
    for other in guarded {
        let Some(plugin) = ours(setup, other).filter(|plugin| !are_one(own, plugin)) else {
            continue;
        };
        let (Some(home), Some(there)) = (Home::of(own), Home::of(plugin)) else {
            continue;
        };
        let is_dead = !can_be_on(setup, own) && can_be_on(setup, plugin);
        let is_later = own.settings().place() > plugin.settings().place();
        let why = match is_dead {
            true => "that nothing can switch on: it has no admin, store or windows",
            false if home.scope == there.scope && is_later => {
                "of the same scope in another VM, so that one switch does not count for both"
            }
            false => continue,
        };
        let among: Vec<&str> = clusters(setup, other)
            .iter()
            .map(|(name, _)| *name)
            .collect();
        if let Some((cluster, _)) = clusters_of(setup, manager, &among).first() {
            findings.add(
                own.spot.place(),
                format!(
                    "{} leads to the cluster {cluster:?}, which {} guards, too, by a filter {why}: \
                     who comes this way knows no maintenance that is switched on there",
                    manager.title(),
                    other.title(),
                ),
                "Write the same vm_id and scope in both, so that one switch counts for both; if \
                 they are two sites, give each a scope and an `admin` of its own.",
            );
        }
    }
}

/// The first filter of ours that a request meets.
fn ours<'s, 'd>(setup: &'s Setup<'d>, manager: &Manager<'d>) -> Option<&'s Plugin<'d>> {
    let (_, filter) = manager.ours()?;
    setup.plugins.get(filter.plugin?)
}
