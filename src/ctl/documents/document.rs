//! A document of a file.

use crate::ctl::documents::dialect::Dialect;
use crate::ctl::documents::fault::SyntaxFault;
use crate::ctl::documents::node::{Kind, Node};
use crate::ctl::documents::{json, yaml};

/// Keys that files around a plugin configuration have, and it has not.
const AROUND: [&str; 17] = [
    "@type",
    "address",
    "api_listener",
    "apiVersion",
    "clusters",
    "configs",
    "dynamic_resources",
    "filter_chains",
    "http_filters",
    "kind",
    "layered_runtime",
    "listeners",
    "node",
    "resources",
    "static_resources",
    "typed_config",
    "virtual_hosts",
];

/// A document of a file, or a text that one holds.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Document {
    /// The file, as it was named.
    pub(crate) file: String,
    /// Which part of the file it is; empty for all of it.
    pub(crate) part: String,
    pub(crate) root: Node,
}

/// The documents in the text of a file.
///
/// # Errors
/// The text is neither JSON nor YAML. What begins as JSON does must be JSON, as it is for the
/// filter; only Envoy and Kubernetes take YAML there.
pub(crate) fn documents(file: &str, text: &str) -> Result<Vec<Document>, SyntaxFault> {
    let of = |part: String, root: Node| Document {
        file: file.to_owned(),
        part,
        root,
    };
    let is_json = text.trim_start().starts_with(['{', '[']);
    let written = match is_json.then(|| json::parse(text)) {
        Some(Ok(root)) => return Ok(vec![of(name_of(&root), root)]),
        Some(Err(fault)) => yaml::parse(text)
            .ok()
            .filter(|documents| !file.ends_with(".json") && documents.iter().all(is_around))
            .ok_or(fault)?,
        None => yaml::parse(text)?,
    };
    if written.is_empty() {
        let root = Node {
            position: None,
            kind: Kind::Map(Vec::new()),
        };
        return Ok(vec![of(String::new(), root)]);
    }
    let count = written.len();
    let documents = written.into_iter().enumerate().map(|(index, written)| {
        let is_envoy = is_around(&written) && !written.has("apiVersion");
        let root = written.read(match is_envoy {
            true => Dialect::Envoy,
            false => Dialect::Kubernetes,
        });
        let part = match name_of(&root) {
            name if name.is_empty() && count > 1 => format!("document {}", index + 1),
            name => name,
        };
        of(part, root)
    });
    Ok(documents.collect())
}

impl Document {
    /// Whether it has a key that a plugin configuration has not.
    pub(crate) fn is_around(&self) -> bool {
        AROUND.iter().any(|key| self.root.entry(key).is_some())
    }
}

fn is_around(written: &yaml::Written) -> bool {
    AROUND.iter().any(|key| written.has(key))
}

/// Kind and name of a manifest.
fn name_of(root: &Node) -> String {
    let text = |node: Option<&Node>| match node.map(|node| &node.kind) {
        Some(Kind::Text(text, _)) => Some(text.clone()),
        _ => None,
    };
    if root.entry("apiVersion").is_none() {
        return String::new();
    }
    let name = root.entry("metadata").and_then(|node| node.entry("name"));
    match (text(root.entry("kind")), text(name)) {
        (Some(kind), Some(name)) => format!("{kind} {name}"),
        (Some(kind), None) => kind,
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn json_is_strict_but_where_envoy_and_kubernetes_read_yaml() {
        assert!(documents("a.yaml", "{mode: 'on'}").is_err());
        assert!(documents("a.yaml", "{\"mode\": \"on\",}").is_err());
        assert!(documents("a.yaml", "{static_resources: {listeners: []}}").is_ok());
        assert!(documents("a.json", "{static_resources: {listeners: []}}").is_err());
        assert_eq!(documents("-", " \n").unwrap()[0].root.to_json(), json!({}));
    }

    #[test]
    fn each_document_is_read_as_its_reader_does() {
        let text = "apiVersion: v1\nkind: A\nmetadata: {name: b}\nx: 1.5\n---\nadmin: {}\nx: 1.5\nnode: {}\n";
        let [kubernetes, envoy] = &documents("f", text).unwrap()[..] else {
            panic!();
        };
        assert_eq!((&*kubernetes.part, &*envoy.part), ("A b", "document 2"));
        assert_eq!(kubernetes.root.to_json()["x"], json!(1.5));
        assert_eq!(envoy.root.to_json()["x"], json!("1.5"));
    }
}
