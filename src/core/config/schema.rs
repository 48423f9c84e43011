//! The JSON Schema of the configuration, made of its types and of what is written beside their
//! fields.

use schemars::Schema;
use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use serde_json::{Map, Value, json};

use crate::config::plugin::PluginConfig;

/// The schema, [2020-12](https://json-schema.org/draft/2020-12), its keys in alphabetical order,
/// whatever order other crates have `serde_json` keep.
pub fn schema() -> Value {
    let settings = SchemaSettings::draft2020_12().with_transform(RecursiveTransform(as_read));
    let mut schema = settings
        .into_generator()
        .into_root_schema_for::<PluginConfig>();
    let title = "The plugin configuration of maintenance-mode";
    schema.insert("title".to_owned(), title.into());
    let mut schema = schema.to_value();
    schema.sort_all_objects();
    schema
}

/// What a schema says, as the reader of JSON has it: no key may be unknown, nor `null`, and YAML's
/// booleans are words.
fn as_read(schema: &mut Schema) {
    let Some(schema) = schema.as_object_mut() else {
        return;
    };
    without_null(schema);
    words(schema);
    if schema.contains_key("properties") && !schema.contains_key("additionalProperties") {
        schema.insert("additionalProperties".to_owned(), json!(false));
    }
    if let Some(Value::String(description)) = schema.get_mut("description") {
        *description = description.replace('\n', " ");
    }
}

/// An optional key is absent where it has no value.
fn without_null(schema: &mut Map<String, Value>) {
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        types.retain(|kind| kind != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            schema.insert("type".to_owned(), only);
        }
    }
    if let Some(Value::Array(kinds)) = schema.get_mut("anyOf") {
        let null = json!({"type": "null"});
        let count = kinds.len();
        kinds.retain(|kind| *kind != null);
        if let ([Value::Object(only)], true) = (kinds.as_slice(), count == 2) {
            let only = only.clone();
            schema.remove("anyOf");
            schema.extend(only);
        }
    }
}

/// One list of the words of a keyword.
fn words(schema: &mut Map<String, Value>) {
    let Some(Value::Array(variants)) = schema.get("oneOf") else {
        return;
    };
    let words: Option<Vec<Value>> = variants
        .iter()
        .map(|variant| variant.get("const").cloned())
        .collect();
    let Some(mut words) = words else {
        return;
    };
    for (word, boolean) in [("on", true), ("off", false)] {
        if words.contains(&json!(word)) {
            words.push(json!(boolean));
        }
    }
    schema.remove("oneOf");
    schema.insert("enum".to_owned(), Value::Array(words));
}
