//! A filter of ours, and its plugin configuration.

use std::iter;

use maintenance_mode_core::config::plugin::PluginConfig;
use maintenance_mode_core::policy::policy::Policy;

use crate::ctl::documents::document::Document;
use crate::ctl::documents::node::Node;
use crate::ctl::documents::spot::Spot;
use crate::ctl::setup::compilation::{Compilation, Fault};
use crate::ctl::setup::environment::Variables;
use crate::ctl::setup::handed::{in_manifest, unpacked};
use crate::ctl::setup::typed::{DYNAMIC_MODULE, WASM};

/// How the filter is loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Carrier {
    /// Envoy's Wasm filter.
    Wasm,
    /// Envoy's filter for dynamic modules.
    DynamicModule,
    /// Istio's `WasmPlugin` or `TrafficExtension`.
    Istio,
    /// An `EnvoyExtensionPolicy` of Envoy Gateway.
    EnvoyGateway,
    /// Not at all: the plugin configuration alone.
    Nothing,
}

/// A filter of ours.
#[derive(Debug)]
pub(crate) struct Plugin<'d> {
    pub(crate) carrier: Carrier,
    /// What says how it is loaded: the `PluginConfig`, the manifest.
    pub(crate) spot: Spot<'d>,
    /// The manifest that it is in, or the patch of an `EnvoyFilter`.
    pub(crate) around: Option<Spot<'d>>,
    /// The plugin configuration as it is written.
    pub(crate) written: Spot<'d>,
    /// The plugin configuration as the filter gets it, with the place of each key.
    settings: Document,
    pub(crate) compiled: Compilation,
}

impl<'d> Plugin<'d> {
    /// The filter of a typed configuration, if it is ours.
    pub(super) fn of_filter(
        name: Option<&Spot<'d>>,
        kind: &str,
        message: &Spot<'d>,
        around: Option<&Spot<'d>>,
    ) -> Option<Self> {
        match kind {
            WASM => Self::of_wasm(name, message, around),
            DYNAMIC_MODULE => Self::of_dynamic_module(message, around),
            _ => None,
        }
    }

    fn of_wasm(
        name: Option<&Spot<'d>>,
        message: &Spot<'d>,
        around: Option<&Spot<'d>>,
    ) -> Option<Self> {
        let config = message.get("config")?;
        let vm = config.get("vm_config");
        let names = [
            name.cloned(),
            config.get("name"),
            config.get("root_id"),
            vm.as_ref().and_then(|vm| vm.get("vm_id")),
            vm.as_ref().and_then(|vm| vm.get("code")),
        ];
        let variables = Variables::of_vm(vm.as_ref());
        let is_named = is_ours(names);
        let key = "configuration";
        let plugin = Self::new(Carrier::Wasm, config, around, key, unpacked, &variables);
        (is_named || plugin.is_unmistakable()).then_some(plugin)
    }

    /// Whether no other filter would be configured so. A control plane calls a plugin as it likes,
    /// and its code by a digest.
    fn is_unmistakable(&self) -> bool {
        self.compiled.accepted.is_some() && self.settings().entries().len() >= 2
    }

    fn of_dynamic_module(message: &Spot<'d>, around: Option<&Spot<'d>>) -> Option<Self> {
        let names = [
            message.at(&["dynamic_module_config", "name"]),
            message.get("filter_name"),
        ];
        is_ours(names).then(|| {
            let (carrier, key) = (Carrier::DynamicModule, "filter_config");
            let variables = &Variables::OfEnvoy;
            Self::new(carrier, message.clone(), around, key, unpacked, variables)
        })
    }

    /// The filter of a manifest, if it is ours, by what it says itself and by the manifest's
    /// name, unless there are several; `key` is that of its configuration.
    pub(super) fn of_manifest(
        carrier: Carrier,
        (manifest, name): (&Spot<'d>, Option<Spot<'d>>),
        spot: Spot<'d>,
        key: &str,
        variables: &Variables,
    ) -> Option<Self> {
        const NAMES: [&str; 6] = ["code", "filterName", "name", "pluginName", "rootID", "url"];
        let names = NAMES.iter().map(|key| spot.get(key));
        is_ours(names.chain([name])).then(|| {
            let hand = |written: &Spot| Ok(in_manifest(written));
            Self::new(carrier, spot, Some(manifest), key, hand, variables)
        })
    }

