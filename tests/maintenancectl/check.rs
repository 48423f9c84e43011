//! `check`: good and bad files of each kind.

use serde_json::json;

use crate::command::{ctl, ctl_with};

const WASM: &str = "type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm";

/// A file of each kind around a plugin configuration in flow style, and where it says that is.
fn files(configuration: &str) -> Vec<(String, &'static str)> {
    let text = serde_json::Value::from(configuration);
    let string_value =
        format!("{{'@type': type.googleapis.com/google.protobuf.StringValue, value: {text}}}");
    let structure =
        format!("{{'@type': type.googleapis.com/google.protobuf.Struct, value: {configuration}}}");
    let wasm = |configuration: &str| {
        format!(
            "{{'@type': {WASM}, config: {{name: maintenance_mode, configuration: {configuration}}}}}"
        )
    };
    vec![
        (configuration.to_owned(), ""),
        (
            format!(
                "static_resources: {{listeners: [{{typed_config: {}}}]}}",
                wasm(&string_value)
            ),
            "static_resources.listeners[0].typed_config.config.configuration: ",
        ),
        (
            format!(
                "resources:\n- '@type': type.googleapis.com/envoy.config.core.v3.TypedExtensionConfig\n  name: x\n  typed_config: {}",
                wasm(&structure)
            ),
            "resources[0].typed_config.config.configuration: ",
        ),
        (
            format!(
                "apiVersion: v1\nkind: Service\n---\napiVersion: extensions.istio.io/v1alpha1\nkind: WasmPlugin\nmetadata: {{name: maintenance}}\nspec:\n  pluginConfig: {configuration}"
            ),
            "WasmPlugin maintenance: spec.pluginConfig: ",
        ),
        (
            format!(
                "apiVersion: extensions.istio.io/v1alpha1\nkind: TrafficExtension\nmetadata: {{name: maintenance}}\nspec: {{wasm: {{pluginConfig: {configuration}}}}}"
            ),
            "TrafficExtension maintenance: spec.wasm.pluginConfig: ",
        ),
        (
            format!(
                "apiVersion: gateway.envoyproxy.io/v1alpha1\nkind: EnvoyExtensionPolicy\nmetadata: {{name: a}}\nspec: {{wasm: [{{name: maintenance, config: {configuration}}}]}}"
            ),
            "EnvoyExtensionPolicy a: spec.wasm[0].config: ",
        ),
    ]
}

#[test]
fn good_files_pass_and_bad_ones_name_the_culprit() {
    let good = r#"{"mode": "on", "response": {"retry_after": 60}}"#;
    let bad = r#"{"allow": {"client_ips": ["::1", "10.0.0.300"]}}"#;
    for (text, place) in files(good) {
        let checked = ctl_with(&text, &["check", "-"]);
        assert_eq!(
            (checked.code, checked.stdout),
            (Some(0), format!("-: {place}OK\n")),
            "{text}"
        );
    }
    for (text, place) in files(bad) {
        let checked = ctl_with(&text, &["check", "-"]);
        let error = "allow.client_ips[1]: \"10.0.0.300\" is not an IP address or CIDR block";
        let expected = (Some(1), format!("-: {place}{error}\n"));
        assert_eq!((checked.code, checked.stderr), expected, "{text}");
        assert_eq!(checked.stdout, "");
    }
}

#[test]
fn the_sample_passes() {
    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/envoy/envoy.yaml");
    let checked = ctl(&["check", sample]);
    assert_eq!(checked.code, Some(0), "{checked:?}");
    assert!(checked.stdout.starts_with(sample) && checked.stdout.ends_with(": OK\n"));
}

#[test]
fn files_without_the_filter_are_wrong_usage() {
    for text in [
        "static_resources: {}",
        "kind: Service\napiVersion: v1",
        "[]",
        "a: b\n---\nc: d",
    ] {
        assert_eq!(ctl_with(text, &["check", "-"]).code, Some(2), "{text}");
    }
    assert_eq!(ctl(&["check", "/does/not/exist"]).code, Some(2));
}

#[test]
fn other_filters_are_left_alone_and_many_are_all_checked() {
    let filter = |name: &str, value: &str| {
        json!({"@type": WASM, "config": {"name": name, "configuration": {
            "@type": "type.googleapis.com/google.protobuf.StringValue", "value": value,
        }}})
    };
    let text = json!({"resources": [
        filter("other", "not ours"),
        filter("maintenance", "{}"),
        filter("maintenance", r#"{"mod":"on"}"#),
        filter("maintenance", r#"{"mode":"on""#),
    ]});
    let checked = ctl_with(&text.to_string(), &["check", "-", "--json"]);
    assert_eq!(checked.code, Some(1), "{checked:?}");
    let verdicts = checked.json();
    let valid: Vec<bool> = verdicts
        .as_array()
        .unwrap()
        .iter()
        .map(|verdict| verdict["valid"].as_bool().unwrap())
        .collect();
    assert_eq!(valid, [true, false, false]);
    let error = |index: usize| verdicts[index]["error"].as_str().unwrap().to_owned();
    assert!(error(1).contains("`mod`"), "{verdicts}");
    assert!(error(2).contains("line 1 column"), "{verdicts}");
}

#[test]
fn an_unquoted_on_is_a_boolean_as_it_is_to_envoy() {
    let checked = ctl_with("mode: on\n", &["check", "-"]);
    assert_eq!(checked.code, Some(1));
    assert!(checked.stderr.starts_with("-: mode: "), "{checked:?}");
    assert_eq!(ctl_with("mode: 'on'\n", &["check", "-"]).code, Some(0));
}

#[test]
fn a_secret_of_the_environment_is_a_note() {
    let config =
        r#"{"admin":{"path":"/m","token_env":"NOT_SET_A"},"bypass":{"key_env":"NOT_SET_B"}}"#;
    let checked = ctl_with(config, &["check", "-"]);
    assert_eq!(checked.code, Some(0), "{checked:?}");
    for variable in ["NOT_SET_A", "NOT_SET_B"] {
        assert!(checked.stderr.contains(variable), "{checked:?}");
    }
}
