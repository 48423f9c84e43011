//! The keys of the schema: each is described, and stands in the tables of the reference.

use std::{collections::BTreeSet, fs};

use maintenance_mode_core::config::schema::schema;
use maintenance_mode_core::policy::environment::VARIABLES;
use serde_json::Value;
use support::project::{file, read};

/// An object of the configuration.
struct Object {
    /// Such as `rules[].match`; empty for the whole.
    path: String,
    schema: Value,
}

impl Object {
    fn keys(&self) -> BTreeSet<&str> {
        let properties = self.schema["properties"].as_object().unwrap();
        properties.keys().map(String::as_str).collect()
    }
}

fn objects() -> Vec<Object> {
    let schema = schema();
    let mut found = Vec::new();
    collect("", &schema, &schema, &mut found);
    found
}

/// The objects at and below a part of the schema.
fn collect(path: &str, part: &Value, root: &Value, found: &mut Vec<Object>) {
    if let Some(name) = part["$ref"]
        .as_str()
        .and_then(|it| it.strip_prefix("#/$defs/"))
    {
        collect(path, &root["$defs"][name], root, found);
    }
    if let Some(properties) = part["properties"].as_object() {
        found.push(Object {
            path: path.to_owned(),
            schema: part.clone(),
        });
        for (key, part) in properties {
            let below = format!("{path}.{key}");
            collect(below.trim_start_matches('.'), part, root, found);
        }
    }
    for keyword in ["items", "additionalProperties"] {
        if let Some(part) = part.get(keyword) {
            collect(&format!("{path}[]"), part, root, found);
        }
    }
    for way in part["anyOf"].as_array().into_iter().flatten() {
        collect(path, way, root, found);
    }
}

#[test]
fn every_key_has_a_description() {
    let objects = objects();
    let paths: BTreeSet<&str> = objects.iter().map(|object| &*object.path).collect();
    for known in [
        "",
        "allow",
        "allow.headers[]",
        "allow.paths[]",
        "admin.tokens[]",
        "response.languages[]",
        "rules[].match.attributes[]",
        "rules[].response.cors",
        "store.etcd",
        "windows[]",
    ] {
        assert!(paths.contains(known), "{known} is not among {paths:?}");
    }
    for object in &objects {
        let Object { path, schema } = object;
        assert!(schema["description"].is_string(), "{path} is not described");
        for key in object.keys() {
            let description = schema["properties"][key]["description"].as_str();
            let description =
                description.unwrap_or_else(|| panic!("{path}.{key} is not described"));
            let is_sentence = description.ends_with('.') && !description.contains('\n');
            assert!(is_sentence, "{path}.{key}: {description}");
        }
    }
}

#[test]
fn each_key_of_a_variable_is_in_the_table_of_the_core() {
    let objects = objects();
    let of_object = |Object { path, schema }: &Object| -> Vec<String> {
        let properties = schema["properties"].as_object().unwrap();
        let named = properties
            .iter()
            .filter(|(_, it)| it["$ref"] == "#/$defs/Variable");
        named.map(|(key, _)| format!("{path}.{key}")).collect()
    };
    let named: BTreeSet<String> = objects.iter().flat_map(of_object).collect();
    assert_eq!(named, VARIABLES.map(|keys| keys.join(".")).into());
}

/// The documents that may hold the reference.
fn documents() -> String {
    let beside = fs::read_dir(file("envoy")).unwrap();
    let beside = beside.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let beside = beside.filter(|name| name.ends_with(".md"));
    let beside = beside.map(|name| read(&format!("envoy/{name}")));
    let documents: Vec<String> = std::iter::once(read("README.md")).chain(beside).collect();
    documents.join("\n\n")
}

/// The tables of the documents: the first column of each row, the head first.
fn tables(text: &str) -> Vec<Vec<&str>> {
    let lines: Vec<&str> = text.lines().collect();
    let runs = lines.split(|line| !line.starts_with('|'));
    let tables = runs.filter(|rows| rows.len() > 2);
    tables
        .map(|rows| {
            let (head, rows) = rows.split_first().unwrap();
            let rows = rows.iter().skip(1);
            std::iter::once(head)
                .chain(rows)
                .map(|row| first_cell(row))
                .collect()
        })
        .collect()
}

fn first_cell(row: &str) -> &str {
    let cells = row.trim_start_matches('|');
    cells.split('|').next().unwrap_or_default().trim()
}

/// What stands in backticks.
fn named<'t>(cells: &[&'t str]) -> BTreeSet<&'t str> {
    let names = cells
        .iter()
        .flat_map(|cell| cell.split('`').skip(1).step_by(2));
    names.collect()
}

#[test]
fn the_tables_of_the_reference_have_exactly_the_keys_of_the_schema() {
    let text = documents();
    let tables = tables(&text);
    let objects = objects();
    // A table is known by a key that no other has. Of windows, prose tells the keys of both kinds.
    for (path, own, in_prose) in [
        ("", "route_metadata", &[][..]),
        ("allow", "client_ips", &[]),
        ("windows[]", "schedule", &["message", "name"]),
        ("response", "retry_after_jitter", &[]),
        ("admin", "max_on_seconds", &[]),
        ("bypass", "max_ttl_seconds", &[]),
        ("store.etcd", "timeout_ms", &[]),
    ] {
        let object = objects.iter().find(|object| object.path == path);
        let mut expected = object
            .unwrap_or_else(|| panic!("no object is at {path}"))
            .keys();
        for key in in_prose {
            assert!(expected.remove(key), "{path}.{key}");
            assert!(text.contains(&format!("\"{key}\"")), "{path}.{key}");
        }
        let is_of_keys = |cells: &&Vec<&str>| cells[0].starts_with("Key");
        let of_keys = tables.iter().filter(is_of_keys);
        let found: Vec<BTreeSet<&str>> = of_keys
            .map(|cells| named(&cells[1..]))
            .filter(|names| names.contains(own))
            .collect();
        assert!(
            found.contains(&expected),
            "no table of README.md or envoy/*.md has the keys of {path:?}, {expected:?}; near: {found:?}"
        );
    }
}
