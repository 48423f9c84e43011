//! `unguarded-way`: a cluster that the filter guards can be reached past it.

use crate::ctl::doctor::finding::Findings;
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
    let routes = |manager| setup.routes_of(manager);
    let clusters = guarded.iter().flat_map(|manager| {
        let routes = routes(manager).into_iter();
        routes.flat_map(|routes| {
            routes
                .clusters()
                .into_iter()
                .map(|(name, _)| name)
                .collect::<Vec<_>>()
        })
    });
    let clusters: Vec<&str> = clusters.collect();
    for manager in others {
        let (how, fix) = match manager.ours() {
            Some(_) => ("with the filter disabled", LEFT_OFF),
            None => ("without the filter", ABSENT),
        };
        for (cluster, spot) in routes(manager).iter().flat_map(|routes| routes.clusters()) {
            if clusters.contains(&cluster) {
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
