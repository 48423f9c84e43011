//! The module is the same bytes wherever and by whom it is built, and does not say where.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use std::{
    env, fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

const MODULE: &str = "target/wasm32-wasip1/release/maintenance_mode.wasm";
/// Another user than the one of this process, where a process may seem to be one.
const UNSHARE: [&str; 3] = ["--user", "--map-user=4711", "--"];

#[test]
fn a_build_elsewhere_gives_the_same_bytes() {
    let here = Place::here();
    let module = fs::read(here.project.join(MODULE)).expect("no module: run `make build`");

    let directory = tempfile::tempdir().unwrap();
    let elsewhere = Place {
        project: directory.path().join("a project of others"),
        home: directory.path().join("home"),
        cargo_home: directory.path().join("home/of/cargo"),
        ..here.clone()
    };
    copy_project(&here.project, &elsewhere.project);
    share_downloads(&here.cargo_home, &elsewhere.cargo_home);
    elsewhere.build();
    let other = fs::read(elsewhere.project.join(MODULE)).unwrap();

    for place in [here, elsewhere] {
        for path in place.paths() {
            for module in [&module, &other] {
                assert!(!contains(module, &path), "the module names {path}");
            }
        }
    }
    let difference = module.iter().zip(&other).position(|(a, b)| a != b);
    assert_eq!(difference, None, "the first byte that differs");
    assert_eq!(module.len(), other.len());
}

/// Where somebody builds.
#[derive(Clone)]
struct Place {
    project: PathBuf,
    home: PathBuf,
    cargo_home: PathBuf,
    rustup_home: PathBuf,
}

impl Place {
    fn here() -> Self {
        let home = env::home_dir().unwrap();
        let directory = |variable, default| {
            env::var_os(variable).map_or_else(|| home.join(default), PathBuf::from)
        };
        Self {
            project: env!("CARGO_MANIFEST_DIR").into(),
            cargo_home: directory("CARGO_HOME", ".cargo"),
            rustup_home: directory("RUSTUP_HOME", ".rustup"),
            home,
        }
    }

    /// Builds the module as the Makefile does, out of what was downloaded before.
    fn build(&self) {
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let can_unshare = Command::new("unshare")
            .args(UNSHARE)
            .arg("true")
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success());
        let mut command = if can_unshare {
            let mut command = Command::new("unshare");
            command.args(UNSHARE).arg(cargo);
            command
        } else {
            Command::new(cargo)
        };
        let output = command
            .args(["build", "--release", "--locked", "--offline", "--lib"])
            .args(["--target", "wasm32-wasip1", "--target-dir", "target"])
            .current_dir(&self.project)
            .env("HOME", &self.home)
            .env("USER", "somebody")
            .env("LOGNAME", "somebody")
            .env("CARGO_HOME", &self.cargo_home)
            .env("RUSTUP_HOME", &self.rustup_home)
            .output()
            .unwrap();
        let log = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{log}");
    }

    /// The beginnings of paths that a compiler sees, each so long that no other text is one.
    fn paths(&self) -> Vec<String> {
        [
            self.project.join("src"),
            self.project.join("target"),
            self.home.join(".cargo"),
            self.cargo_home.join("registry"),
            self.rustup_home.join("toolchains"),
        ]
        .map(|path| path.to_str().unwrap().to_owned())
        .to_vec()
    }
}

/// Copies all but what was built and the history.
fn copy_project(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    let entries = fs::read_dir(from)
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.file_name() != "target" && entry.file_name() != ".git")
        .map(|entry| entry.path());
    let copied = Command::new("cp")
        .arg("-R")
        .args(entries)
        .arg(to)
        .status()
        .unwrap();
    assert!(copied.success());
}

/// Makes a home of Cargo with the archives and the settings of another, but with sources of
/// its own, which Cargo unpacks.
fn share_downloads(from: &Path, to: &Path) {
    let registry = to.join("registry");
    fs::create_dir_all(&registry).unwrap();
    for (from, to, own) in [
        (from, to, "registry"),
        (&from.join("registry"), &registry, "src"),
    ] {
        for entry in fs::read_dir(from).unwrap().map(|entry| entry.unwrap()) {
            if entry.file_name() != own {
                symlink(entry.path(), to.join(entry.file_name())).unwrap();
            }
        }
    }
}

fn contains(module: &[u8], text: &str) -> bool {
    module
        .windows(text.len())
        .any(|window| window == text.as_bytes())
}
