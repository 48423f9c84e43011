//! Which files there are, and their checksums.

use std::{
    collections::BTreeSet,
    fs,
    os::unix::fs::PermissionsExt,
    process::{Command, Output},
};

use support::{
    Host, module_of,
    release::{self, IMAGE, MODULE, command_line, dynamic_module, folder},
};
use tempfile::TempDir;

const CHECKSUMS: &str = "SHA256SUMS";

/// The names of all files.
fn names() -> BTreeSet<String> {
    let entries = fs::read_dir(folder()).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.collect()
}

#[test]
fn there_is_what_a_release_consists_of_and_nothing_else() {
    let mut expected: BTreeSet<String> = [MODULE, IMAGE, CHECKSUMS, "rust-std.licences.html"]
        .map(str::to_owned)
        .into();
    expected.extend([dynamic_module(), format!("{}.tar.gz", command_line())]);
    for artefact in [MODULE.to_owned(), dynamic_module(), command_line()] {
        expected.insert(format!("{artefact}.cdx.json"));
        expected.insert(format!("{artefact}.licences.txt"));
    }
    assert_eq!(names(), expected);
    for name in names() {
        let file = fs::metadata(folder().join(&name)).unwrap();
        assert!(file.is_file() && file.len() > 0, "{name}");
        assert_eq!(file.permissions().mode() & 0o7777, 0o644, "{name}");
    }
    for (host, name) in [
        (Host::Wasm, MODULE.to_owned()),
        (Host::Native, dynamic_module()),
    ] {
        let is_same = fs::read(module_of(host)).unwrap() == release::read(&name);
        assert!(is_same, "{name} is another: run `make dist`");
    }
}

#[test]
fn sha256sum_knows_every_file_and_sees_one_that_is_changed() {
    let listed = String::from_utf8(release::read(CHECKSUMS)).unwrap();
    let listed = listed.lines().map(|line| line.split_once("  ").unwrap().1);
    let mut others = names();
    others.remove(CHECKSUMS);
    assert!(listed.eq(&others));

    let copy = TempDir::new().unwrap();
    for name in names() {
        fs::copy(folder().join(&name), copy.path().join(&name)).unwrap();
    }
    let check = || -> Output {
        let mut sha256sum = Command::new("sha256sum");
        sha256sum.args(["--check", "--strict", CHECKSUMS]);
        sha256sum.current_dir(copy.path()).output().unwrap()
    };
    assert!(check().status.success());
    let mut module = release::read(MODULE);
    module[100] ^= 1;
    fs::write(copy.path().join(MODULE), module).unwrap();
    let printed = String::from_utf8(check().stdout).unwrap();
    let failed: Vec<&str> = printed
        .lines()
        .filter(|line| !line.ends_with(": OK"))
        .collect();
    assert_eq!(failed, [format!("{MODULE}: FAILED")]);
}
