//! A document of a file.

use crate::ctl::documents::dialect::Dialect;
use crate::ctl::documents::fault::SyntaxFault;
use crate::ctl::documents::node::{Content, Node, Position};
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

/// What a ConfigMap holds may be the file of an Envoy.
const CONFIG_MAP: &str = "ConfigMap";
const ENDINGS: [&str; 3] = [".yaml", ".yml", ".json"];
const OF_PROXIES: [&str; 2] = ["static_resources", "typed_config"];

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
    let all = |documents: Vec<Document>| {
        let held = documents.iter().map(held).collect::<Result<Vec<_>, _>>()?;
        Ok(documents
            .into_iter()
            .chain(held.into_iter().flatten())
            .collect())
    };
    let written = match is_json.then(|| json::parse(text)) {
        Some(Ok(root)) => return all(vec![of(name_of(&root), root)]),
        Some(Err(fault)) => yaml::parse(text)
            .ok()
            .filter(|documents| !file.ends_with(".json") && documents.iter().all(is_around))
            .ok_or(fault)?,
        None => yaml::parse(text)?,
    };
    if written.is_empty() {
        return Ok(vec![of(String::new(), Node::empty())]);
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
    all(documents.collect())
}

/// The files of proxies, and manifests, that a ConfigMap holds.
fn held(map: &Document) -> Result<Vec<Document>, SyntaxFault> {
    let kind = map.root.entry("kind").map(|kind| &kind.content);
    let data = map.root.entry("data").map(|data| &data.content);
    let (Some(Content::Text(kind, _)), Some(Content::Map(files))) = (kind, data) else {
        return Ok(Vec::new());
    };
    let mut held = Vec::new();
    for (name, file) in files.iter().filter(|_| kind == CONFIG_MAP) {
        let Content::Text(text, start) = &file.content else {
            continue;
        };
        let in_file = |position: Position| match start {
            Some(start) => Some(position.within(*start)),
            None => file.position,
        };
        let is_of_proxy = OF_PROXIES.iter().any(|key| text.contains(key));
        if !is_of_proxy || !ENDINGS.iter().any(|ending| name.ends_with(ending)) {
            continue;
        }
        let mut documents = documents(&map.file, text).map_err(|fault| SyntaxFault {
            position: fault.position.and_then(in_file),
            ..fault
        })?;
        documents.retain(Document::is_around);
        for document in &mut documents {
            let joint = if document.part.is_empty() { "" } else { ": " };
            document.part = format!("{}: data[{name:?}]{joint}{}", map.part, document.part);
            document.root.relocate(&in_file);
        }
        held.extend(documents);
    }
    Ok(held)
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

/// Content and name of a manifest.
fn name_of(root: &Node) -> String {
    let text = |node: Option<&Node>| match node.map(|node| &node.content) {
        Some(Content::Text(text, _)) => Some(text.clone()),
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
    fn what_a_config_map_holds_is_where_it_stands() {
        let map = |name: &str, text: &str| {
            format!(
                "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\ndata:\n  {name}: |\n{text}"
            )
        };
        let text = map(
            "e.yaml",
            "    static_resources: {}\n    admin:\n      x: 1\n",
        );
        let [map_itself, held] = &documents("f", &text).unwrap()[..] else {
            panic!();
        };
        assert_eq!(
            (&*map_itself.part, &*held.part),
            ("ConfigMap a", "ConfigMap a: data[\"e.yaml\"]")
        );
        let x = held.root.entry("admin").unwrap().entry("x").unwrap();
        assert_eq!(x.position, Some(Position { line: 8, column: 7 }));
        for (name, text) in [
            ("e.conf", "    static_resources: {}\n"),
            ("e.yaml", "    a: static_resources\n"),
            ("e.yaml", "    {{ x }}\n"),
        ] {
            assert_eq!(documents("f", &map(name, text)).unwrap().len(), 1, "{text}");
        }
        let fault = documents(
            "f",
            &map("e.yaml", "    static_resources: {}\n    listeners: [\n"),
        )
        .unwrap_err();
        assert!(fault.position.unwrap().line >= 7, "{fault:?}");
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
