//! YAML as JSON values, for files that people wrote.

use serde_json::Value;
use yaml_rust2::{Yaml, YamlLoader};

/// The only document of a file.
pub fn parse(text: &str) -> Value {
    let [document] = parse_all(text).try_into().expect(text);
    document
}

/// The documents of a file.
pub fn parse_all(text: &str) -> Vec<Value> {
    let documents = YamlLoader::load_from_str(text).unwrap();
    documents.iter().map(value).collect()
}

fn value(yaml: &Yaml) -> Value {
    match yaml {
        Yaml::Null => Value::Null,
        Yaml::Boolean(boolean) => Value::from(*boolean),
        Yaml::Integer(integer) => Value::from(*integer),
        Yaml::String(text) => Value::from(text.as_str()),
        Yaml::Array(items) => items.iter().map(value).collect(),
        Yaml::Hash(entries) => entries
            .iter()
            .map(|(key, entry)| (key.as_str().unwrap().to_owned(), value(entry)))
            .collect(),
        other => panic!("unexpected in these files: {other:?}"),
    }
}
