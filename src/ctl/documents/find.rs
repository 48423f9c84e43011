//! The plugin configurations in a file: one on its own, or those of an Envoy configuration
//! or of manifests for Kubernetes.

use serde_json::{Number, Value};

use super::{search, yaml};
use crate::{
    config::PluginConfig,
    policy::{InvalidConfig, Policy},
};

/// A plugin configuration that a file holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// Where in the file; empty for a file that is nothing else.
    pub(super) place: String,
    /// What the filter gets, or why it gets nothing.
    pub(super) configuration: Result<String, String>,
}

/// A configuration that the filter accepts.
pub(super) struct Accepted {
    pub(super) policy: Policy,
    /// What else there is to know.
    pub(super) notes: Vec<String>,
}

/// Keys that a plugin configuration does not have, but files around one do.
const FOREIGN_KEYS: [&str; 13] = [
    "@type",
    "apiVersion",
    "clusters",
    "filter_chains",
    "http_filters",
    "kind",
    "layered_runtime",
    "listeners",
    "node",
    "resources",
    "static_resources",
    "dynamic_resources",
    "typed_config",
];

/// Finds the plugin configurations in the text of a file.
///
/// # Errors
/// The text is neither JSON nor YAML.
pub(super) fn find(text: &str) -> Result<Vec<Found>, String> {
    if text.trim().is_empty() {
        return Ok(vec![on_its_own(Ok(String::new()))]);
    }
    let is_json = text.trim_start().starts_with(['{', '[']);
    let documents = match serde_json::from_str::<Value>(text) {
        Ok(document) if is_json => vec![document],
        Err(error) if is_json => {
            yaml::parse(text).map_err(|_| format!("not valid JSON: {error}"))?
        }
        _ => yaml::parse(text)?,
    };
    let found = search::plugins(&documents);
    match documents.as_slice() {
        [document] if found.is_empty() && !is_foreign(document) => {
            // The text itself, which has what a value has not, such as a key given twice.
            let is_same = is_json && serde_json::from_str::<Value>(text).is_ok();
            let configuration = if is_same {
                text.to_owned()
            } else {
                document.to_string()
            };
            Ok(vec![on_its_own(Ok(configuration))])
        }
        _ => Ok(found),
    }
}

fn on_its_own(configuration: Result<String, String>) -> Found {
    Found {
        place: String::new(),
        configuration,
    }
}

fn is_foreign(document: &Value) -> bool {
    document
        .as_object()
        .is_none_or(|keys| FOREIGN_KEYS.iter().any(|&key| keys.contains_key(key)))
}

/// The JSON of a `Struct`, whose numbers are doubles: those without a fraction are integers
/// to the filter.
pub(super) fn of_struct(value: &Value) -> String {
    integral(value).to_string()
}

fn integral(value: &Value) -> Value {
    match value {
        Value::Number(number) => Value::Number(integral_number(number)),
        Value::Array(items) => items.iter().map(integral).collect(),
        Value::Object(map) => map
            .iter()
            .map(|(key, value)| (key.clone(), integral(value)))
            .collect(),
        other => other.clone(),
    }
}

fn integral_number(number: &Number) -> Number {
    let text = number.to_string();
    let whole = text.strip_suffix(".0").and_then(|text| text.parse().ok());
    whole.map_or_else(|| number.clone(), |whole: i64| whole.into())
}

impl Found {
    /// The configuration, not yet compiled.
    ///
    /// # Errors
    /// The filter would refuse it.
    pub(super) fn parse(&self) -> Result<PluginConfig, String> {
        let text = self.configuration.as_ref().map_err(Clone::clone)?;
        PluginConfig::parse(text.as_bytes()).map_err(|error| error.to_string())
    }

    /// Does what the filter does with it, but for environment variables that are not there:
    /// those of the VM may be others than ours.
    ///
    /// # Errors
    /// The filter would refuse it.
    pub(super) fn compile(&self) -> Result<Accepted, String> {
        let config = self.parse()?;
        let mut notes = Vec::new();
        if config == PluginConfig::default() {
            notes.push("the configuration is empty, so all traffic passes".to_owned());
        }
        let variables = [
            config
                .admin
                .as_ref()
                .and_then(|admin| admin.token_env.clone()),
            config
                .bypass
                .as_ref()
                .and_then(|bypass| bypass.key_env.clone()),
            config
                .store
                .as_ref()
                .and_then(|store| store.etcd.password_env.clone()),
        ];
        for variable in variables.into_iter().flatten() {
            if std::env::var_os(&variable).is_none() {
                notes.push(format!(
                    "the environment variable {variable:?} is not set here, so a placeholder \
                     took its place; the VM needs it"
                ));
            }
        }
        Policy::compile(&config, environment)
            .map(|policy| Accepted { policy, notes })
            .map_err(|error: InvalidConfig| error.to_string())
    }
}

/// A variable of this process, or a placeholder that is long enough for token and key.
fn environment(variable: &str) -> Option<String> {
    let placeholder = || "a placeholder that is long enough".to_owned();
    Some(std::env::var(variable).unwrap_or_else(|_| placeholder()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_may_be_the_plugin_configuration_itself() {
        for text in [
            r#"{"mode":"on"}"#,
            "mode: 'on'\n",
            "{mode: 'on'}",
            "# a\nmode: \"on\"",
        ] {
            let found = find(text).unwrap();
            assert_eq!(found.len(), 1, "{text}");
            assert!(
                found[0].place.is_empty() && found[0].compile().is_ok(),
                "{text}"
            );
        }
        let found = &find("mode: on\n").unwrap()[0];
        assert!(found.parse().unwrap_err().starts_with("mode: "));
        let found = &find(r#"{"mode":"on","mode":"on"}"#).unwrap()[0];
        assert!(found.parse().is_err(), "a key twice");
    }

    #[test]
    fn nothing_is_valid_and_passes_all() {
        let accepted = find(" \n").unwrap()[0].compile().unwrap();
        assert!(accepted.notes[0].contains("all traffic passes"));
    }

    #[test]
    fn what_is_neither_json_nor_yaml_is_refused_with_its_position() {
        assert!(find("{\"a\": }}").unwrap_err().contains("line 1 column"));
        assert!(find("a: [").unwrap_err().starts_with("not valid YAML"));
    }

    #[test]
    fn a_variable_that_is_not_set_is_a_note() {
        let found = find(r#"{"admin":{"path":"/m","token_env":"NOT_SET_ANYWHERE"}}"#).unwrap();
        let notes = found[0].compile().unwrap().notes;
        assert!(
            notes[0].contains("\"NOT_SET_ANYWHERE\" is not set"),
            "{notes:?}"
        );
    }

    #[test]
    fn whole_numbers_of_a_struct_are_integers() {
        let value: Value = serde_json::from_str(r#"{"a":[3600.0,1.5,7]}"#).unwrap();
        assert_eq!(of_struct(&value), r#"{"a":[3600,1.5,7]}"#);
    }
}
