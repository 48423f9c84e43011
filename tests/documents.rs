//! What the documents say is so.
#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used
)]

use std::{fs, path::Path};

use maintenance_mode_core::{
    admin::counters::Counter,
    config::plugin::PluginConfig,
    decision::reason::Reason,
    policy::{
        environment::{Environment, any_attribute},
        kind::Kind,
        policy::Policy,
        template::PLACEHOLDERS,
    },
    state::setting::Setting,
};
use serde_json::Value;

#[test]
fn the_configurations_of_the_readme_are_valid() {
    let readme = include_str!("../README.md");
    let configurations: Vec<&str> = readme
        .split("```json\n")
        .skip(1)
        .filter_map(|block| block.split("```").next())
        .filter(|block| !block.contains("\"decided_by\""))
        .collect();
    assert!(configurations.len() >= 10, "{}", configurations.len());
    for configuration in configurations {
        let compiled = PluginConfig::parse(configuration.as_bytes()).and_then(|config| {
            let environment = Environment {
                owner: "the VM",
                variable: &|_| Some("a secret of 32 bytes or even more".into()),
                check_attribute: any_attribute,
            };
            Policy::compile(&config, environment)
        });
        assert!(
            compiled.is_ok(),
            "{configuration} gave {:?}",
            compiled.err()
        );
    }
}

/// Whether a configuration may have a key, such as `allow.paths`.
fn is_key(path: &str) -> bool {
    let value = path.rsplit('.').fold("17".to_owned(), |value, key| {
        format!("{{\"{key}\":{value}}}")
    });
    let known = PluginConfig::parse(value.as_bytes()).map(drop);
    known.map_or_else(
        |error| !error.to_string().contains("unknown field"),
        |()| true,
    )
}

/// What else those tables name so: values, a detail of a response, a setting of Envoy.
const NO_KEYS: [&str; 6] = [
    "auto",
    "block",
    "maintenance_mode",
    "off",
    "on",
    "xff_num_trusted_hops",
];

#[test]
fn what_other_products_have_is_found_under_keys_that_are_there() {
    let readme = include_str!("../README.md");
    let (_, tables) = readme
        .split_once("\n## Coming from something else\n")
        .unwrap();
    let (tables, _) = tables.split_once("\n## ").unwrap();
    let rows = tables.lines().filter(|line| line.starts_with("| "));
    let named: Vec<&str> = rows
        .filter_map(|row| row.trim_end_matches(" |").rsplit_once(" | "))
        .flat_map(|(_, here)| here.split('`').skip(1).step_by(2))
        .filter(|name| {
            name.bytes()
                .all(|byte| b"abcdefghijklmnopqrstuvwxyz_.".contains(&byte))
        })
        .filter(|name| !NO_KEYS.contains(name))
        .collect();
    assert!(named.len() > 40, "{named:?}");
    for name in named {
        let is_known = is_key(name) || is_key(&format!("allow.{name}"));
        assert!(is_known, "{name}");
    }
    assert!(!is_key("allow.adresses") && is_key("store.etcd"));
}

/// A test is named by its file and its function: `tests/envoy/allow.rs::any_entry_is_enough`.
#[test]
fn every_attack_names_tests_and_each_of_them_is_there() {
    let security = include_str!("../SECURITY.md");
    let (_, attacks) = security.split_once("\n## Attacks\n").unwrap();
    let (attacks, _) = attacks.split_once("\n## ").unwrap();
    let rows: Vec<&str> = attacks
        .lines()
        .filter(|line| line.starts_with("| "))
        .skip(1)
        .collect();
    assert!(rows.len() >= 12, "{}", rows.len());
    for row in rows {
        let tests: Vec<(&str, &str)> = row
            .split('`')
            .filter_map(|text| text.split_once(".rs::"))
            .collect();
        assert!(!tests.is_empty(), "no test: {row}");
        for (file, test) in tests {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("{file}.rs"));
            let source = fs::read_to_string(&path).unwrap_or_default();
            let is_test = source
                .split("#[test]")
                .skip(1)
                .any(|after| after.trim_start().starts_with(&format!("fn {test}(")));
            assert!(is_test, "there is no test {file}.rs::{test}");
        }
    }
}

#[test]
fn the_readme_of_the_tests_names_every_group_and_its_example_is_a_test() {
    let readme = include_str!("README.md");
    let manifest = include_str!("../Cargo.toml");
    let tests = manifest.split("[[test]]\nname = \"").skip(1);
    let mut groups: Vec<&str> = tests.filter_map(|test| test.split('"').next()).collect();
    groups.extend(["documents", "lib"]);
    assert!(groups.len() > 8, "{groups:?}");
    for group in groups {
        assert!(readme.contains(&format!("\n| `{group}` |")), "{group}");
    }
    let examples = readme.split("```rust\n").skip(1);
    let examples: Vec<&str> = examples
        .filter_map(|rest| rest.split("```").next())
        .collect();
    assert_eq!(examples.len(), 1);
    assert!(include_str!("envoy/example.rs").contains(examples[0]));
}

