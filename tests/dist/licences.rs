//! The licences of what is built in.

use std::collections::BTreeSet;

use serde_json::Value;
use support::release::{MODULE, command_line, dynamic_module, read};

const RULE: &str =
    "--------------------------------------------------------------------------------";

#[test]
fn each_crate_is_listed_with_a_text_and_each_text_is_there_once() {
    for artefact in [MODULE.to_owned(), dynamic_module(), command_line()] {
        let licences = String::from_utf8(read(&format!("{artefact}.licences.txt"))).unwrap();
        let rule = format!("\n{RULE}\n");
        let mut sections = licences.split(rule.as_str());
        let list = sections.next().unwrap();
        let texts: Vec<(&str, &str)> = sections
            .map(|section| section.split_once("\n\n").unwrap())
            .collect();
        let distinct: BTreeSet<&str> = texts.iter().map(|(_, text)| *text).collect();
        assert_eq!(distinct.len(), texts.len(), "{artefact}");
        let owners: BTreeSet<&str> = texts
            .iter()
            .flat_map(|(names, _)| names.split(", "))
            .collect();

        let bill = read(&format!("{artefact}.cdx.json"));
        let bill: Value = serde_json::from_slice(&bill).unwrap();
        let components = bill["components"].as_array().unwrap();
        assert!(components.len() > 10, "{artefact}");
        for component in components {
            let part = |key: &str| component[key].as_str().unwrap();
            let crate_ = format!("{} {}", part("name"), part("version"));
            let licence = component["licenses"][0]["expression"].as_str().unwrap();
            let line = format!("\n{crate_}: {licence}");
            assert!(list.contains(&line), "{artefact} does not list{line}");
            let is_std = part("name") == "rust-std";
            assert!(
                is_std || owners.contains(crate_.as_str()),
                "{artefact}: no text of {crate_}"
            );
        }
    }
}

#[test]
fn the_standard_library_has_its_own() {
    let notices = String::from_utf8(read("rust-std.licences.html")).unwrap();
    assert!(notices.contains("Copyright notices for The Rust Standard Library"));
    assert!(notices.contains("hashbrown"));
}
