//! The blocks of `envoy/operations.md`, at work.

use std::{
    fs,
    process::{Command, Output},
};

use serde_json::{Value, json};
use support::{
    Envoy, TOKEN,
    operations::{Block, DOCUMENT, blocks},
    project::{file, module},
    yaml,
};

pub use support::operations::text;

/// The codes of `maintenancectl check`.
const CODES: [&str; 20] = [
    "dead-rule",
    "ejects",
    "endpoint-blocked",
    "everybody",
    "fails-open",
    "forgeable-address",
    "hold-timeout",
    "invalid",
    "no-filter",
    "null",
    "order",
    "past",
    "placeholder",
    "reply-replaced",
    "retries",
    "route-skips-filter",
    "shared-scope",
    "store-cluster",
    "unguarded-way",
    "upgrade-skips-filter",
];

/// The same as what it says, with the module under test in the place of the one it names.
pub fn block(heading: &str, place: &str) -> Value {
    let module = module();
    yaml::parse(
        &text(heading, place).replace("/etc/envoy/maintenance_mode.wasm", module.to_str().unwrap()),
    )
}

/// The commands under a heading that begin so.
fn commands(heading: &str, program: &str) -> Vec<&'static str> {
    let commands: Vec<&str> = blocks()
        .iter()
        .filter(|block| (block.heading, block.language) == (heading, "sh"))
        .flat_map(|block| block.text.lines())
        .filter(|line| line.starts_with(program))
        .collect();
    assert!(!commands.is_empty(), "{heading} has no {program}");
    commands
}

/// What the calls of `curl` under a heading print of this Envoy, one after the other.
pub fn see(heading: &str, envoy: &Envoy) -> Vec<String> {
    commands(heading, "curl ")
        .into_iter()
        .map(|command| {
            let command = command
                .replace("localhost:9901", &envoy.admin.to_string())
                .replace("localhost:8080", &envoy.address.to_string());
            let output = sh(&command);
            // A grep that finds nothing, and an upgrade that goes on, are no failures.
            let is_well = matches!(output.status.code(), Some(0 | 1 | 28));
            assert!(is_well, "{command}: {output:?}");
            String::from_utf8(output.stdout).unwrap()
        })
        .collect()
}

/// What a command under a heading prints, `maintenancectl` being the one of this very source
/// and `envoy.yaml` holding this.
pub fn run(heading: &str, program: &str, configuration: &Value) -> String {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("envoy.yaml");
    fs::write(&path, configuration.to_string()).unwrap();
    let [command] = commands(heading, program).try_into().unwrap();
    let command = command
        .replace("maintenancectl", env!("CARGO_BIN_EXE_maintenancectl"))
        .replace("envoy.yaml", path.to_str().unwrap());
    let output = sh(&command);
    assert!(output.status.success(), "{command}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn sh(command: &str) -> Output {
    Command::new("sh")
        .args(["-c", command])
        .env("MAINTENANCE_TOKEN", TOKEN)
        .output()
        .unwrap()
}

/// The sources of the tests that take blocks.
fn sources() -> Vec<String> {
    let folders = ["tests/surroundings", "tests/istio"].into_iter();
    let paths = folders.flat_map(|folder| {
        let entries = fs::read_dir(file(folder)).unwrap();
        entries.map(|entry| entry.unwrap().path())
    });
    paths
        .filter(|path| !path.ends_with("document.rs"))
        .map(|path| fs::read_to_string(path).unwrap())
        .collect()
}

#[test]
fn every_block_goes_somewhere_and_a_test_takes_it() {
    let sources = sources();
    let blocks = blocks();
    let blocks: Vec<&Block> = blocks
        .iter()
        .filter(|block| block.language != "sh")
        .collect();
    assert!(blocks.len() > 30, "{}", blocks.len());
    for block in blocks {
        let (heading, place) = (
            json!(block.heading).to_string(),
            json!(block.place()).to_string(),
        );
        assert_ne!(place, "\"\"", "{heading} does not say where it goes");
        let is_taken = sources
            .iter()
            .any(|source| source.contains(&heading) && source.contains(&place));
        assert!(is_taken, "no test takes {place} of {heading}");
    }
}

#[test]
fn every_way_to_see_it_is_tried() {
    let sources = sources();
    for code in CODES {
        let has_curl = blocks().iter().any(|block| {
            (block.heading, block.language) == (code, "sh") && block.text.contains("\ncurl ")
        });
        let call = format!("see({}, ", json!(code));
        let is_tried = sources.iter().any(|source| source.contains(&call));
        assert_eq!(has_curl, is_tried, "{code}");
    }
}

#[test]
fn every_code_has_one_entry_that_begins_with_the_command_that_finds_it() {
    let (_, entries) = DOCUMENT.split_once("\n## What `check` finds\n").unwrap();
    let (entries, _) = entries.split_once("\n## ").unwrap();
    let mut codes: Vec<&str> = entries
        .split("\n### `")
        .skip(1)
        .map(|entry| entry.split_once('`').unwrap().0)
        .collect();
    codes.sort_unstable();
    assert_eq!(codes, CODES);
    for code in CODES {
        let check = commands(code, "maintenancectl check ");
        assert_eq!(check.len(), 1, "{code}");
        for part in ["**You see**", "**How to see it**", "**Why**", "**The mend"] {
            let (_, entry) = entries.split_once(&format!("### `{code}`\n")).unwrap();
            let entry = entry.split("\n### ").next().unwrap();
            assert!(entry.contains(part), "{code} has no {part}");
        }
    }
}

/// GitHub makes the name of a heading's anchor so.
fn anchor(heading: &str) -> String {
    let kept = |c: &char| c.is_alphanumeric() || " -".contains(*c);
    let name: String = heading.to_lowercase().chars().filter(kept).collect();
    name.replace(' ', "-")
}

#[test]
fn every_link_leads_to_a_heading_and_every_entry_is_found_by_a_symptom() {
    let prose: String = DOCUMENT.split("```").step_by(2).collect();
    let headings: Vec<String> = prose
        .lines()
        .filter(|line| line.starts_with("##"))
        .map(|line| anchor(line.trim_start_matches('#').trim()))
        .collect();
    let links: Vec<&str> = prose
        .split("](#")
        .skip(1)
        .map(|link| link.split_once(')').unwrap().0)
        .collect();
    assert!(links.len() > 40, "{links:?}");
    for link in &links {
        assert!(headings.iter().any(|heading| heading == link), "#{link}");
    }
    let (_, table) = prose.split_once("\n## By symptom\n").unwrap();
    let (table, _) = table.split_once("\n## ").unwrap();
    for line in prose.lines().filter(|line| line.starts_with("### ")) {
        let link = format!("(#{})", anchor(line.trim_start_matches('#').trim()));
        assert!(table.contains(&link), "no symptom leads to {link}");
    }
}
