//! The plugin configurations in a file.

use std::io;
use std::path::Path;

use serde_json::Value;

use crate::ctl::documents::found::Found;
use crate::ctl::documents::{envoy, yaml};
use crate::ctl::process::input::read;

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

/// Why there are none.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FileError {
    #[error(transparent)]
    Unreadable(#[from] io::Error),
    /// Neither JSON nor YAML.
    #[error("{0}")]
    Malformed(String),
    #[error(
        "no configuration of the filter found: expected a plugin configuration, or a Wasm \
         filter with `maintenance` in its name, VM id, root id or code"
    )]
    Foreign,
}

/// At least one.
pub(crate) fn configurations(path: &Path) -> Result<Vec<Found>, FileError> {
    let found = find(&read(path)?).map_err(FileError::Malformed)?;
    if found.is_empty() {
        return Err(FileError::Foreign);
    }
    Ok(found)
}

/// Those in the text of a file; an error where it is neither JSON nor YAML.
fn find(text: &str) -> Result<Vec<Found>, String> {
    if text.trim().is_empty() {
        return Ok(vec![Found::whole(Ok(String::new()))]);
    }
    let is_json = text.trim_start().starts_with(['{', '[']);
    let json = is_json.then(|| serde_json::from_str(text)).transpose();
    // The text itself has what a value has not, such as a key given twice.
    let (documents, valid_json) = match json {
        Ok(Some(document)) => (vec![document], Some(text)),
        Ok(None) => (yaml::parse(text)?, None),
        Err(error) => {
            let documents = yaml::parse(text).map_err(|_| format!("not valid JSON: {error}"))?;
            (documents, None)
        }
    };
    let found = envoy::plugins(&documents);
    Ok(match documents.as_slice() {
        [document] if found.is_empty() && !is_foreign(document) => {
            let configuration = valid_json.map_or_else(|| document.to_string(), str::to_owned);
            vec![Found::whole(Ok(configuration))]
        }
        _ => found,
    })
}

fn is_foreign(document: &Value) -> bool {
    document
        .as_object()
        .is_none_or(|keys| FOREIGN_KEYS.iter().any(|&key| keys.contains_key(key)))
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
    fn what_is_neither_json_nor_yaml_is_refused_with_its_position() {
        assert!(find("{\"a\": }}").unwrap_err().contains("line 1 column"));
        assert!(find("a: [").unwrap_err().starts_with("not valid YAML"));
    }
}
