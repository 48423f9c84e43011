//! The blocks of `envoy/operations.md`, at work.

use std::{
    fs,
    process::{Command, Output},
};

use serde_json::{Value, json};
use support::{
    Envoy, TOKEN,
    pages::{Block, OPERATIONS, anchor},
    project::{file, module},
    yaml,
};

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
        &OPERATIONS
            .block_for(heading, place)
            .replace("/etc/envoy/maintenance_mode.wasm", module.to_str().unwrap()),
    )
}

/// The commands under a heading that begin so.
fn commands(heading: &str, program: &str) -> Vec<&'static str> {
    let commands: Vec<&str> = OPERATIONS
        .blocks()
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
    let folders = [
        "tests/surroundings",
        "tests/istio",
        "tests/readme",
        "tests/kube",
    ];
    let paths = folders.into_iter().flat_map(|folder| {
        let entries = fs::read_dir(file(folder)).unwrap();
        entries.map(|entry| entry.unwrap().path())
    });
    paths
        .filter(|path| path.is_file() && !path.ends_with("document.rs"))
        .map(|path| fs::read_to_string(path).unwrap())
        .collect()
}

#[test]
fn every_block_goes_somewhere_and_a_test_takes_it() {
    let sources = sources();
    let blocks = OPERATIONS.blocks();
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

/// What no test types, and why.
const NOT_TYPED: [(&str, &str); 2] = [
    // Its test reads the access log itself.
    ("hold-timeout", "grep _timeout access.log"),
    // `tests/kube` reads such objects, which have no null left.
    ("null", "kubectl -n istio-ingress get wasmplugin"),
];

#[test]
fn every_command_is_typed_by_a_test() {
    let sources = sources();
    for block in OPERATIONS.blocks() {
        let heading = json!(block.heading);
        let is_taken = |way: &str| sources.iter().any(|source| source.contains(way));
        let takes_block = is_taken(&format!("({heading}, \"sh\")"));
        for command in typed(block) {
            let (program, _) = command.split_once(' ').unwrap();
            let is_check = command.starts_with("maintenancectl check ");
            let is_typed = is_check
                || takes_block
                || is_taken(&format!("run({heading}, \"{program} "))
                || program == "curl" && is_taken(&format!("see({heading}, "))
                || (NOT_TYPED.iter())
                    .any(|(of, begins)| *of == block.heading && command.starts_with(begins));
            assert!(is_typed, "{heading}: {command}");
        }
    }
}

/// The first lines of the commands of a block of shell.
fn typed(block: Block) -> Vec<&'static str> {
    let lines: Vec<&str> = block.text.lines().collect();
    let begins = |index: usize| index == 0 || !lines[index - 1].ends_with('\\');
    let is_shell = block.language == "sh";
    (0..lines.len())
        .filter(|index| is_shell && begins(*index))
        .map(|index| lines[index])
        .collect()
}

/// Each with files that are there, and an Envoy that runs: it is no wrong usage.
#[test]
fn every_check_is_understood() {
    let envoy = Envoy::start(json!({}));
    let directory = tempfile::tempdir().unwrap();
    for (name, sample) in [
        ("envoy.yaml", "envoy/envoy.yaml"),
        ("front.yaml", "envoy/lds/envoy.yaml"),
        ("gateway.yaml", "envoy/istio/gateway-wasm-plugin.yaml"),
        ("page.yaml", "envoy/ecds/maintenance_mode.yaml"),
    ] {
        fs::copy(file(sample), directory.path().join(name)).unwrap();
    }
    let blocks = OPERATIONS.blocks();
    let lines = (blocks.iter().filter(|block| block.language == "sh"))
        .flat_map(|block| block.text.lines())
        .filter(|line| line.starts_with("maintenancectl "));
    let checks: Vec<&str> = lines.filter(|line| line.contains(" check ")).collect();
    assert!(checks.len() > 20, "{checks:?}");
    for check in checks {
        let check = check
            .replace("maintenancectl", env!("CARGO_BIN_EXE_maintenancectl"))
            .replace("localhost:9901", &envoy.admin.to_string());
        let output = Command::new("sh")
            .args(["-c", &check])
            .current_dir(&directory)
            .output()
            .unwrap();
        assert!(
            matches!(output.status.code(), Some(0 | 1)),
            "{check}: {output:?}"
        );
    }
}

#[test]
fn every_code_has_one_entry_that_begins_with_the_command_that_finds_it() {
    let (_, entries) = OPERATIONS
        .text
        .split_once("\n## What `check` finds\n")
        .unwrap();
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

#[test]
fn every_entry_is_found_by_a_symptom() {
    let prose = OPERATIONS.prose();
    let (_, table) = prose.split_once("\n## By symptom\n").unwrap();
    let (table, _) = table.split_once("\n## ").unwrap();
    for line in prose.lines().filter(|line| line.starts_with("### ")) {
        let link = format!("(#{})", anchor(line));
        assert!(table.contains(&link), "no symptom leads to {link}");
    }
}
