//! The house: no import goes up a floor or in a circle, the core names no host, and no file is
//! too long to read in one sitting. `src/README.md` shows the floors.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used
)]

mod arrows;
mod floors;
mod sources;

use std::fs;

use self::{
    arrows::{Arrow, circle},
    sources::{Source, files, sources},
};

const LONGEST_FILE: usize = 400;
const LONGEST_HOST: usize = 900;

/// What a core that knows no host does not say, but for names on the wire, beside the folders of
/// the hosts.
const HOST_WORDS: [&str; 7] = ["envoy", "envoys", "hostcall", "istio", "sdk", "vm", "vms"];

fn arrows() -> Vec<Arrow> {
    let sources = sources("src");
    let arrows: Vec<Arrow> = sources
        .iter()
        .filter(|source| !source.is_test)
        .flat_map(|source| arrows::of(source, &sources))
        .collect();
    assert!(
        arrows.len() > 300,
        "only {} imports were found",
        arrows.len()
    );
    arrows
}

fn list(arrows: &[Arrow]) -> String {
    let lines: Vec<String> = arrows.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

#[test]
fn no_import_goes_up() {
    let up: Vec<Arrow> = arrows().into_iter().filter(floors::goes_up).collect();
    assert!(up.is_empty(), "these imports go up:\n{}", list(&up));
}

#[test]
fn no_imports_go_in_a_circle() {
    if let Some(circle) = circle(&arrows()) {
        panic!("these imports go in a circle:\n{}", list(&circle));
    }
}

#[test]
fn each_import_names_the_file_that_defines() {
    let front_doors: Vec<Arrow> = arrows()
        .into_iter()
        .filter(|arrow| fs::metadata(arrow.to.trim_end_matches(".rs")).is_ok_and(|m| m.is_dir()))
        .filter(|arrow| !arrow.from.starts_with(arrow.to.trim_end_matches("rs")))
        .filter(|arrow| Source::read(&arrow.to).is_front_door())
        .collect();
    assert!(
        front_doors.is_empty(),
        "these name a folder:\n{}",
        list(&front_doors)
    );
}

#[test]
fn each_file_is_a_module_of_its_folder_and_on_a_floor() {
    let is_top = |path: &str| {
        path.starts_with("src/bin/")
            || path.ends_with("/build.rs")
            || ["src/lib.rs", "src/core/lib.rs"].contains(&path)
    };
    for source in sources("src").iter().filter(|source| !is_top(&source.path)) {
        let (folder, file) = source.path.rsplit_once('/').unwrap();
        let above = match folder {
            "src" | "src/core" => format!("{folder}/lib.rs"),
            _ => format!("{folder}.rs"),
        };
        let line = format!("mod {};", file.trim_end_matches(".rs"));
        assert!(
            Source::read(&above).text.contains(&line),
            "{} is no module: {above} has no `{line}`",
            source.path
        );
        if !source.is_front_door() {
            floors::floor(&source.path);
        }
    }
}

#[test]
fn the_core_names_no_host() {
    let hosts = fs::read_dir("src/hosts").unwrap();
    let hosts = hosts.map(|entry| entry.unwrap().path().file_stem().unwrap().to_owned());
    let hosts: Vec<_> = hosts.collect();
    let is_host = |word: &str| hosts.iter().any(|host| host == word);
    let mut found = Vec::new();
    for source in sources("src/core") {
        if source.path.ends_with("/wire.rs") {
            continue;
        }
        for (number, line) in (1..).zip(source.text.lines()) {
            let line = line.to_ascii_lowercase();
            let mut words = line.split(|c: char| !c.is_ascii_alphanumeric());
            if words
                .any(|word| is_host(word) || HOST_WORDS.contains(&word) || word.contains("wasm"))
            {
                found.push(format!("{}:{number}: {}", source.path, line.trim()));
            }
        }
    }
    assert!(
        found.is_empty(),
        "the core names a host:\n{}",
        found.join("\n")
    );
}

#[test]
fn only_the_hosts_know_proxy_wasm() {
    let may = [
        "src/hosts/",
        "src/hosts.rs",
        "src/lib.rs",
        "src/build.rs",
        "src/dist/",
        "src/README.md",
    ];
    let names_it = |path: &String| {
        let text = String::from_utf8_lossy(&fs::read(path).unwrap()).to_ascii_lowercase();
        let names = ["proxy_wasm", "proxy-wasm", "wasm32"];
        names.iter().any(|name| text.contains(name))
    };
    let mut others = files("src");
    others.retain(|path| !may.iter().any(|may| path.starts_with(may)));
    let named: Vec<String> = others.into_iter().filter(names_it).collect();
    assert!(named.is_empty(), "these name it: {named:?}");
}

#[test]
fn no_file_is_too_long() {
    let lines = |source: &Source| source.text.lines().count();
    let long: Vec<String> = [sources("src"), sources("tests")]
        .iter()
        .flatten()
        .filter(|source| lines(source) > LONGEST_FILE)
        .map(|source| format!("{} has {} lines", source.path, lines(source)))
        .collect();
    assert!(long.is_empty(), "at most {LONGEST_FILE} lines: {long:?}");
    let host: usize = sources("src/hosts/wasm").iter().map(lines).sum();
    assert!(host <= LONGEST_HOST, "the Wasm host has {host} lines");
}
