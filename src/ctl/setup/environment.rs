//! What a filter has of its host: the environment variables that a VM gets.

use maintenance_mode_core::policy::environment::{CheckAttribute, any_attribute};

use crate::ctl::documents::spot::Spot;
use crate::ctl::process::environment::variable;
use crate::hosts::abi::module_attribute;

/// Who says which variables there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Variables {
    /// Nobody: a plugin configuration alone.
    All,
    /// Envoy's own process, where the filter is a dynamic module.
    OfEnvoy,
    /// Those that are handed to the VM, with a value where it is written.
    Handed(Vec<(String, Option<String>)>),
}

impl Variables {
    /// Of a `VmConfig` of Envoy: `environment_variables`.
    pub(super) fn of_vm(config: Option<&Spot>) -> Self {
        let given = config.and_then(|config| config.get("environment_variables"));
        let values = given
            .as_ref()
            .map(|given| given.entries_at(&["key_values"]));
        let values = values.into_iter().flatten().map(|(name, value)| {
            let value = value.text().unwrap_or_default();
            (name.to_owned(), Some(value.to_owned()))
        });
        let keys = given.as_ref().map(|given| given.texts("host_env_keys"));
        Self::Handed(host_keys(keys.unwrap_or_default()).chain(values).collect())
    }

    /// Of a `vmConfig` of Istio: `env`.
    pub(super) fn of_istio(config: Option<&Spot>) -> Self {
        let variables = config.map(|config| config.list("env")).unwrap_or_default();
        let variables = variables.iter().filter_map(|variable| {
            let name = variable.text_of("name")?.to_owned();
            let from = variable.get("valueFrom");
            let is_written = from.is_none_or(|from| from.text() == Some("INLINE"));
            let value = variable.text_of("value").unwrap_or_default();
            Some((name, is_written.then(|| value.to_owned())))
        });
        Self::Handed(variables.collect())
    }

    /// Of an entry of `spec.wasm` of Envoy Gateway: `env.hostKeys`.
    pub(super) fn of_gateway(wasm: &Spot) -> Self {
        let keys = wasm.get("env").map(|env| env.texts("hostKeys"));
        Self::Handed(host_keys(keys.unwrap_or_default()).collect())
    }

    /// Whose they are, as the filter's own host calls it.
    pub(super) fn owner(&self) -> &'static str {
        match self {
            Self::OfEnvoy => "Envoy",
            Self::All | Self::Handed(_) => "the VM",
        }
    }

    /// Which attributes can be read.
    pub(super) fn check_attribute(&self) -> CheckAttribute {
        match self {
            Self::OfEnvoy => module_attribute::check,
            Self::All | Self::Handed(_) => any_attribute,
        }
    }

    /// Whether the filter can read a variable.
    pub(super) fn has(&self, name: &str) -> bool {
        match self {
            Self::All | Self::OfEnvoy => true,
            Self::Handed(variables) => variables.iter().any(|(handed, _)| handed == name),
        }
    }

    /// Its value, where that is known: as it is written, or as it is here.
    pub(super) fn value(&self, name: &str) -> Option<String> {
        let written = match self {
            Self::All | Self::OfEnvoy => None,
            Self::Handed(variables) => variables.iter().find(|(handed, _)| handed == name),
        };
        match written {
            Some((_, Some(value))) => Some(value.clone()),
            _ => variable(name),
        }
    }
}

fn host_keys(names: Vec<&str>) -> impl Iterator<Item = (String, Option<String>)> {
    names.into_iter().map(|name| (name.to_owned(), None))
}
