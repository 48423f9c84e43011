//! An object of a cluster, as it was in one version.

use std::slice;

use maintenance_mode_core::config::mode::Mode;
use maintenance_mode_core::syntax::invalid::Step;
use serde_json::{Map, Value};

use crate::ctl::arguments::object::Object;
use crate::ctl::cluster::overlay::Overlay;
use crate::ctl::cluster::patch::Patch;
use crate::ctl::cluster::secrets::Secrets;
use crate::ctl::documents::document::documents;
use crate::ctl::process::console::complain;
use crate::ctl::setup::compilation::{Compilation, Fault};
use crate::ctl::setup::plugin::{Carrier, Plugin};
use crate::ctl::setup::survey::survey;

/// An object with one filter of ours.
pub(crate) struct Snapshot {
    root: Value,
    /// Where the configuration of the filter is, as a JSON pointer.
    place: String,
    configuration: Option<Map<String, Value>>,
    pub(super) compiled: Compilation,
    secrets: Secrets,
}

impl Snapshot {
    /// Reads what kubectl prints.
    ///
    /// # Errors
    /// It is no object with one filter of ours, which has no configuration or one that is an object.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let found = documents("", text).map_err(|_| "what kubectl prints is no object")?;
        let Some((root, document)) = serde_json::from_str(text).ok().zip(found.first()) else {
            return Err("what kubectl prints is no object".to_owned());
        };
        let plugin = only(survey(slice::from_ref(document)).plugins)?;
        let key = match plugin.carrier {
            Carrier::EnvoyGateway => "config",
            _ => "pluginConfig",
        };
        let written = plugin.spot.get(key).filter(|written| !written.is_null());
        let secrets = Secrets::of(&root);
        let configuration = match written.map(|written| written.node().to_json()) {
            None => None,
            Some(Value::Object(entries)) => Some(entries),
            Some(_) => return Err("the configuration of its filter is no object".to_owned()),
        };
        Ok(Self {
            place: format!("{}/{key}", plugin.spot.pointer()),
            configuration,
            compiled: plugin.compiled,
            secrets,
            root,
        })
    }

    /// What the command line has set here.
    pub(crate) fn overlay(&self) -> Overlay {
        Overlay::of(self.configuration.as_ref())
    }

    /// What the object is called, with its namespace.
    pub(crate) fn title(&self, object: &Object) -> String {
        match self.metadata("namespace") {
            "" => object.name.to_string(),
            namespace => format!("{} in {namespace}", object.name),
        }
    }

    /// Warns of what is wrong with the configuration, as the filter says it.
    pub(crate) fn warn(&self, object: &Object) {
        for fault in &self.compiled.faults {
            let problem = self.hide(&fault.problem);
            complain(&format!("{}: warning: {problem}", object.name));
        }
    }

    /// Whether the filter takes the configuration.
    pub(crate) fn is_accepted(&self) -> bool {
        self.compiled.accepted.is_some()
    }

    /// Whether there are endpoints, and what they were told counts.
    pub(crate) fn leaves_it_to_endpoints(&self) -> bool {
        let accepted = self.compiled.accepted.as_ref();
        accepted.is_some_and(|(_, policy)| policy.mode == Mode::Auto && policy.endpoint.is_some())
    }

    /// A text without what nobody may see.
    pub(super) fn hide(&self, text: &str) -> String {
        self.secrets.hide(text)
    }

    /// The resource version.
    pub(super) fn version(&self) -> &str {
        self.metadata("resourceVersion")
    }

    pub(super) fn metadata(&self, key: &str) -> &str {
        let metadata = self.root.get("metadata").and_then(|all| all.get(key));
        metadata.and_then(Value::as_str).unwrap_or_default()
    }

    /// The word or value of a key of the configuration, as it is written.
    pub(super) fn written(&self, key: &str) -> Option<&Value> {
        self.configuration.as_ref()?.get(key)
    }

    /// The object as it will be with this overlay.
    ///
    /// # Errors
    /// What the overlay adds is invalid.
    pub(super) fn overlaid(&self, overlay: &Overlay) -> Result<Self, String> {
        let configuration = overlay.put_into(self.configuration.as_ref())?;
        let mut root = self.root.clone();
        if let Some((around, key)) = self.place.rsplit_once('/')
            && let Some(Value::Object(around)) = root.pointer_mut(around)
        {
            around.insert(key.to_owned(), configuration.into());
        }
        let after = Self::read(&root.to_string())?;
        let ours = after.overlay();
        let mut faults = after.compiled.faults.iter();
        let is_ours = |fault: &&Fault| match fault.steps.as_slice() {
            [Step::Key(list), Step::Index(index), ..] => ours.has_window_at(list, *index),
            _ => false,
        };
        match faults.find(is_ours) {
            Some(fault) => Err(self.hide(&fault.problem)),
            None => Ok(after),
        }
    }

    /// What makes another of this one.
    pub(super) fn patch_to(&self, after: &Self) -> Patch {
        let empty = Map::new();
        let configuration = after.configuration.as_ref().unwrap_or(&empty);
        Patch::between(
            self.version(),
            &self.place,
            self.configuration.as_ref(),
            configuration,
        )
    }
}

/// The only filter of ours in an object.
fn only(mut plugins: Vec<Plugin>) -> Result<Plugin, String> {
    match (plugins.pop(), plugins.as_slice()) {
        (None, _) => Err(
            "it has no filter of ours: none has `maintenance` in its name, or in that of its module"
                .to_owned(),
        ),
        (Some(plugin), []) => Ok(plugin),
        (Some(last), others) => {
            let name = |plugin: &Plugin| {
                let path = plugin.spot.place().path;
                let path = path.rsplit(": ").next().unwrap_or_default().to_owned();
                let name = plugin.spot.text_of("name").unwrap_or_default();
                format!("{path} ({name})")
            };
            let names = others.iter().chain([&last]).map(name);
            let names = names.collect::<Vec<_>>().join(", ");
            Err(format!(
                "several filters of ours are in it, {names}, and which is meant cannot be said: \
                 give each an object of its own, or patch the `mode` of one with kubectl"
            ))
        }
    }
}
