//! Placeholders of the samples that were not replaced.

use serde_json::{Value, json};
use support::{Envoy, Options, TOKEN, project::read, yaml};

use crate::document::{block, run};

/// The plugin configuration of a sample, as it stands.
fn sample() -> Value {
    let manifest = yaml::parse(&read("envoy/istio/gateway-wasm-plugin.yaml"));
    manifest["spec"]["pluginConfig"].clone()
}

fn status(envoy: &Envoy) -> u16 {
    envoy.admin("GET", "").status
}

#[test]
fn the_hash_of_a_sample_is_that_of_no_token() {
    assert_eq!(status(&Envoy::start(sample())), 401);
}

#[test]
fn what_the_command_prints_takes_its_place() {
    let printed = run("placeholder", "printf ", &json!({}));
    let mut configuration = sample();
    let entry: Value = serde_json::from_str(&printed).unwrap_or_else(|_| yaml::parse(&printed));
    configuration["admin"]["tokens"] = match entry {
        Value::Array(_) => entry,
        _ => json!([entry]),
    };
    assert_eq!(status(&Envoy::start(configuration)), 200);
}

#[test]
fn a_variable_takes_its_place() {
    let envoy = Envoy::with(Options {
        environment: vec![("MAINTENANCE_TOKEN".to_owned(), TOKEN.to_owned())],
        ..Options::new(block("placeholder", "The plugin configuration"))
    });
    assert_eq!(status(&envoy), 200);
}
