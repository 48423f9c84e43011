//! Goes through documents and makes a set-up of what is there.

use crate::ctl::documents::document::Document;
use crate::ctl::documents::spot::Spot;
use crate::ctl::setup::manager::{HttpFilter, Manager};
use crate::ctl::setup::manifest;
use crate::ctl::setup::mistaken::Mistaken;
use crate::ctl::setup::plugin::Plugin;
use crate::ctl::setup::routes::{Routes, clusters};
use crate::ctl::setup::setup::Setup;
use crate::ctl::setup::standalone::is_configuration;
use crate::ctl::setup::typed::{CLUSTER, CONNECTION_MANAGER, TCP_PROXY, message};

/// Reads documents as one set-up.
pub(crate) fn survey(documents: &[Document]) -> Setup<'_> {
    let mut survey = Survey::default();
    for root in documents.iter().map(Spot::root) {
        survey.visit(&root, Around::default());
        survey.setup.documents.push(root);
    }
    survey.resolve();
    for document in documents {
        let of_file = documents.iter();
        let of_file = of_file.filter(|other| other.file == document.file);
        if of_file.count() == 1 && is_configuration(document) {
            let root = Spot::root(document);
            survey.setup.plugins.push(Plugin::alone(&root));
        }
    }
    survey.setup
}

/// What a value lies in.
#[derive(Clone, Copy, Default)]
struct Around<'a, 'd> {
    listener: Option<&'a Spot<'d>>,
    /// A manifest of Istio that patches Envoy's configuration.
    patch: Option<&'a Spot<'d>>,
}

#[derive(Default)]
struct Survey<'d> {
    setup: Setup<'d>,
}

/// What `config_dump` has beside what is in force.
const NOT_IN_FORCE: [&str; 3] = ["draining_state", "error_state", "warming_state"];

impl<'d> Survey<'d> {
    fn visit(&mut self, spot: &Spot<'d>, around: Around<'_, 'd>) {
        if let Some(kind) = manifest::kind(spot) {
            return self.manifest(kind, spot);
        }
        match message(spot) {
            Some((CONNECTION_MANAGER, message)) => return self.manager(message, around),
            Some((TCP_PROXY, message)) => {
                let clusters = clusters(&message).into_iter();
                let names = clusters.map(|(name, _)| name).collect();
                self.setup.tcp_proxies.push((message, names));
                return;
            }
            Some((CLUSTER, message)) => self.setup.clusters.push(message),
            _ => {}
        }
        if spot.get("typed_config").is_some() {
            let filter = HttpFilter::new(spot);
            if filter.kind != Some(CONNECTION_MANAGER) && filter.kind != Some(TCP_PROXY) {
                let plugin = self.plugin(&filter, around);
                self.setup.loose.push(HttpFilter { plugin, ..filter });
                return;
            }
        } else if let Some((kind, message)) = message(spot)
            && let Some(plugin) = Plugin::of_filter(None, kind, &message, around.patch)
        {
            self.setup.plugins.push(plugin);
            return;
        }
        let of_chain = spot.list("filters").into_iter();
        self.setup
            .mistaken
            .extend(of_chain.filter_map(Mistaken::in_chain));
        if !spot.list("virtual_hosts").is_empty() {
            self.setup.routes.push(Routes::new(spot.clone()));
        }
        if !spot.list("filter_chains").is_empty() || spot.get("default_filter_chain").is_some() {
            let listener = Some(spot);
            return self.descend(spot, Around { listener, ..around });
        }
        self.descend(spot, around);
    }

    fn descend(&mut self, spot: &Spot<'d>, around: Around<'_, 'd>) {
        // A dump has the resources of the bootstrap a second time.
        let name = spot.type_name().unwrap_or_default();
        let is_dump = name.ends_with(".BootstrapConfigDump");
        self.setup.has_all_clusters |= name.ends_with(".ClustersConfigDump");
        for (key, child) in spot.entries() {
            let is_static = key == "static_resources" && !is_dump;
            if NOT_IN_FORCE.contains(&key) || is_dump && key == "bootstrap" {
                self.setup.mistaken.extend(Mistaken::update(child));
                continue;
            }
            if is_static {
                self.setup.clusters.extend(child.list("clusters"));
                let is_discovered = spot.at(&["dynamic_resources", "cds_config"]);
                self.setup.has_all_clusters |= is_discovered.is_none();
            }
            self.visit(&child, around);
        }
        for child in spot.items() {
            self.visit(&child, around);
        }
    }

    fn manifest(&mut self, kind: &'d str, spot: &Spot<'d>) {
        if kind == "List" {
            let items = spot.list("items");
            return (items.iter()).for_each(|item| self.visit(item, Around::default()));
        }
        self.setup.manifests.push((kind, spot.clone()));
        self.setup.plugins.extend(manifest::plugins(kind, spot));
        self.setup.mistaken.extend(manifest::mistaken(kind, spot));
        if kind == "EnvoyFilter" {
            for patch in spot.list_at(&["spec", "configPatches"]) {
                if let Some(value) = patch.at(&["patch", "value"]) {
                    let (listener, patch) = (None, Some(&patch));
                    self.visit(&value, Around { listener, patch });
                }
                self.setup.patches.push(patch);
            }
        }
    }

    fn manager(&mut self, spot: Spot<'d>, around: Around<'_, 'd>) {
        let mut manager = Manager::new(spot, around.listener);
        for filter in manager.all_filters() {
            filter.plugin = self.plugin(filter, around);
        }
        self.setup.managers.push(manager);
    }

    /// The number of a filter's plugin, which is new, if it is ours.
    fn plugin(&mut self, filter: &HttpFilter<'d>, around: Around<'_, 'd>) -> Option<usize> {
        self.setup.mistaken.extend(Mistaken::of(filter));
        let name = filter.spot.get("name");
        let message = filter.message.as_ref()?;
        let plugin = Plugin::of_filter(name.as_ref(), filter.kind?, message, around.patch)?;
        self.setup.plugins.push(plugin);
        Some(self.setup.plugins.len() - 1)
    }

    /// Gives each filter that is discovered its configuration.
    fn resolve(&mut self) {
        let managers = self.setup.managers.iter_mut();
        for filter in managers.flat_map(Manager::all_filters) {
            let mut loose = self.setup.loose.iter();
            let found = loose.find(|found| found.name == filter.name);
            if let Some(found) = found.filter(|_| filter.is_discovered()) {
                filter.kind = found.kind;
                filter.message.clone_from(&found.message);
                filter.plugin = found.plugin.or(filter.plugin);
            }
        }
    }
}
