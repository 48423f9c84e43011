//! `envoy/openapi.yaml`: a valid description of the admin endpoint, as the code has it and as it answers.

mod calls;

use std::{collections::BTreeSet, process::Command};

use maintenance_mode_core::{
    admin::counters::Counter,
    decision::reason::Reason,
    state::{
        hold::Hold,
        setting::{DURATION, Parameter, RAMP, Setting},
    },
};
use serde_json::Value;
use support::{
    openapi::{description, fits, resolved},
    programs::output,
    project::file,
};

/// A program of the virtual environment that make fills.
fn program(name: &str) -> Command {
    let path = file("target/openapi/bin").join(name);
    assert!(
        path.is_file(),
        "no {}: run `make {}`",
        path.display(),
        "test TEST=places::openapi"
    );
    Command::new(path)
}

/// A part of the description, which must be there.
fn part(pointer: &str) -> &'static Value {
    let part = description().pointer(pointer);
    part.unwrap_or_else(|| panic!("{pointer} is not there"))
}

/// The schemas of the parameters in the query of a call, or of all calls of a path, by their names.
fn parameters(pointer: &str) -> Vec<(&'static str, &'static Value)> {
    let parameters = part(&format!("/paths/{pointer}/parameters"))
        .as_array()
        .unwrap();
    parameters
        .iter()
        .map(resolved)
        .filter(|parameter| parameter["in"] == "query")
        .map(|parameter| (parameter["name"].as_str().unwrap(), &parameter["schema"]))
        .collect()
}

fn names<'n>(names: impl IntoIterator<Item = &'n str>) -> BTreeSet<&'n str> {
    names.into_iter().collect()
}

fn keys(schema: &'static Value) -> BTreeSet<&'static str> {
    names(
        schema["properties"]
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str),
    )
}

#[test]
fn it_is_a_valid_description() {
    output(program("openapi-spec-validator").arg(file("envoy/openapi.yaml")));
    assert_eq!(part("/info/version"), env!("CARGO_PKG_VERSION"));
}

#[test]
fn its_parameters_are_those_of_the_code() {
    let on = parameters("~1maintenance-mode~1on");
    let of_the_code = Setting::PARAMETERS.iter().chain([&DURATION]);
    assert_eq!(
        names(on.iter().map(|(name, _)| *name)),
        names(of_the_code.map(|parameter: &Parameter| parameter.name))
    );
    let [(ramp, _)] = parameters("~1maintenance-mode~1off/post")[..] else {
        panic!("off has one parameter");
    };
    assert_eq!(ramp, RAMP.name);
    let (_, hold) = on.iter().find(|(name, _)| *name == "hold").unwrap();
    assert_eq!(hold["anyOf"][0]["maximum"], Hold::MAX_SECONDS);
}

#[test]
fn its_counters_are_those_of_the_code() {
    let counters = part("/components/schemas/Counted/properties/counters");
    let of_the_code = Counter::ALL.map(Counter::name);
    assert_eq!(
        keys(counters),
        names(of_the_code.into_iter().chain(["allowed"]))
    );
    let allowed = &counters["properties"]["allowed"];
    assert_eq!(keys(allowed), names(Reason::all().map(Reason::as_str)));
}

/// A status has `ramp_start` only while it opens slowly.
#[test]
fn answers_have_every_key_but_one() {
    let mut objects = Vec::new();
    collect(part("/components/schemas"), "properties", &mut objects);
    assert!(objects.len() >= 8, "{}", objects.len());
    for object in objects {
        let required = object["required"].as_array().unwrap();
        let mut required = names(required.iter().map(|name| name.as_str().unwrap()));
        if object == part("/components/schemas/Status") {
            required.insert("ramp_start");
        }
        assert_eq!(keys(object), required);
    }
}

#[test]
fn its_examples_fit_their_schemas() {
    let mut described = Vec::new();
    collect(description(), "examples", &mut described);
    let mut count = 0;
    for place in described
        .into_iter()
        .filter(|place| place.get("schema").is_some())
    {
        for (name, example) in place["examples"].as_object().unwrap() {
            let value = &resolved(example)["value"];
            let fit = fits(&place["schema"], value);
            assert!(fit.is_ok(), "{name}: {fit:?}");
            count += 1;
        }
    }
    assert!(count >= 15, "{count}");
}

/// The objects with a key at and below a value.
fn collect(value: &'static Value, key: &str, found: &mut Vec<&'static Value>) {
    match value {
        Value::Object(entries) => {
            if entries.get(key).is_some_and(Value::is_object) {
                found.push(value);
            }
            entries
                .values()
                .for_each(|entry| collect(entry, key, found));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, key, found)),
        _ => {}
    }
}
