//! Nothing is shown that no test has tried.

use std::{collections::BTreeMap, process::Command};

use serde_json::json;
use support::{
    pages::{CONTRIBUTING, GUIDE, OPERATIONS, PAGES, README, REFERENCE},
    programs::{has, not_tested, output},
    project::{file, read},
};

use crate::typing::commands;

/// The blocks of shell of each page, by the headings above them: how many, and the test that takes
/// them.
const TYPED: &[(&str, &str, usize, &str)] = &[
    (CONTRIBUTING.path, "Build and test", 1, "shown"),
    (GUIDE.path, "A fleet", 3, "fleet"),
    (GUIDE.path, "As a dynamic module", 1, "try_it"),
    (GUIDE.path, "From a release", 3, "release"),
    (GUIDE.path, "Kubernetes", 1, "kubernetes"),
    (GUIDE.path, "One team's bypass link", 1, "recipes"),
    (GUIDE.path, "Remove it", 1, "fleet"),
    (GUIDE.path, "Stats, Prometheus and Grafana", 2, "stats"),
    (GUIDE.path, "With Docker", 3, "containers"),
    (GUIDE.path, "etcd with client certificates", 1, "recipes"),
    (README.path, "Try it", 2, "try_it"),
    (REFERENCE.path, "The command line", 3, "command_line"),
    (REFERENCE.path, "The fleet store", 1, "fleet"),
    (OPERATIONS.path, "Off, now", 3, "kubernetes"),
    (OPERATIONS.path, "On, now", 2, "kubernetes"),
];

/// `tests/surroundings/document.rs` says the same of all other commands of the runbook.
#[test]
fn every_command_of_the_pages_is_typed_by_a_test() {
    let mut shown: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for page in PAGES {
        for block in page.blocks() {
            let languages = [
                "", "html", "http", "json", "promql", "rust", "sh", "text", "yaml",
            ];
            let is_known = languages.contains(&block.language);
            assert!(is_known, "{}: {block:?}", page.path);
            let typed = TYPED
                .iter()
                .any(|(path, heading, ..)| (*path, *heading) == (page.path, block.heading));
            if block.language == "sh" && (page != OPERATIONS || typed) {
                *shown.entry((page.path, block.heading)).or_default() += 1;
            }
        }
    }
    let typed = TYPED
        .iter()
        .map(|(path, heading, count, _)| ((*path, *heading), *count));
    assert_eq!(shown, typed.collect());
    for (path, heading, _, test) in TYPED {
        let source = read(&format!("tests/readme/{test}.rs"));
        let takes = format!("({}, \"sh\")", json!(heading));
        assert!(
            source.contains(&takes),
            "{test} takes no {heading} of {path}"
        );
    }
}

/// A command without its comment.
fn without_comment(command: &str) -> &str {
    command.split('#').next().unwrap().trim()
}

/// What takes too long for a test is a part of `.ci/run`, but for what other parts contain, and
/// for what needs a tool that has to be built first: of that Make only has to know the target.
#[test]
fn the_commands_of_contributors_are_run_here_or_by_the_continuous_integration() {
    let [block] = CONTRIBUTING.blocks_of("Build and test", "sh");
    let integration = read(".ci/run");
    for command in commands(block) {
        let command = without_comment(&command);
        if command.starts_with("promtool") {
            try_promtool(command);
        } else if !["make deny", "make quick"].contains(&command) {
            let part = format!("part {command}");
            assert!(
                integration.lines().any(|line| line.trim() == part),
                "{command}"
            );
        }
    }
}

fn try_promtool(command: &str) {
    if has("promtool") {
        output(
            Command::new("sh")
                .args(["-ec", command])
                .current_dir(file("")),
        );
    } else {
        not_tested(&format!("`{command}`, because promtool is not here"));
    }
}

/// A command with a file that is there in the place of the reader's own.
fn with_a_file(command: &str) -> String {
    let words = command.split(' ').map(|word| {
        let named = word.split_once("=/path/to/");
        named.map_or_else(
            || word.to_owned(),
            |(variable, _)| format!("{variable}=/bin/sh"),
        )
    });
    words.collect::<Vec<String>>().join(" ")
}

#[test]
fn make_knows_every_target_that_the_pages_name() {
    let [block] = CONTRIBUTING.blocks_of("Build and test", "sh");
    let of_prose = PAGES.iter().flat_map(|page| page.inline_code());
    let typed: Vec<String> = commands(block)
        .into_iter()
        .chain(of_prose.map(str::to_owned))
        .map(|command| without_comment(&command).to_owned())
        .filter(|command| command.starts_with("make "))
        .collect();
    assert!(typed.len() > 30, "{typed:?}");
    for command in typed {
        let dry = with_a_file(&command).replace("make ", "make --dry-run ");
        let mut dry_run = Command::new("sh");
        dry_run.args(["-ec", &dry]).current_dir(file(""));
        for variable in ["MAKEFLAGS", "MAKELEVEL", "MFLAGS"] {
            dry_run.env_remove(variable);
        }
        output(&mut dry_run);
    }
}
