//! What no output may show of an object.

use serde_json::Value;

/// The keys of `bypass`, as they are written.
#[derive(Clone, Debug, Default)]
pub(super) struct Secrets(Vec<String>);

const HIDDEN: &str = "…";

impl Secrets {
    /// Those of an object, wherever they are in it.
    pub(super) fn of(object: &Value) -> Self {
        let mut secrets = Vec::new();
        collect(object, &mut secrets);
        // The longest first: it may hold another.
        secrets.sort_by_key(|secret| usize::MAX - secret.len());
        Self(secrets)
    }

    /// A text without them, also where they are escaped.
    pub(super) fn hide(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, secret| {
            let debug = format!("{secret:?}");
            let json = Value::from(secret.as_str()).to_string();
            let escaped = [&debug, &json].map(|quoted| quoted.trim_matches('"'));
            let hide = |text: String, form: &str| text.replace(form, HIDDEN);
            [escaped[0], escaped[1], secret]
                .into_iter()
                .fold(text, hide)
        })
    }
}

fn collect(value: &Value, secrets: &mut Vec<String>) {
    match value {
        Value::Object(entries) => entries.iter().for_each(|(key, value)| {
            match (key.as_str(), value) {
                ("bypass", Value::Object(bypass)) => {
                    bypass
                        .get("key")
                        .iter()
                        .for_each(|key| leaves(key, secrets));
                }
                // It may well be the key, one level too high.
                ("bypass", other) => leaves(other, secrets),
                _ => collect(value, secrets),
            }
        }),
        Value::Array(items) => items.iter().for_each(|item| collect(item, secrets)),
        _ => {}
    }
}

/// The texts of a value; only a text is a key, but a wrong one is as secret.
fn leaves(value: &Value, secrets: &mut Vec<String>) {
    match value {
        Value::String(text) if text.is_empty() => {}
        Value::String(text) => secrets.push(text.clone()),
        Value::Number(number) => secrets.push(number.to_string()),
        Value::Array(items) => items.iter().for_each(|item| leaves(item, secrets)),
        Value::Object(entries) => entries.values().for_each(|value| leaves(value, secrets)),
        Value::Null | Value::Bool(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_key_is_hidden_wherever_it_is_and_however_it_is_written() {
        for (key, text) in [
            (json!("se\"cret"), r#"a "se\"cret" and se"cret"#),
            (json!(12_345_678), "invalid type: integer `12345678`"),
            (json!({"value": "secret"}), "secret"),
            (json!(["secret", "secret and more"]), "secret and more"),
        ] {
            let object = json!({"spec": {"wasm": [{"config": {"bypass": {"key": key}}}]}});
            let hidden = Secrets::of(&object).hide(text);
            assert!(hidden.contains('…'), "{hidden}");
            for secret in ["cret", "12345678", "more"] {
                assert!(!hidden.contains(secret), "{hidden}");
            }
        }
        let misplaced = json!({"bypass": "secret"});
        assert_eq!(Secrets::of(&misplaced).hide("a \"secret\""), "a \"…\"");
        let none = json!({"bypass": {"key": "", "key_env": "NAME"}});
        assert_eq!(Secrets::of(&none).hide("NAME"), "NAME");
    }
}
