//! A filter of ours, and its plugin configuration.

use serde_json::Number;

use crate::ctl::documents::document::Document;
use crate::ctl::documents::fault::TWICE;
use crate::ctl::documents::json;
use crate::ctl::documents::node::{Kind, Node, Position, Step};
use crate::ctl::documents::spot::Spot;
use crate::ctl::setup::compiled::{Compiled, Fault};
use crate::ctl::setup::environment::Variables;
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
    pub(crate) compiled: Compiled,
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
        is_ours(names).then(|| {
            let written = config.get("configuration");
            let handed = written.as_ref().map_or_else(nothing, unpacked);
            let written = written.unwrap_or_else(|| config.clone());
            Self::new(Carrier::Wasm, config, around, written, handed, &variables)
        })
    }

    fn of_dynamic_module(message: &Spot<'d>, around: Option<&Spot<'d>>) -> Option<Self> {
        let names = [
            message.at(&["dynamic_module_config", "name"]),
            message.get("filter_name"),
        ];
        is_ours(names).then(|| {
            let written = message.get("filter_config");
            let handed = written.as_ref().map_or_else(nothing, unpacked);
            let written = written.unwrap_or_else(|| message.clone());
            let carrier = Carrier::DynamicModule;
            Self::new(
                carrier,
                message.clone(),
                around,
                written,
                handed,
                &Variables::All,
            )
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
            let written = spot.get(key);
            let handed = written.as_ref().map_or_else(nothing, |written| {
                let mut node = integral(written.node());
                drop_nulls(&mut node);
                Ok(node)
            });
            let written = written.unwrap_or_else(|| spot.clone());
            Self::new(carrier, spot, Some(manifest), written, handed, variables)
        })
    }

    /// A plugin configuration alone.
    pub(super) fn alone(root: &Spot<'d>) -> Self {
        let handed = Ok(root.node().clone());
        let (spot, written) = (root.clone(), root.clone());
        Self::new(
            Carrier::Nothing,
            spot,
            None,
            written,
            handed,
            &Variables::All,
        )
    }

    fn new(
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
                let compiled = Compiled::of(&root, variables);
                (root, compiled)
            }
            Err(fault) => {
                let compiled = Compiled {
                    faults: vec![fault],
                    ..Compiled::default()
                };
                (empty(), compiled)
            }
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

    /// The plugin configuration as the filter gets it.
    pub(crate) fn settings(&self) -> Spot<'_> {
        Spot::root(&self.settings)
    }

    /// Filters of one VM id share what they keep.
    pub(crate) fn vm_id(&self) -> &'d str {
        let vm_id = self.spot.at(&["vm_config", "vm_id"]);
        vm_id.and_then(|id| id.text()).unwrap_or_default()
    }

    /// The manifest's namespace and what it selects: those of one proxy, as far as one knows.
    pub(crate) fn selects(&self) -> Option<String> {
        let manifest = self.around.as_ref()?;
        let namespace = manifest.at(&["metadata", "namespace"]);
        let targets = ["selector", "targetRef", "targetRefs", "workloadSelector"];
        let targets = targets.map(|key| manifest.at(&["spec", key]));
        let named = [namespace].into_iter().chain(targets).flatten();
        Some(
            named
                .map(|spot| spot.node().to_json().to_string())
                .collect(),
        )
    }
}

/// Whether a name, or where the code comes from, says that a filter is this one.
fn is_ours<'d>(names: impl IntoIterator<Item = Option<Spot<'d>>>) -> bool {
    names.into_iter().flatten().any(|name| {
        let name = name.node().to_json().to_string().to_ascii_lowercase();
        name.contains("maintenance")
    })
}

fn empty() -> Node {
    Node {
        position: None,
        kind: Kind::Map(Vec::new()),
    }
}

fn nothing() -> Result<Node, Fault> {
    Ok(empty())
}

/// What Envoy hands to the module.
fn unpacked(any: &Spot) -> Result<Node, Fault> {
    let kind = any.type_name().unwrap_or_default();
    let value = any.get("value");
    match (kind, &value) {
        ("google.protobuf.StringValue" | "google.protobuf.Struct", None) => nothing(),
        ("google.protobuf.Struct", Some(value)) => Ok(integral(value.node())),
        ("google.protobuf.StringValue", Some(value)) => match &value.node().kind {
            Kind::Text(text, start) => read_text(text, *start, value.node().position),
            _ => Err(Fault {
                steps: Vec::new(),
                position: None,
                problem: "the value of a StringValue is not a string".to_owned(),
                fix: "Write it as a text, such as a block after `value: |`, or take a \
                      google.protobuf.Struct."
                    .to_owned(),
            }),
        },
        _ => Err(Fault {
            steps: Vec::new(),
            position: None,
            problem: format!(
                "expected the type google.protobuf.StringValue or google.protobuf.Struct, found \
                 {kind:?}: Envoy refuses it, or the filter gets what it cannot read"
            ),
            fix: "Write \"@type\": type.googleapis.com/google.protobuf.Struct, and the plugin \
                  configuration under `value`."
                .to_owned(),
        }),
    }
}

/// Reads JSON that is a text of the file.
fn read_text(text: &str, start: Option<Position>, around: Option<Position>) -> Result<Node, Fault> {
    if text.trim().is_empty() {
        return nothing();
    }
    let of_file = |position: Position| match start {
        Some(start) => Some(position.within(start)),
        None => around,
    };
    match json::parse(text) {
        Ok(mut node) => {
            node.relocate(&of_file);
            Ok(node)
        }
        Err(fault) => Err(Fault {
            steps: vec![Step::Key("value".to_owned())],
            position: fault.position.and_then(of_file),
            problem: fault.problem,
            fix: match fault.fix {
                TWICE => TWICE.to_owned(),
                _ => "Write JSON: no comments, no comma after the last entry, quotes around every \
                      key; or take a google.protobuf.Struct, which may be YAML."
                    .to_owned(),
            },
        }),
    }
}

/// The numbers of a `Struct` are doubles: those without a fraction are integers to the filter.
fn integral(node: &Node) -> Node {
    let kind = match &node.kind {
        Kind::Number(number) => {
            let whole = number.as_f64().filter(|float| float.fract() == 0.0);
            let is_float = number.is_f64();
            let whole = whole.filter(|float| is_float && float.abs() < 9e15);
            Kind::Number(whole.map_or_else(|| number.clone(), |float| Number::from(float as i64)))
        }
        Kind::List(items) => Kind::List(items.iter().map(integral).collect()),
        Kind::Map(entries) => {
            let entries = entries.iter();
            let entries = entries.map(|(key, node)| (key.clone(), integral(node)));
            Kind::Map(entries.collect())
        }
        other => other.clone(),
    };
    Node {
        position: node.position,
        kind,
    }
}

/// The API server drops them.
fn drop_nulls(node: &mut Node) {
    match &mut node.kind {
        Kind::Map(entries) => {
            entries.retain(|(_, node)| node.kind != Kind::Null);
            entries.iter_mut().for_each(|(_, node)| drop_nulls(node));
        }
        Kind::List(items) => items.iter_mut().for_each(drop_nulls),
        _ => {}
    }
}