    /// A plugin configuration alone.
    pub(super) fn alone(root: &Spot<'d>) -> Self {
        let handed = Ok(root.node().clone());
        let carrier = Carrier::Nothing;
        Self::of_handed(
            carrier,
            root.clone(),
            None,
            root.clone(),
            handed,
            &Variables::All,
        )
    }

    /// The filter that has its configuration under a key, from where it is handed over.
    fn new(
        carrier: Carrier,
        spot: Spot<'d>,
        around: Option<&Spot<'d>>,
        key: &str,
        hand: impl Fn(&Spot) -> Result<Node, Fault>,
        variables: &Variables,
    ) -> Self {
        let handed = spot.get(key);
        let handed = handed.map_or_else(|| Ok(Node::empty()), |written| hand(&written));
        let written = spot.get_or_self(key);
        Self::of_handed(carrier, spot, around, written, handed, variables)
    }

    fn of_handed(
        carrier: Carrier,
        spot: Spot<'d>,
        around: Option<&Spot<'d>>,
        written: Spot<'d>,
        handed: Result<Node, Fault>,
        variables: &Variables,
    ) -> Self {
        let place = written.place();
        let (root, compiled) = match handed {
            Ok(root) => {
                let compiled = Compilation::of(&root, variables);
                (root, compiled)
            }
            Err(fault) => (Node::empty(), Compilation::refused(fault)),
        };
        let root = Node {
            position: place.position,
            ..root
        };
        let settings = Document {
            file: place.file,
            part: place.path,
            root,
        };
        Self {
            carrier,
            spot,
            around: around.cloned(),
            written,
            settings,
            compiled,
        }
    }

    /// Its configuration, where the filter accepts that.
    pub(crate) fn config(&self) -> Option<&PluginConfig> {
        self.compiled.accepted.as_ref().map(|(config, _)| config)
    }

    /// What the filter makes of it.
    pub(crate) fn policy(&self) -> Option<&Policy> {
        self.compiled.accepted.as_ref().map(|(_, policy)| policy)
    }

    /// The responses that it writes, of all requests and of rules.
    pub(crate) fn responses(&self) -> Vec<Spot<'_>> {
        let settings = self.settings();
        let rules = settings.list("rules").into_iter();
        let all = iter::once(settings).chain(rules);
        all.filter_map(|spot| spot.get("response")).collect()
    }

    /// What its state is shared by.
    pub(crate) fn scope(&self) -> &str {
        self.settings().text_of("scope").unwrap_or("default")
    }

    /// The plugin configuration as the filter gets it.
    pub(crate) fn settings(&self) -> Spot<'_> {
        Spot::root(&self.settings)
    }

    /// Filters of one VM id share what they keep.
    pub(crate) fn vm_id(&self) -> &'d str {
        let vm_id = self.spot.text_at(&["vm_config", "vm_id"]);
        vm_id.unwrap_or_default()
    }

    /// The manifest of Istio or Envoy Gateway that it is all about.
    pub(crate) fn manifest(&self) -> Option<Spot<'d>> {
        let is_manifest = matches!(self.carrier, Carrier::Istio | Carrier::EnvoyGateway);
        self.around.clone().filter(|_| is_manifest)
    }

    /// Whether it is written in a manifest, or in a patch of that.
    pub(crate) fn is_in(&self, manifest: &Spot) -> bool {
        let (own, place) = (self.spot.place(), manifest.place());
        let is_below = own.path.strip_prefix(&*place.path);
        own.file == place.file && is_below.is_some_and(|rest| rest.starts_with([':', '.']))
    }

    /// The manifest's namespace and what it selects: those of one proxy, as far as one knows.
    pub(crate) fn selects(&self) -> Option<String> {
        let manifest = self.around.as_ref()?;
        let namespace = manifest.at(&["metadata", "namespace"]);
        let targets = ["selector", "targetRef", "targetRefs", "workloadSelector"];
        let targets = targets.map(|key| manifest.at(&["spec", key]));
        let named = [namespace].into_iter().chain(targets).flatten();
        let named = named.map(|spot| spot.node().to_json().to_string());
        Some(named.collect())
    }
}

/// Whether a name, or where the code comes from, says that a filter is this one.
pub(crate) fn is_ours<'d>(names: impl IntoIterator<Item = Option<Spot<'d>>>) -> bool {
    names.into_iter().flatten().any(|name| {
        let name = name.node().to_json().to_string().to_ascii_lowercase();
        name.contains("maintenance")
    })
}
