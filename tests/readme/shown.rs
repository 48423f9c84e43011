//! Nothing is shown that no test has tried.

use std::{collections::BTreeMap, process::Command};

use support::{
    programs::{has, not_tested, output},
    project::{file, read},
};

use crate::document::{blocks, blocks_of, commands, inline_code};

/// The blocks that are typed by the tests beside this one, by the headings above them.
const TYPED: [(&str, usize); 10] = [
    ("A fleet", 3),
    ("As a dynamic module", 1),
    ("Development", 1),
    ("Kubernetes", 1),
    ("Recipes", 2),
    ("Remove it", 1),
    ("The command line", 2),
    ("The fleet store", 1),
    ("Try it", 2),
    ("With Docker", 2),
];

#[test]
fn every_command_of_the_readme_is_typed_by_a_test() {
    let mut shown: BTreeMap<&str, usize> = BTreeMap::new();
    for block in blocks().iter().filter(|block| block.language == "sh") {
        *shown.entry(block.section).or_default() += 1;
    }
    assert_eq!(shown, BTreeMap::from(TYPED));
    let languages = ["html", "http", "json", "promql", "sh", "yaml", ""];
    for block in blocks() {
        assert!(languages.contains(&block.language), "{block:?}");
    }
}

/// A command without its comment.
fn without_comment(command: &str) -> &str {
    command.split('#').next().unwrap().trim()
}

/// What takes too long for a test is a part of `.ci/run`, but for what other parts contain, and
/// for what needs a tool that has to be built first: of that Make only has to know the target.
#[test]
fn the_commands_of_development_are_run_here_or_by_the_continuous_integration() {
    let [block] = blocks_of("Development", "sh");
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

#[test]
fn make_knows_every_target_that_the_readme_names() {
    let [block] = blocks_of("Development", "sh");
    let of_prose = inline_code().into_iter().map(str::to_owned);
    let typed: Vec<String> = commands(block)
        .into_iter()
        .chain(of_prose)
        .map(|command| without_comment(&command).to_owned())
        .filter(|command| command.starts_with("make "))
        .collect();
    assert!(typed.len() > 10, "{typed:?}");
    for command in typed {
        let dry = command.replace("make ", "make --dry-run ");
        let mut dry_run = Command::new("sh");
        dry_run.args(["-ec", &dry]).current_dir(file(""));
        for variable in ["MAKEFLAGS", "MAKELEVEL", "MFLAGS"] {
            dry_run.env_remove(variable);
        }
        output(&mut dry_run);
    }
}
