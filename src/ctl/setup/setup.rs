//! All that stands around the filter, and the filter in it.

use maintenance_mode_core::config::plugin::PluginConfig;
use maintenance_mode_core::policy::policy::Policy;

use crate::ctl::documents::spot::Spot;
use crate::ctl::setup::manager::{HttpFilter, Manager};
use crate::ctl::setup::mistaken::Mistaken;
use crate::ctl::setup::plugin::Plugin;
use crate::ctl::setup::routes::{Routes, Scope};

/// What files, read as one, say of proxies.
#[derive(Debug, Default)]
pub(crate) struct Setup<'d> {
    /// Our filters, wherever they are configured.
    pub(crate) plugins: Vec<Plugin<'d>>,
    /// What is meant to be one of them, and is none.
    pub(crate) mistaken: Vec<Mistaken<'d>>,
    pub(crate) managers: Vec<Manager<'d>>,
    /// Filters that are in no connection manager here: of ECDS, or of an `EnvoyFilter`.
    pub(crate) loose: Vec<HttpFilter<'d>>,
    /// `TcpProxy`s, with the clusters that they lead to.
    pub(crate) tcp_proxies: Vec<(Spot<'d>, Vec<&'d str>)>,
    pub(crate) routes: Vec<Routes<'d>>,
    pub(crate) clusters: Vec<Spot<'d>>,
    /// Whether the clusters are all that there are, as in a bootstrap without CDS.
    pub(crate) has_all_clusters: bool,
    /// Manifests for Kubernetes, each with its kind.
    pub(crate) manifests: Vec<(&'d str, Spot<'d>)>,
    /// The patches of `EnvoyFilter`s.
    pub(crate) patches: Vec<Spot<'d>>,
    pub(crate) documents: Vec<Spot<'d>>,
}

impl<'d> Setup<'d> {
    /// The connection managers that a plugin is in, with its place among their filters.
    pub(crate) fn managers_of(&self, plugin: usize) -> Vec<(&Manager<'d>, usize)> {
        let of = |manager: &Manager<'d>| {
            let mut filters = manager.filters.iter();
            filters.position(|filter| filter.plugin == Some(plugin))
        };
        let managers = self.managers.iter();
        managers
            .filter_map(|manager| Some((manager, of(manager)?)))
            .collect()
    }

    /// The route configurations of a connection manager: its own, and those that it names.
    pub(crate) fn routes_of(&self, manager: &Manager<'d>) -> Vec<Routes<'d>> {
        let own = manager.spot.all().into_iter();
        let own = own.filter(|spot| !spot.list("virtual_hosts").is_empty());
        let named = manager.named_routes();
        let others = self.routes.iter();
        let others = others.filter(|routes| named.contains(&routes.name));
        own.map(Routes::new).chain(others.cloned()).collect()
    }

    /// What of them may have settings of its own for a filter.
    pub(crate) fn scopes_of(&self, manager: &Manager<'d>) -> Vec<Scope<'d>> {
        let routes = self.routes_of(manager);
        routes.iter().flat_map(Routes::scopes).collect()
    }

    /// Whether a filter of a connection manager is disabled, and no route here enables it.
    pub(crate) fn is_left_off(&self, manager: &Manager<'d>, filter: &HttpFilter<'d>) -> bool {
        let enables = |scope: &Scope| {
            let entry = scope.entry(filter.name);
            entry.is_some_and(|entry| entry.bool_of("disabled") != Some(true))
        };
        filter.is_disabled() && !self.scopes_of(manager).iter().any(enables)
    }

    /// Whether a filter of ours sees requests of a connection manager, as far as one knows.
    pub(crate) fn is_guarded(&self, manager: &Manager<'d>) -> bool {
        let mut ours = manager
            .filters
            .iter()
            .filter(|filter| filter.plugin.is_some());
        let is_off = |filter| self.has_routes_of(manager) && self.is_left_off(manager, filter);
        ours.any(|filter| !is_off(filter))
    }

    /// Whether the routes of a connection manager are here, and not only named.
    pub(crate) fn has_routes_of(&self, manager: &Manager<'d>) -> bool {
        let is_here = |name: &&str| self.routes.iter().any(|routes| routes.name == *name);
        let is_scoped = manager.spot.get("scoped_routes").is_some();
        !is_scoped && manager.named_routes().iter().all(is_here)
    }

    /// The plugins that the filter accepts, each with its number.
    pub(crate) fn accepted(
        &self,
    ) -> impl Iterator<Item = (usize, &Plugin<'d>, &PluginConfig, &Policy)> {
        let plugins = self.plugins.iter().enumerate();
        plugins
            .filter_map(|(index, plugin)| Some((index, plugin, plugin.config()?, plugin.policy()?)))
    }

    /// The filters of ours that one request meets one after the other.
    pub(crate) fn chains(&self) -> Vec<Vec<usize>> {
        let managers = self.managers.iter().map(|manager| {
            let filters = manager.filters.iter();
            filters
                .filter_map(|filter| filter.plugin)
                .collect::<Vec<_>>()
        });
        let manifests = self.manifests.iter().map(|(_, manifest)| {
            let of = |plugin: &Plugin| {
                let around = plugin.around.as_ref();
                around.is_some_and(|around| around.place() == manifest.place())
            };
            let plugins = self.plugins.iter().enumerate();
            plugins
                .filter(|(_, plugin)| of(plugin))
                .map(|(index, _)| index)
                .collect()
        });
        managers.chain(manifests).collect()
    }
}
