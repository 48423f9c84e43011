//! Where in an Envoy configuration, or in manifests for Kubernetes, the filter is configured.

use serde_json::Value;

use crate::ctl::documents::found::{Found, is_ours};
use crate::ctl::documents::manifest;
use crate::ctl::documents::protobuf_struct::of_struct;

const WASM: &str = "envoy.extensions.filters.http.wasm.v3.Wasm";
const STRING_VALUE: &str = "google.protobuf.StringValue";
const STRUCT: &str = "google.protobuf.Struct";
const TYPED_STRUCT: &str = ".TypedStruct";

/// The plugin configurations of this filter, in the order of the file.
pub(super) fn plugins(documents: &[Value]) -> Vec<Found> {
    let mut found = Vec::new();
    for (index, document) in documents.iter().enumerate() {
        let place = match documents {
            [_] => String::new(),
            _ => format!("document {}", index + 1),
        };
        search(document, &place, None, &mut found);
    }
    found
}

fn search(value: &Value, place: &str, name_around: Option<&Value>, found: &mut Vec<Found>) {
    if let Some(plugins) = manifest::plugins(value) {
        found.extend(plugins);
    } else if let Some(wasm) = as_wasm(value) {
        found.extend(plugin(wasm, place, name_around));
    } else if let Value::Object(map) = value {
        for (key, child) in map {
            let separator = if place.is_empty() { "" } else { "." };
            let place = format!("{place}{separator}{key}");
            search(child, &place, map.get("name"), found);
        }
    } else if let Value::Array(items) = value {
        for (index, child) in items.iter().enumerate() {
            search(child, &format!("{place}[{index}]"), None, found);
        }
    }
}

/// The filter's message, also where Istio wraps it in a `TypedStruct`.
fn as_wasm(value: &Value) -> Option<&Value> {
    match type_name(value, "@type")? {
        WASM => Some(value),
        kind if kind.ends_with(TYPED_STRUCT) && type_name(value, "type_url")? == WASM => {
            value.get("value")
        }
        _ => None,
    }
}

/// The name of a type behind the last `/` of its URL.
fn type_name<'v>(value: &'v Value, key: &str) -> Option<&'v str> {
    value.get(key)?.as_str()?.rsplit('/').next()
}

fn plugin(wasm: &Value, place: &str, name_around: Option<&Value>) -> Option<Found> {
    let config = wasm.get("config")?;
    let vm = either(config, "vm_config", "vmConfig").unwrap_or(&Value::Null);
    let names = [
        name_around,
        config.get("name"),
        either(config, "root_id", "rootId"),
        either(vm, "vm_id", "vmId"),
        vm.get("code"),
    ];
    is_ours(names).then(|| Found {
        place: format!("{place}.config.configuration")
            .trim_start_matches('.')
            .to_owned(),
        configuration: config
            .get("configuration")
            .map_or(Ok(String::new()), unwrapped),
    })
}

/// Protobuf's JSON takes a field by either of its names.
fn either<'v>(value: &'v Value, name: &str, json_name: &str) -> Option<&'v Value> {
    value.get(name).or_else(|| value.get(json_name))
}

/// What Envoy hands to the module.
fn unwrapped(configuration: &Value) -> Result<String, String> {
    let kind = type_name(configuration, "@type").unwrap_or_default();
    match (kind, configuration.get("value")) {
        (STRING_VALUE | STRUCT, None) => Ok(String::new()),
        (STRING_VALUE, Some(Value::String(text))) => Ok(text.clone()),
        (STRING_VALUE, Some(_)) => Err("the value of a StringValue is not a string".to_owned()),
        (STRUCT, Some(value)) => Ok(of_struct(value)),
        _ => Err(format!(
            "expected the type {STRING_VALUE} or {STRUCT}, found {kind:?}"
        )),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn wasm(name: &str, configuration: Value) -> Value {
        json!({
            "@type": format!("type.googleapis.com/{WASM}"),
            "config": {"name": name, "configuration": configuration},
        })
    }

    fn string_value(text: &str) -> Value {
        json!({"@type": format!("type.googleapis.com/{STRING_VALUE}"), "value": text})
    }

    #[test]
    fn finds_the_filter_wherever_it_is() {
        let ours = wasm("maintenance_mode", string_value("{}"));
        let documents = [json!({
            "a": [{"typed_config": ours}, {"typed_config": wasm("other", string_value("{}"))}],
            "b": {"name": "maintenance", "typed_config": wasm("", string_value(""))},
            "c": {
                "@type": "type.googleapis.com/xds.type.v3.TypedStruct",
                "type_url": format!("type.googleapis.com/{WASM}"),
                "value": {"config": {"vmConfig": {"code": {"local": {"filename": "maintenance_mode.wasm"}}}}},
            },
        })];
        let places: Vec<String> = plugins(&documents).into_iter().map(|f| f.place).collect();
        assert_eq!(
            places,
            [
                "a[0].typed_config.config.configuration",
                "b.typed_config.config.configuration",
                "c.config.configuration",
            ]
        );
    }

    #[test]
    fn reads_string_and_struct_and_nothing_else() {
        let of = |configuration| {
            let found = plugins(&[wasm("maintenance", configuration)]);
            found[0].configuration.clone()
        };
        assert_eq!(of(string_value("{ }")), Ok("{ }".to_owned()));
        let structure = json!({"@type": STRUCT, "value": {"a": 1.0}});
        assert_eq!(of(structure), Ok(r#"{"a":1}"#.to_owned()));
        for wrong in [
            json!({"mode": "on"}),
            json!({"@type": "x/google.protobuf.BytesValue", "value": ""}),
            json!({"@type": format!("x/{STRING_VALUE}"), "value": {}}),
        ] {
            assert!(of(wrong.clone()).is_err(), "{wrong}");
        }
    }
}
