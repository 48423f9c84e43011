//! `unguarded-way`: a cluster that the filter guards can be reached past it, or by a filter that
//! knows nothing of its state.

use std::collections::HashMap;

use crate::ctl::doctor::finding::Findings;
use crate::ctl::doctor::home::{are_one, can_be_on};
use crate::ctl::documents::spot::Spot;
use crate::ctl::setup::manager::Manager;
use crate::ctl::setup::plugin::Plugin;
use crate::ctl::setup::setup::Setup;

const ABSENT: &str = "Put the same filter first in its http_filters, with the same vm_id and scope, \
    so that one switch counts for both; or remove this route.";
const LEFT_OFF: &str = "Remove `disabled: true` from the filter in its http_filters, or enable it \
    by typed_per_filter_config of this route.";

pub(super) fn check(setup: &Setup, findings: &mut Findings) {
    let files = Files::of(setup);
    let managers = setup.managers.iter();
    let all = managers.map(|manager| (manager, files.ways(setup, manager)));
    let (guarded, others): (Vec<_>, Vec<_>) =
        all.partition(|(manager, _)| setup.is_guarded(manager));
    let is_guarded = meeting(guarded.iter().flat_map(|(_, ways)| ways));
    for (manager, ways) in others {
        let (how, fix) = match manager.ours() {
            Some(_) => ("with the filter disabled", LEFT_OFF),
            None => ("without the filter", ABSENT),
        };
        for way in ways.iter().filter(|way| is_guarded(way)) {
            findings.add(
                way.spot.place(),
                format!(
                    "{} leads to the cluster {:?} {how}, which guards it elsewhere: who comes this \
                     way knows no maintenance",
                    manager.title(),
                    way.cluster
                ),
                fix,
            );
        }
    }
    for (index, one) in guarded.iter().enumerate() {
        for other in guarded.iter().take(index) {
            apart(setup, one, other, findings);
        }
    }
    for (spot, names) in &setup.tcp_proxies {
        let ways = names.iter().map(|cluster| files.way(cluster, spot.clone()));
        for way in ways.filter(|way| is_guarded(way)) {
            findings.add(
                spot.place(),
                format!(
                    "connections are passed on to the cluster {:?}, which the filter guards \
                     elsewhere: no HTTP filter sees these requests",
                    way.cluster
                ),
                "Put an HTTP connection manager with the filter in the place of the TCP proxy, or \
                 remove this way.",
            );
        }
    }
}

/// A route to a cluster.
struct Way<'d> {
    cluster: &'d str,
    /// The file that has the cluster, if that is the route's own.
    file: Option<&'d str>,
    spot: Spot<'d>,
}

/// Which files have clusters of a name.
struct Files<'d>(HashMap<&'d str, Vec<&'d str>>);

impl<'d> Files<'d> {
    fn of(setup: &Setup<'d>) -> Self {
        let mut files: HashMap<_, Vec<_>> = HashMap::new();
        for cluster in &setup.clusters {
            let name = cluster.text_of("name").unwrap_or_default();
            files.entry(name).or_default().push(cluster.file());
        }
        Self(files)
    }

    fn way(&self, cluster: &'d str, spot: Spot<'d>) -> Way<'d> {
        let files = self.0.get(cluster);
        let is_here = files.is_some_and(|files| files.contains(&spot.file()));
        Way {
            cluster,
            file: is_here.then(|| spot.file()),
            spot,
        }
    }

    fn ways(&self, setup: &Setup<'d>, manager: &Manager<'d>) -> Vec<Way<'d>> {
        let routes = setup.routes_of(manager);
        let clusters = routes.iter().flat_map(|routes| routes.clusters());
        let ways = clusters.map(|(cluster, spot)| self.way(cluster, spot));
        ways.collect()
    }
}

/// Whether a way leads where one of others leads, and not to a cluster of another proxy that has
/// its name only.
fn meeting<'w, 'd: 'w>(others: impl Iterator<Item = &'w Way<'d>>) -> impl Fn(&Way) -> bool {
    let mut met: HashMap<&str, Vec<Option<&str>>> = HashMap::new();
    for other in others {
        let files = met.entry(other.cluster).or_default();
        if !files.contains(&other.file) {
            files.push(other.file);
        }
    }
    move |way| {
        let is_same =
            |file: &Option<&str>| file.is_none() || way.file.is_none() || *file == way.file;
        let files = met.get(way.cluster);
        files.is_some_and(|files| files.iter().any(is_same))
    }
}

/// Where two filters with states of their own stand before one cluster: nothing can switch the one
/// on, or their scope is the same and people think that they are one.
fn apart(
    setup: &Setup,
    later: &(&Manager, Vec<Way>),
    earlier: &(&Manager, Vec<Way>),
    findings: &mut Findings,
) {
    let (Some(one), Some(other)) = (ours(setup, later.0), ours(setup, earlier.0)) else {
        return;
    };
    if are_one(one, other) {
        return;
    }
    let can_be_on = [can_be_on(setup, one), can_be_on(setup, other)];
    let (own, away, why) = match can_be_on {
        [false, true] => (later, earlier, DEAD),
        [true, false] => (earlier, later, DEAD),
        _ if one.scope() == other.scope() => (later, earlier, SAME_SCOPE),
        _ => return,
    };
    let meets = meeting(away.1.iter());
    let Some(plugin) = ours(setup, own.0) else {
        return;
    };
    if let Some(way) = own.1.iter().find(|way| meets(way)) {
        findings.add(
            plugin.spot.place(),
            format!(
                "{} leads to the cluster {:?} by a filter {why}, while {} guards it by another: who \
                 comes this way passes when that one is on",
                own.0.title(),
                way.cluster,
                away.0.title(),
            ),
            "Write the same vm_id and scope in both, so that one switch counts for both; if they \
             are two sites, give each a scope and an `admin` of its own.",
        );
    }
}

const DEAD: &str = "that nothing can switch on (it has no admin, store or windows)";
const SAME_SCOPE: &str =
    "of the same scope in another VM, so that one switch does not count for both";

/// The first filter of ours that a request meets.
fn ours<'s, 'd>(setup: &'s Setup<'d>, manager: &Manager<'d>) -> Option<&'s Plugin<'d>> {
    let (_, filter) = manager.ours()?;
    setup.plugins.get(filter.plugin?)
}
