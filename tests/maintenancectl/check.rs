//! `check`: files of each kind, what is printed of them, and how it ends.

mod front;
mod remarks;

use std::fs;

use serde_json::json;
use support::{Delivery, Envoy, Options, admin, project::file};
use tempfile::TempDir;

use crate::command::{command, ctl, ctl_with, outcome};

const WASM: &str = "type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm";
const MODULE: &str =
    "type.googleapis.com/envoy.extensions.filters.http.dynamic_modules.v3.DynamicModuleFilter";

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
        assert_eq!(checked.code, Some(1), "{text}");
        let mut lines = checked.stdout.lines();
        let finding = lines.next().unwrap();
        let error = "\"10.0.0.300\" is not an IP address or CIDR block";
        let end = format!(" {place}allow.client_ips[1]: {error}");
        assert!(
            finding.starts_with("error[invalid] -:") && finding.ends_with(&end),
            "{finding}"
        );
        assert!(
            lines.next().unwrap().starts_with("    fix: "),
            "{}",
            checked.stdout
        );
        let rest: Vec<&str> = lines.collect();
        assert_eq!(rest, ["1 error, 0 warnings, 0 notes"]);
        assert_eq!(checked.stderr, "");
    }
}

/// Everything in `envoy` that Envoy, Istio or Envoy Gateway read.
fn samples() -> Vec<String> {
    let mut samples = Vec::new();
    let mut folders = vec![file("envoy")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path
                .extension()
                .is_some_and(|extension| extension == "yaml")
            {
                let text = fs::read_to_string(&path).unwrap();
                let has_filter = [
                    "maintenance_mode.wasm",
                    "lds_config",
                    "config_discovery:",
                    "/maintenance-mode@sha256",
                ];
                if has_filter.iter().any(|part| text.contains(part))
                    && !text.contains("services:\n")
                {
                    samples.push(path.to_str().unwrap().to_owned());
                }
            }
        }
    }
    samples
}

#[test]
fn every_sample_passes_strictly() {
    let samples = samples();
    assert!(samples.len() >= 11, "{samples:?}");
    for sample in samples {
        let checked = ctl(&["check", "--strict", &sample, "--json"]);
        assert_eq!(checked.code, Some(0), "{sample}: {checked:?}");
        let findings = checked.json();
        let mut findings = findings["findings"].as_array().unwrap().iter();
        assert!(
            findings.all(|finding| finding["code"] == "placeholder"),
            "{checked:?}"
        );
    }
}

#[test]
fn a_file_that_another_names_is_read_wherever_one_stands() {
    let directory = TempDir::new().unwrap();
    let write = |name: &str, text: &str| fs::write(directory.path().join(name), text).unwrap();
    let discovery = "static_resources: {listeners: [{filter_chains: [{filters: [{typed_config: {'@type': \
        type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager, \
        http_filters: [{name: m, config_discovery: {config_source: {path_config_source: {path: ecds.yaml}}}}]}}]}]}]}";
    write("envoy.yaml", discovery);
    let envoy = directory.path().join("envoy.yaml");
    let envoy = envoy.to_str().unwrap();
    let missing = ctl(&["check", envoy]);
    assert_eq!(missing.code, Some(1), "{missing:?}");
    assert!(missing.stdout.contains("no-filter") && missing.stdout.contains("ecds.yaml is named"));
    let ecds = |value: &str| {
        format!(
            "resources: [{{'@type': type.googleapis.com/envoy.config.core.v3.TypedExtensionConfig, name: m, typed_config: \
             {{'@type': {WASM}, config: {{name: maintenance, configuration: {{'@type': type.googleapis.com/google.protobuf.Struct, value: {value}}}}}}}}}]"
        )
    };
    write("ecds.yaml", &ecds("{allow: {paths: [/a]}}"));
    assert_eq!(ctl(&["check", "--strict", envoy]).code, Some(0));
    // What stands around is in the one file, and what it is about in the other.
    write("ecds.yaml", &ecds("{allow: {client_ips: [10.0.0.0/8]}}"));
    let checked = ctl(&["check", "--strict", envoy, "--json"]);
    let finding = &checked.json()["findings"][0];
    assert_eq!(checked.code, Some(1), "{checked:?}");
    assert_eq!(
        (&finding["code"], &finding["file"]),
        (&json!("forgeable-address"), &json!(envoy))
    );
}