#[test]
fn the_configuration_has_every_kind_and_prometheus_every_counter() {
    for kind in Kind::ALL {
        assert!(is_key(&format!("allow.{}", kind.key())), "{kind:?}");
    }
    let relabelling = include_str!("../envoy/relabel.yaml");
    let regexes: Vec<&str> = relabelling.split("_(.+)_(").skip(1).collect();
    assert_eq!(regexes.len(), 2);
    for regex in regexes {
        let (names, _) = regex.split_once(')').unwrap();
        for counter in Counter::ALL.map(Counter::name) {
            assert!(names.split('|').any(|name| name == counter), "{counter}");
        }
    }
}

#[test]
fn the_readme_names_every_row_of_every_table() {
    let readme = include_str!("../README.md");
    let parameters = Setting::PARAMETERS.iter().map(|parameter| parameter.name);
    let names = (Kind::ALL.map(Kind::key).into_iter())
        .chain(Reason::all().map(Reason::as_str))
        .chain(Counter::ALL.map(Counter::name))
        .chain(parameters)
        .map(str::to_owned)
        .chain(
            PLACEHOLDERS
                .iter()
                .map(|known| format!("{{{{{}}}}}", known.name)),
        );
    let is_named = |name: &String| {
        let codes = readme.split('`').skip(1).step_by(2);
        let mut words =
            codes.flat_map(|code| code.split(|c: char| !c.is_alphanumeric() && !"_{}".contains(c)));
        words.any(|word| word == name)
    };
    let missing: Vec<String> = names.filter(|name| !is_named(name)).collect();
    assert!(missing.is_empty(), "README.md does not name {missing:?}");
}

/// A file of the project.
fn text(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// What stands behind the names that are pinned so: in the Makefile, or of modules of Go.
fn pinned(file: &str, name: &str) -> Vec<String> {
    let text = text(file);
    let found = text.lines().find_map(|line| {
        let (before, after) = line.split_once(name)?;
        let is_name = before.is_empty() || before == "\t" || before == "require ";
        (is_name && after.starts_with([' ', ':'])).then_some(after)
    });
    let versions = found.unwrap_or_else(|| panic!("{file} does not pin {name}"));
    let versions = versions.trim_start_matches([' ', ':', '=']);
    let versions = versions.split("//").next().unwrap().split_whitespace();
    versions
        .map(|version| version.trim_start_matches('v').to_owned())
        .collect()
}

/// The versions that the tests run on, the newest of each program first.
fn pins() -> Vec<(&'static str, String)> {
    let module = |folder, name| pinned(&format!("tests/controlplanes/{folder}/go.mod"), name);
    let mut older = pinned("Makefile", "OTHER_ENVOYS");
    older.reverse();
    let programs = [
        ("Envoy", pinned("Makefile", "ENVOY_VERSION")),
        ("Envoy", older),
        ("Istio", module("istio", "istio.io/istio")),
        (
            "Envoy Gateway",
            module("gateway", "github.com/envoyproxy/gateway"),
        ),
        ("Kubernetes", module("kubernetes", "k8s.io/kubernetes")),
        ("etcd", module("etcd", "go.etcd.io/etcd/server/v3")),
        ("etcd", pinned("Makefile", "ETCD_VERSION")),
    ];
    let rows = programs.into_iter().flat_map(|(program, versions)| {
        versions.into_iter().map(move |version| (program, version))
    });
    rows.collect()
}

/// How a version is called: of a commit of no release, Go writes its time and its hash.
fn called(version: &str) -> String {
    match version.split('-').collect::<Vec<_>>()[..] {
        ["0.0.0", time, hash] => {
            let (year, month, day) = (&time[..4], &time[4..6], &time[6..8]);
            format!("main of {year}-{month}-{day}, {}", &hash[..7])
        }
        _ => version.to_owned(),
    }
}

#[test]
fn the_table_of_versions_is_that_of_the_last_run_and_of_what_is_pinned() {
    let ran: Value = serde_json::from_str(&text("tests/versions.json")).unwrap();
    let pins = pins();
    for (program, versions) in ran.as_object().unwrap() {
        for version in versions.as_object().unwrap().keys() {
            let is_pinned = pins.contains(&(program.as_str(), version.clone()));
            assert!(is_pinned, "{program} {version} is not pinned any more");
        }
    }
    let groups = |row: &Value, host: &str| {
        let groups = row[host].as_object().into_iter().flatten();
        let groups: Vec<String> = groups
            .map(|(group, tests)| format!("`{group}` {tests}"))
            .collect();
        groups.join(", ")
    };
    let rows = pins.iter().map(|(program, version)| {
        let row = &ran[program][version];
        let date = row["date"].as_str().unwrap_or("not yet").to_owned();
        let name = format!("{program} {}", called(version));
        let cells = [name, groups(row, "wasm"), groups(row, "native"), date];
        format!(
            "|{}|",
            cells
                .map(|cell| format!(" {cell} ").replace("  ", " "))
                .join("|")
        )
    });
    let table = rows.collect::<Vec<String>>().join("\n");
    assert!(
        text("README.md").contains(&format!("\n|---|---|---|---|\n{table}\n")),
        "README.md has not this table of versions:\n{table}"
    );
}
