//! A plugin configuration that a file holds.

use std::cell::RefCell;
use std::fmt::Display;

use maintenance_mode_core::config::plugin::PluginConfig;
use maintenance_mode_core::policy::environment::Environment;
use maintenance_mode_core::policy::policy::Policy;
use serde_json::Value;

use crate::ctl::process::environment::variable;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    /// Where in the file; empty for a file that is nothing else.
    pub(crate) place: String,
    /// What the filter gets, or why it gets nothing.
    pub(crate) configuration: Result<String, String>,
}

/// A configuration that the filter accepts.
pub(crate) struct Accepted {
    pub(crate) policy: Policy,
    /// What else there is to know.
    pub(crate) notes: Vec<String>,
}

/// Long enough for a token and a key.
const PLACEHOLDER: &str = "a placeholder that is long enough";

impl Found {
    /// A file that is the configuration and nothing else.
    pub(crate) fn whole(configuration: Result<String, String>) -> Self {
        Self {
            place: String::new(),
            configuration,
        }
    }

    /// The configuration, not yet compiled; an error where the filter would refuse it.
    pub(crate) fn parse(&self) -> Result<PluginConfig, String> {
        let text = self.configuration.as_ref().map_err(Clone::clone)?;
        PluginConfig::parse(text.as_bytes()).map_err(|error| error.to_string())
    }

    /// Does what the filter does with it, but for environment variables that are not there:
    /// those of the VM may be others than ours. An error is one that the filter would report.
    pub(crate) fn compile(&self) -> Result<Accepted, String> {
        let config = self.parse()?;
        let notes = RefCell::new(Vec::new());
        let note = |text: String| notes.borrow_mut().push(text);
        if config == PluginConfig::default() {
            note("the configuration is empty, so all traffic passes".to_owned());
        }
        let variable_or_placeholder = |name: &str| {
            variable(name).or_else(|| {
                note(format!(
                    "the environment variable {name:?} is not set here, so a placeholder took \
                     its place; the VM needs it"
                ));
                Some(PLACEHOLDER.to_owned())
            })
        };
        let environment = Environment {
            owner: "the VM",
            variable: &variable_or_placeholder,
        };
        let policy = Policy::compile(&config, environment).map_err(|error| error.to_string())?;
        let notes = notes.into_inner();
        Ok(Accepted { policy, notes })
    }
}

/// A file, and the place in it where it is more than a configuration.
pub(crate) fn location(file: impl Display, place: &str) -> String {
    match place {
        "" => file.to_string(),
        place => format!("{file}: {place}"),
    }
}

/// Whether a Wasm filter is this one: one of its names, or where its code comes from, says so.
pub(super) fn is_ours<'v>(names: impl IntoIterator<Item = Option<&'v Value>>) -> bool {
    let mut names = names.into_iter().flatten();
    names.any(|name| {
        name.to_string()
            .to_ascii_lowercase()
            .contains("maintenance")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notes(configuration: &str) -> Vec<String> {
        let found = Found::whole(Ok(configuration.to_owned()));
        found.compile().unwrap().notes
    }

    #[test]
    fn nothing_is_valid_and_passes_all() {
        assert!(notes(" \n")[0].contains("all traffic passes"));
    }

    #[test]
    fn a_variable_that_is_not_set_is_a_note() {
        let notes = notes(r#"{"admin":{"path":"/m","token_env":"NOT_SET_ANYWHERE"}}"#);
        assert!(
            notes[0].contains("\"NOT_SET_ANYWHERE\" is not set"),
            "{notes:?}"
        );
    }
}
