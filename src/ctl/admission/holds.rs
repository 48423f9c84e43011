//! Whether a value fits a schema, as a condition.

use serde_json::Value;

use crate::ctl::admission::cel::{all, any, not, text, texts};
use crate::ctl::admission::schema::Schema;

/// What an API server knows by a name of its own, at much less cost than by a pattern.
const KNOWN: [(&str, &str); 1] = [("Network", "isIP(_) || isCIDR(_)")];

/// What says something of a schema to people, or to who reads it.
const ANNOTATIONS: [&str; 6] = [
    "$defs",
    "$schema",
    "default",
    "description",
    "format",
    "title",
];

/// What is looked at with more than yes and no: `faults` says where the fault is.
pub(super) const NESTED: [&str; 4] = [
    "additionalProperties",
    "items",
    "properties",
    "propertyNames",
];

/// The condition that a value fits a schema, but for what is nested in it.
pub(super) fn holds(schema: Schema, value: &str) -> String {
    let mut conditions = Vec::new();
    if let Some(definition) = schema.definition() {
        conditions.push(holds(definition, value));
    }
    // First what others rely on.
    if let Some(kind) = schema.get("type") {
        conditions.push(is_kind(kind, value));
    }
    for (keyword, operand) in schema.keywords() {
        conditions.extend(keyword_holds(schema, keyword, operand, value));
    }
    let condition = all(conditions);
    let known = KNOWN.iter().find(|(name, _)| schema.name == Some(name));
    match known {
        Some((_, known)) => {
            let known = known.replace('_', value);
            all(vec![
                format!("type({value}) == string"),
                format!("({known} || {condition})"),
            ])
        }
        None => condition,
    }
}

fn keyword_holds(schema: Schema, keyword: &str, operand: &Value, value: &str) -> Option<String> {
    let each = |keyword: &str| -> Vec<String> {
        let list = schema.list(keyword);
        list.into_iter().map(|one| holds(one, value)).collect()
    };
    let literal = literal(operand);
    Some(match keyword {
        "$ref" | "type" => return None,
        known if ANNOTATIONS.contains(&known) || NESTED.contains(&known) => return None,
        "anyOf" => any(each("anyOf")),
        "oneOf" => format!("[{}].exists_one(it, it)", each("oneOf").join(", ")),
        "not" => not(&holds(schema.schema("not")?, value)),
        "const" => format!("{value} == {literal}"),
        "enum" => is_one_of(operand.as_array()?, value),
        "pattern" => format!("{value}.matches({})", text(operand.as_str()?)),
        "minLength" | "minItems" | "minProperties" => format!("size({value}) >= {literal}"),
        "maxLength" => format!("size({value}) <= {literal}"),
        "minimum" => format!("{value} >= {literal}"),
        "maximum" => format!("{value} <= {literal}"),
        "required" => all(keys(operand).map(|key| has(value, key)).collect()),
        "dependentRequired" => {
            let needs = operand.as_object()?.iter().map(|(key, needed)| {
                let needed = keys(needed).map(|key| has(value, key)).collect();
                format!("(!{} || {})", has(value, key), all(needed))
            });
            all(needs.collect())
        }
        // What nobody has thought of holds for no value, so a test finds it.
        _ => format!("false /* {keyword} */"),
    })
}

/// The strings of a list.
pub(super) fn keys(list: &Value) -> impl Iterator<Item = &str> {
    list.as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
}

/// Whether a key is there.
pub(super) fn has(value: &str, key: &str) -> String {
    format!("has({value}.{key})")
}

fn literal(value: &Value) -> String {
    match value {
        Value::String(string) => text(string),
        other => other.to_string(),
    }
}

fn is_one_of(values: &[Value], value: &str) -> String {
    let words: Vec<&str> = values.iter().filter_map(Value::as_str).collect();
    let others = values.iter().filter(|value| !value.is_string());
    let words = (!words.is_empty()).then(|| format!("{value} in {}", texts(words)));
    let others = others.map(|other| format!("{value} == {other}"));
    any(words.into_iter().chain(others).collect())
}

/// An API server makes a fraction of `5.0`, which is whole for the filter behind it.
fn is_kind(kind: &Value, value: &str) -> String {
    let kind = match kind.as_str().unwrap_or_default() {
        "array" => "list",
        "boolean" => "bool",
        "object" => "map",
        "integer" => {
            return format!(
                "(type({value}) == int || (type({value}) == double && {value} == double(int({value}))))"
            );
        }
        other => other,
    };
    format!("type({value}) == {kind}")
}
