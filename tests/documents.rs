//! What the documents say is so.
#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used
)]

use std::{
    fs,
    path::{Path, PathBuf},
};

use maintenance_mode_core::{
    admin::counters::Counter,
    config::plugin::PluginConfig,
    decision::reason::Reason,
    policy::{
        environment::{Environment, any_attribute},
        kind::Kind,
        policy::Policy,
        template::PLACEHOLDERS,
        words::languages::LANGUAGES,
    },
    state::setting::Setting,
};
use serde_json::Value;
use support::{
    pages::{GUIDE, HOUSE, PAGES, Page, README, REFERENCE, SECURITY, TESTS},
    project::{file, read},
};

/// A status, and the answer to a call, are none.
#[test]
fn the_configurations_of_the_pages_are_valid() {
    let blocks = PAGES.iter().flat_map(Page::blocks);
    let configurations: Vec<&str> = blocks
        .filter(|block| block.language == "json")
        .map(|block| block.text)
        .filter(|text| !text.contains("\"decided_by\""))
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
    let (_, tables) = (GUIDE.text)
        .split_once("\n## Coming from something else\n")
        .unwrap();
    let tables = tables.split("\n## ").next().unwrap();
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
    let (_, attacks) = SECURITY.text.split_once("\n## Attacks\n").unwrap();
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
    let manifest = include_str!("../Cargo.toml");
    let tests = manifest.split("[[test]]\nname = \"").skip(1);
    let mut groups: Vec<&str> = tests.filter_map(|test| test.split('"').next()).collect();
    groups.extend(["documents", "lib"]);
    assert!(groups.len() > 8, "{groups:?}");
    for group in groups {
        let row = format!("\n| `{group}` |");
        assert!(TESTS.text.contains(&row), "{group}");
    }
    let [example] = TESTS.blocks_of("Write one", "rust");
    assert!(include_str!("envoy/example.rs").contains(example));
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
fn the_reference_names_every_row_of_every_table() {
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
        let codes = REFERENCE.text.split('`').skip(1).step_by(2);
        let mut words =
            codes.flat_map(|code| code.split(|c: char| !c.is_alphanumeric() && !"_{}".contains(c)));
        words.any(|word| word == name)
    };
    let missing: Vec<String> = names.filter(|name| !is_named(name)).collect();
    assert!(
        missing.is_empty(),
        "{} does not name {missing:?}",
        REFERENCE.path
    );
}

#[test]
fn the_reference_lists_the_languages() {
    let (_, list) = REFERENCE.text.split_once("Built in are\nEnglish").unwrap();
    let (list, _) = list.split_once('.').unwrap();
    let listed = ["en"].into_iter().chain(list.split('`').skip(1).step_by(2));
    let listed: Vec<&str> = listed.collect();
    let built_in: Vec<&str> = LANGUAGES.iter().map(|words| words.language).collect();
    assert_eq!(listed, built_in, "{}", REFERENCE.path);
}

/// What stands behind the names that are pinned so: in the Makefile, or of modules of Go.
fn pinned(file: &str, name: &str) -> Vec<String> {
    let text = read(file);
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

#[test]
fn the_readme_of_the_house_names_files_that_are_there_and_the_groups_of_make_quick() {
    let mut paths = HOUSE.inline_code();
    paths.retain(|code| code.contains('/') && !code.contains(' '));
    assert!(paths.len() > 80, "{paths:?}");
    for path in paths {
        let is_there = [file("src").join(path), file(path)]
            .iter()
            .any(|path| path.exists());
        assert!(is_there, "{}: {path}", HOUSE.path);
    }
    let groups = pinned("Makefile", "QUICK").join("`, `");
    assert!(
        HOUSE.text.contains(&format!("server: `{groups}`.")),
        "{groups}"
    );
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
    let ran: Value = serde_json::from_str(&read("tests/versions.json")).unwrap();
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
        (REFERENCE.text).contains(&format!("\n|---|---|---|---|\n{table}\n")),
        "{} has not this table of versions:\n{table}",
        REFERENCE.path
    );
}

/// Where a link of a page leads: to a file, and a heading of it.
fn target<'l>(page: &Page, link: &'l str) -> (PathBuf, Option<&'l str>) {
    let (path, heading) = match link.split_once('#') {
        Some((path, heading)) => (path, Some(heading)),
        None => (link, None),
    };
    let from = file(page.path);
    let to = from.parent().unwrap().join(path);
    let to = if path.is_empty() { from } else { to };
    (to.canonicalize().unwrap_or(to), heading)
}

#[test]
fn every_link_leads_to_a_file_and_to_a_heading_that_are_there() {
    let mut count = 0;
    for page in PAGES {
        let links = page.links();
        for link in links.iter().filter(|link| !link.starts_with("http")) {
            let (path, heading) = target(&page, link);
            assert!(path.exists(), "{}: {link}", page.path);
            let Some(heading) = heading else { continue };
            let of = PAGES
                .iter()
                .find(|page| file(page.path).canonicalize().unwrap() == path);
            let of = of.unwrap_or_else(|| panic!("{}: {link} is no page", page.path));
            let is_there = of.anchors(1).iter().any(|anchor| anchor == heading);
            assert!(is_there, "{}: {link}", page.path);
            count += 1;
        }
    }
    assert!(count > 150, "{count}");
}

/// A table of contents at its head, so that nobody scrolls through it. The changelog is one list.
#[test]
fn long_pages_lead_to_each_of_their_parts() {
    let long = PAGES.iter().filter(|page| page.text.lines().count() > 180);
    for page in long {
        let links = page.links();
        for part in page.anchors(2) {
            let is_linked = links.contains(&format!("#{part}"));
            assert!(is_linked, "{} does not lead to #{part}", page.path);
        }
    }
}

#[test]
fn the_readme_is_short_and_its_figures_are_those_of_the_other_pages() {
    let lines = README.text.lines().count();
    assert!(lines <= 300, "{lines}");
    let (_, figures) = README
        .text
        .split_once("\n## Figures at a glance\n")
        .unwrap();
    let (figures, _) = figures.split_once("\n## ").unwrap();
    let numbers = figures
        .split(|c: char| !c.is_ascii_digit() && c != '.' && c != ',')
        .map(|number| number.trim_matches(['.', ',']))
        .filter(|number| number.len() > 1);
    let numbers: Vec<&str> = numbers.collect();
    assert!(numbers.len() > 12, "{numbers:?}");
    for number in numbers {
        let is_there = [GUIDE, REFERENCE]
            .iter()
            .any(|page| page.text.contains(number));
        assert!(is_there, "no other page has the figure {number}");
    }
}
