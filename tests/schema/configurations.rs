//! Configurations that people write, right and wrong: the schema says what the filter says.

use std::fs;

use maintenance_mode_core::{
    config::{plugin::PluginConfig, schema::schema},
    policy::{
        environment::{Environment, any_attribute},
        policy::Policy,
    },
    syntax::invalid::InvalidConfig,
};
use serde_json::Value;
use support::{
    json_schema::JsonSchema,
    project::{file, read},
    typos::typos,
    yaml,
};

fn accepted(configuration: &str) -> Result<(), InvalidConfig> {
    let config = PluginConfig::parse(configuration.as_bytes())?;
    let environment = Environment {
        owner: "the VM",
        variable: &|_| Some("a secret of 32 bytes or even more".into()),
        check_attribute: any_attribute,
    };
    Policy::compile(&config, environment).map(drop)
}

#[test]
fn what_is_mistyped_is_refused_by_the_schema_and_by_the_filter() {
    let schema = JsonSchema::new(&schema());
    let typos = typos();
    assert!(typos.len() > 140, "{}", typos.len());
    for (configuration, path) in typos {
        let text = configuration.to_string();
        let refused = accepted(&text).expect_err(&text).to_string();
        // The filter names a key that is missing, or none of the ways to compare, itself.
        assert!(refused.starts_with(path), "{text} is refused: {refused}");
        let error = schema.check(&configuration).expect_err(&text);
        let pointer = error.split(": ").next().unwrap();
        let object = path.rsplit_once('.').map_or("", |(object, _)| object);
        let is_near = [path, object]
            .into_iter()
            .any(|path| pointer == pointer_of(path));
        assert!(is_near, "{text}: at {path}, not {error}");
    }
}

fn pointer_of(path: &str) -> String {
    let steps = path.split(['.', '[', ']']).filter(|step| !step.is_empty());
    steps.map(|step| format!("/{step}")).collect()
}

/// The texts of all samples and documents of a folder.
fn files(folder: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(file(folder)).unwrap() {
        let entry = entry.unwrap();
        let path = format!("{folder}/{}", entry.file_name().to_str().unwrap());
        if entry.file_type().unwrap().is_dir() {
            found.extend(files(&path));
        } else if [".yaml", ".json", ".md"]
            .iter()
            .any(|end| path.ends_with(end))
        {
            found.push((path.clone(), read(&path)));
        }
    }
    found
}

/// What is, or may be, a configuration at and below a value.
fn configurations(value: &Value, found: &mut Vec<Value>) {
    match value {
        Value::Object(entries) => {
            for (key, inner) in entries {
                let is_place =
                    ["pluginConfig", "config", "value", "filter_config"].contains(&key.as_str());
                match inner {
                    Value::String(text) if is_place => {
                        found.extend(
                            serde_json::from_str::<Value>(text)
                                .ok()
                                .filter(Value::is_object),
                        );
                    }
                    Value::Object(_) if is_place => found.push(inner.clone()),
                    _ => {}
                }
                configurations(inner, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| configurations(item, found)),
        _ => {}
    }
}

#[test]
fn what_the_project_ships_fits_the_schema_where_the_filter_accepts_it() {
    let schema = JsonSchema::new(&schema());
    let mut found = Vec::new();
    let mut texts = files("envoy");
    texts.push(("README.md".to_owned(), read("README.md")));
    for (path, text) in &texts {
        let blocks: Vec<&str> = match path.ends_with(".md") {
            true => text
                .split("```")
                .skip(1)
                .step_by(2)
                .filter_map(|block| block.split_once('\n'))
                .map(|(_, block)| block)
                .collect(),
            false => vec![text],
        };
        for block in blocks {
            if let Ok(json) = serde_json::from_str::<Value>(block) {
                found.push(json.clone());
                configurations(&json, &mut found);
            } else if path.ends_with(".yaml") || block.contains("apiVersion:") {
                for document in yaml::parse_all(block) {
                    configurations(&document, &mut found);
                }
            }
        }
    }
    let mut accepted_ones = 0;
    for configuration in &found {
        if accepted(&configuration.to_string()).is_ok() {
            accepted_ones += 1;
            let checked = schema.check(configuration);
            assert!(checked.is_ok(), "{configuration} gave {checked:?}");
        }
    }
    assert!(accepted_ones >= 30, "{accepted_ones} of {}", found.len());
}
