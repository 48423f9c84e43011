//! Nothing is shown that no test has tried.

use std::{collections::BTreeMap, process::Command};

use crate::{
    document::{blocks, blocks_of, commands, inline_code},
    tools::{file, read},
};

/// The blocks that are typed by the tests beside this one, by the headings above them.
const TYPED: [(&str, usize); 9] = [
    ("A fleet", 2),
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
    let languages = ["http", "json", "promql", "sh", "yaml", ""];
    for block in blocks() {
        assert!(languages.contains(&block.language), "{block:?}");
    }
}

/// What takes long is run by `.ci/run` or by people; here Make only has to know it.
#[test]
fn every_target_that_the_readme_names_is_there() {
    let [block] = blocks_of("Development", "sh");
    let of_block = commands(block);
    let of_prose = inline_code().into_iter().map(str::to_owned);
    let typed: Vec<String> = of_block
        .into_iter()
        .chain(of_prose)
        .map(|command| command.split('#').next().unwrap().trim().to_owned())
        .filter(|command| command.starts_with("make ") || command.contains("; make "))
        .collect();
    assert!(typed.len() > 10, "{typed:?}");
    for command in typed {
        let mut dry = Command::new("sh");
        dry.args(["-ec", &command.replace("make ", "make --dry-run ")])
            .current_dir(file(""));
        for variable in ["MAKEFLAGS", "MAKELEVEL", "MFLAGS"] {
            dry.env_remove(variable);
        }
        let done = dry.output().unwrap();
        assert!(done.status.success(), "{command}: {done:?}");
    }
    for measured in ["make figures", "make bench-check", "make soak"] {
        assert!(read(".ci/run").contains(measured), "{measured}");
    }
}
