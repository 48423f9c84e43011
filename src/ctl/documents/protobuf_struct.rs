//! A `google.protobuf.Struct` as the filter gets it.

use serde_json::Value;

/// The JSON of a `Struct`, whose numbers are doubles: those without a fraction are integers
/// to the filter.
pub(super) fn of_struct(value: &Value) -> String {
    integral(value).to_string()
}

fn integral(value: &Value) -> Value {
    match value {
        Value::Number(number) => {
            let text = number.to_string();
            let whole: Option<i64> = text.strip_suffix(".0").and_then(|text| text.parse().ok());
            whole.map_or_else(|| value.clone(), Value::from)
        }
        Value::Array(items) => items.iter().map(integral).collect(),
        Value::Object(map) => map
            .iter()
            .map(|(key, value)| (key.clone(), integral(value)))
            .collect(),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_of_a_struct_are_integers() {
        let value: Value = serde_json::from_str(r#"{"a":[3600.0,1.5,7]}"#).unwrap();
        assert_eq!(of_struct(&value), r#"{"a":[3600,1.5,7]}"#);
    }
}
