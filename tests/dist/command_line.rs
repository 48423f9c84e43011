//! The command line, as it is installed: it runs, has its pages, and shells complete it.

use std::{collections::BTreeSet, fs, path::Path, process::Command};

use support::{
    glibc,
    programs::{has, not_tested, output},
    project,
    release::{dynamic_module, folder, installed},
};
use tempfile::TempDir;

const PROGRAM: &str = "bin/maintenancectl";
const PAGES: &str = "share/man/man1";
const DOCUMENTS: &str = "share/doc/maintenancectl";
const BASH: &str = "share/bash-completion/completions/maintenancectl";
/// Shells, how each only reads a script, and where its completions are.
const SHELLS: [(&str, &str, &str); 3] = [
    ("bash", "-n", BASH),
    ("zsh", "-n", "share/zsh/site-functions/_maintenancectl"),
    (
        "fish",
        "--no-execute",
        "share/fish/vendor_completions.d/maintenancectl.fish",
    ),
];

/// The files below a folder, by their paths from a top.
fn files(top: &Path, folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let below = paths.flat_map(|path| {
        if path.is_dir() {
            files(top, &path)
        } else {
            BTreeSet::from([path.strip_prefix(top).unwrap().display().to_string()])
        }
    });
    below.collect()
}

#[test]
fn it_is_of_this_version_with_the_pages_and_completions_that_it_writes_itself() {
    let installed = installed();
    let top = installed.path();
    let program = || Command::new(top.join(PROGRAM));
    let version = output(program().arg("--version"));
    let begins = format!("maintenancectl {} ", env!("CARGO_PKG_VERSION"));
    assert!(version.starts_with(&begins), "{version}");

    let written = TempDir::new().unwrap();
    output(program().arg("man").arg(written.path()));
    let pages = files(written.path(), written.path());
    assert!(pages.len() > 10, "{pages:?}");
    for page in &pages {
        let page_of = |folder: &Path| fs::read(folder.join(page)).unwrap();
        assert!(
            page_of(written.path()) == page_of(&top.join(PAGES)),
            "{page}"
        );
    }
    for (shell, _, completions) in SHELLS {
        let written = output(program().args(["completions", shell]));
        assert_eq!(written, fs::read_to_string(top.join(completions)).unwrap());
    }
    let license = fs::read_to_string(top.join(DOCUMENTS).join("LICENSE"));
    assert_eq!(license.unwrap(), project::read("LICENSE"));

    let documents = ["LICENSE", "licences.txt", "rust-std.licences.html"];
    let documents = documents.map(|name| format!("{DOCUMENTS}/{name}"));
    let pages = pages.iter().map(|page| format!("{PAGES}/{page}"));
    let completions = SHELLS.map(|(_, _, completions)| completions.to_owned());
    let expected: BTreeSet<String> = [PROGRAM.to_owned()]
        .into_iter()
        .chain(completions)
        .chain(pages)
        .chain(documents)
        .collect();
    assert_eq!(files(top, top), expected);
}

/// What formats a page, and prints on standard error what it does not understand.
fn formatter(page: &Path) -> Option<Command> {
    let (program, arguments) = if has("mandoc") {
        ("mandoc", vec!["-T", "utf8", "-W", "error,stop"])
    } else if has("groff") {
        (
            "groff",
            vec!["-K", "utf8", "-man", "-T", "utf8", "-P", "-cbou", "-ww"],
        )
    } else {
        return None;
    };
    let mut command = Command::new(program);
    command.args(arguments).arg(page);
    Some(command)
}

#[test]
fn each_page_is_formatted_without_a_warning() {
    let installed = installed();
    let pages = files(installed.path(), &installed.path().join(PAGES));
    for page in pages {
        let Some(mut formatter) = formatter(&installed.path().join(&page)) else {
            not_tested("no page was formatted, because neither mandoc nor groff is here");
            return;
        };
        let printed = formatter.output().unwrap();
        let warnings = String::from_utf8_lossy(&printed.stderr);
        assert!(
            printed.status.success() && warnings.is_empty(),
            "{page}: {warnings}"
        );
        assert!(
            String::from_utf8_lossy(&printed.stdout).contains("SYNOPSIS"),
            "{page}"
        );
    }
}

#[test]
fn shells_take_their_completions_and_bash_completes() {
    let installed = installed();
    let path = |name| installed.path().join(name);
    for (shell, only_read, completions) in SHELLS {
        if has(shell) {
            output(Command::new(shell).arg(only_read).arg(path(completions)));
        } else {
            not_tested(&format!(
                "no {shell} has read its completions, because it is not here"
            ));
        }
    }
    let completed = output(
        Command::new("bash")
            .args(["--norc", "-c"])
            .arg(
                ". \"$0\"\nCOMP_WORDS=(maintenancectl is) COMP_CWORD=1\n\
                 _maintenancectl maintenancectl is maintenancectl\necho \"${COMPREPLY[@]}\"",
            )
            .arg(path(BASH)),
    );
    assert_eq!(completed, "is-on\n");
}

#[test]
fn what_is_native_runs_on_the_oldest_c_library_that_is_promised() {
    let installed = installed();
    for file in [
        installed.path().join(PROGRAM),
        folder().join(dynamic_module()),
    ] {
        let needs = output(
            Command::new("readelf")
                .args(["--wide", "--version-info"])
                .arg(&file),
        );
        let versions = needs.split("Name: GLIBC_").skip(1);
        let versions = versions.filter_map(|rest| rest.split_whitespace().next());
        let newest = versions.map(glibc::numbers).max().unwrap();
        assert!(
            newest <= glibc::oldest(),
            "{}: glibc {newest:?}",
            file.display()
        );
    }
}
