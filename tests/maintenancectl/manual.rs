//! `man` and `completions`: what packages ship beside the program.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use crate::command::ctl;

/// The requests that a page may have, by the names that groff and mandoc know.
const REQUESTS: [&str; 12] = [
    "TH", "SH", "TP", "PP", "IP", "RS", "RE", "nf", "fi", "br", "ie", "el",
];

/// The names of the commands that `--help` lists.
pub fn commands() -> Vec<String> {
    let help = ctl(&["--help"]).stdout;
    let (_, listed) = help.split_once("Commands:\n").unwrap();
    let lines = listed.lines().take_while(|line| !line.is_empty());
    let commands = lines.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let names = commands.filter_map(|line| line.split_whitespace().next());
    let names: Vec<String> = names
        .filter(|name| *name != "help")
        .map(str::to_owned)
        .collect();
    assert!(names.len() >= 10, "{names:?}");
    names
}

#[test]
fn there_is_a_page_of_each_command_which_ends_with_its_example() {
    let directory = tempfile::tempdir().unwrap();
    let pages = directory.path().join("share/man1");
    let written = ctl(&["man", pages.to_str().unwrap()]).good();
    assert_eq!((written.stdout.as_str(), written.stderr.as_str()), ("", ""));

    let names = fs::read_dir(&pages).unwrap();
    let names = names.map(|page| page.unwrap().file_name().into_string().unwrap());
    let names: BTreeSet<String> = names.collect();
    let commands = commands();
    let of_command =
        |command: &String| (format!("maintenancectl-{command}.1"), vec![command.clone()]);
    let of_program = ("maintenancectl.1".to_owned(), Vec::new());
    let expected: BTreeMap<_, _> = commands
        .iter()
        .map(of_command)
        .chain([of_program])
        .collect();
    assert!(names.iter().eq(expected.keys()), "{names:?}");

    for (name, command) in expected {
        let page = fs::read_to_string(pages.join(&name)).unwrap();
        let command = command.iter().map(String::as_str).chain(["--help"]);
        let help = ctl(&command.collect::<Vec<_>>()).good().stdout;
        assert_eq!(example_of_page(&page), example_of_help(&help), "{name}");
        is_sound(&name, &page);
    }
    let file = directory.path().join("file");
    fs::write(&file, "").unwrap();
    let refused = ctl(&["man", file.to_str().unwrap()]);
    refused.failed(1, file.to_str().unwrap());
}

/// The lines after the last heading, which is that of the example.
fn example_of_page(page: &str) -> String {
    let (_, last) = page.rsplit_once(".SH ").unwrap();
    let example = last.strip_prefix("EXAMPLE\n.nf\n").unwrap();
    let example = example.strip_suffix(".fi\n").unwrap();
    example
        .replace("\\&", "")
        .replace("\\-", "-")
        .replace("\\*(Aq", "'")
        .replace("\\\\", "\\")
}

fn example_of_help(help: &str) -> String {
    let (_, example) = help.rsplit_once("Example:\n").unwrap();
    let lines = example
        .lines()
        .map(|line| line.strip_prefix("  ").unwrap_or(line));
    lines.map(|line| format!("{line}\n")).collect()
}

/// It begins with its title, has only requests that are known, and what stands as it is ends.
fn is_sound(name: &str, page: &str) {
    let requests = page.lines().filter_map(|line| line.strip_prefix('.'));
    let requests: Vec<&str> = requests
        .map(|line| line.split(' ').next().unwrap())
        .collect();
    let title = page.lines().find(|line| line.starts_with(".TH ")).unwrap();
    assert!(title.contains(" 1 \"\" \"maintenancectl "), "{title}");
    for request in &requests {
        assert!(REQUESTS.contains(request), "{name}: .{request}");
    }
    let count = |name| requests.iter().filter(|request| **request == name).count();
    assert_eq!(count("nf"), count("fi"), "{name}");
    assert_eq!(count("RS"), count("RE"), "{name}");
    for heading in ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXAMPLE"] {
        assert!(
            page.contains(&format!(".SH {heading}\n")),
            "{name}: {heading}"
        );
    }
}

#[test]
fn completions_of_each_shell_know_the_commands() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = ctl(&["completions", shell]).good().stdout;
        for command in commands() {
            assert!(script.contains(&command), "{shell} does not know {command}");
        }
    }
}
