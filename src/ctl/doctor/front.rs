//! What belongs to a proxy in front, where the files of one behind it are here, too.

use std::collections::HashSet;

use crate::ctl::documents::spot::Spot;
use crate::ctl::setup::manager::Manager;
use crate::ctl::setup::setup::Setup;

/// The clusters that requests go to which have not met the filter; all but those behind it, where
/// no route of such a proxy is known.
pub(super) fn clusters<'d>(setup: &Setup<'d>) -> Vec<Spot<'d>> {
    let (guarded, others): (Vec<_>, Vec<_>) = setup
        .managers
        .iter()
        .partition(|manager| setup.is_guarded(manager));
    let (behind, in_front) = (named(setup, &guarded), named(setup, &others));
    let names: HashSet<&str> = in_front.iter().map(|(name, _)| *name).collect();
    let is_in_front = |cluster: &&Spot| {
        let name = cluster.text_of("name").unwrap_or_default();
        let here = (name, cluster.file());
        let is_named = names.contains(name);
        let is_behind = behind.contains(&here) && !in_front.contains(&here);
        !is_behind && (is_named || in_front.is_empty())
    };
    setup.clusters.iter().filter(is_in_front).cloned().collect()
}

/// The clusters that connection managers lead to, each with the file that says so.
fn named<'d>(setup: &Setup<'d>, managers: &[&Manager<'d>]) -> HashSet<(&'d str, &'d str)> {
    let routes = managers.iter().flat_map(|manager| setup.routes_of(manager));
    let named = routes.flat_map(|routes| {
        let file = routes.spot.file();
        let clusters = routes.clusters().into_iter();
        clusters.map(move |(name, _)| (name, file))
    });
    named.collect()
}