#[test]
fn a_running_envoy_is_asked_for_all_that_it_has() {
    let options = |use_remote_address: bool, delivery| Options {
        connection_manager: json!({"use_remote_address": use_remote_address}),
        delivery,
        ..Options::new(json!({"allow": {"client_ips": ["10.0.0.0/8"]}, "admin": admin()}))
    };
    for delivery in [Delivery::Static, Delivery::Lds, Delivery::Ecds] {
        let sound = Envoy::with(options(true, delivery));
        let checked = ctl(&["check", "--strict", &format!("http://{}/", sound.admin)]);
        assert_eq!(checked.code, Some(0), "{checked:?}");
        assert!(
            checked.stdout.ends_with("OK\n") && checked.stdout.lines().count() == 1,
            "{checked:?}"
        );
    }
    let forgeable = Envoy::with(options(false, Delivery::Ecds));
    let url = format!("http://{}", forgeable.admin);
    let checked = ctl(&["check", &url, "--json"]);
    assert_eq!(checked.code, Some(0), "a warning alone: {checked:?}");
    let findings = checked.json();
    assert_eq!(
        findings["findings"].as_array().unwrap().len(),
        1,
        "{findings}"
    );
    assert_eq!(findings["findings"][0]["code"], "forgeable-address");
    assert_eq!(ctl(&["check", "--strict", &url]).code, Some(1));
    assert_eq!(
        ctl(&["check", &format!("http://{}", forgeable.address)]).code,
        Some(2)
    );
}

#[test]
fn what_cannot_be_read_is_wrong_usage() {
    assert_eq!(ctl(&["check", "/does/not/exist"]).code, Some(2));
    assert_eq!(ctl(&["check"]).code, Some(2));
}

#[test]
fn files_are_read_as_one_set_up() {
    let directory = TempDir::new().unwrap();
    let path = |name: &str| directory.path().join(name).to_str().unwrap().to_owned();
    let plugin = path("plugin.yaml");
    let rule = path("rule.yaml");
    fs::write(&plugin, "response: {status: 429}\n").unwrap();
    let text = "apiVersion: networking.istio.io/v1\nkind: DestinationRule\nspec: {trafficPolicy: {outlierDetection: {}}}\n";
    fs::write(&rule, text).unwrap();
    assert_eq!(ctl(&["check", "--front", "--strict", &rule]).code, Some(1));
    let checked = ctl(&["check", "--front", "--strict", &rule, &plugin]);
    let expected = (Some(0), format!("{plugin}: OK\n"));
    assert_eq!((checked.code, checked.stdout), expected);
    let checked = ctl_with(
        "static_resources: {clusters: []}",
        &["check", "--front", "-"],
    );
    assert_eq!((checked.code, &*checked.stdout), (Some(0), "-: OK\n"));
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
    let document = checked.json();
    let findings = document["findings"].as_array().unwrap();
    let messages: Vec<&str> = findings
        .iter()
        .map(|found| found["message"].as_str().unwrap())
        .collect();
    assert_eq!(messages.len(), 2, "{messages:?}");
    assert!(messages[0].contains("`mod`"), "{messages:?}");
    assert!(messages[1].contains("line 1 column"), "{messages:?}");
}

#[test]
fn a_variable_that_is_empty_is_missed_where_the_filter_looks_for_it() {
    let directory = TempDir::new().unwrap();
    let file = directory.path().join("a.json");
    let settings = json!({"admin": {"path": "/m", "token_env": "EMPTY"}});
    let of_module = json!({"resources": [{
        "@type": MODULE,
        "dynamic_module_config": {"name": "maintenance_mode"},
        "filter_config": {"@type": "type.googleapis.com/google.protobuf.Struct", "value": settings},
    }]});
    for (text, owner) in [(&settings, "the VM"), (&of_module, "Envoy")] {
        fs::write(&file, text.to_string()).unwrap();
        let mut command = command(&["check", file.to_str().unwrap()]);
        let checked = outcome(command.env("EMPTY", "").output().unwrap());
        let problem = format!("{owner} has no environment variable \"EMPTY\"");
        assert!(checked.stdout.contains(&problem), "{checked:?}");
    }
}

#[test]
fn words_of_yaml_are_no_keywords() {
    let checked = ctl_with("response: {format: on}\n", &["check", "-"]);
    assert_eq!(checked.code, Some(1));
    assert!(checked.stdout.contains("response.format: "), "{checked:?}");
    assert_eq!(ctl_with("mode: 'on'\n", &["check", "-"]).code, Some(0));
}
