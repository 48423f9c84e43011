//! A release is the same bytes wherever and by whom it is built, and does not say where.
//!
//! What was built elsewhere is kept, so that only what has changed since is built again there, as
//! here. `make clean` forgets both.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use std::{
    collections::BTreeSet,
    env, fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use support::release;

/// Another user than the one of this process, where a process may seem to be one.
const UNSHARE: [&str; 4] = ["--user", "--map-user=4711", "--map-group=4711", "--"];

/// Cargo compiles nothing anew because of a change of it.
const WRAPPER: &str = "src/rustc.sh";
const OLDER: &str = "If what is in target is older than src/rustc.sh: `make clean`";

#[test]
fn a_release_that_is_made_elsewhere_has_the_same_bytes() {
    let here = Place::here();
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("elsewhere");
    let elsewhere = Place {
        project: directory.join("project"),
        home: directory.join("a home of others"),
        cargo_home: directory.join("a home of others/of/cargo"),
        ..here.clone()
    };
    elsewhere.forget_what_another_wrapper_built(&here);
    copy_project(&here.project, &elsewhere.project);
    share_downloads(&here.cargo_home, &elsewhere.cargo_home);
    elsewhere.make_release();

    let (one, other) = (release::folder(), elsewhere.project.join("target/dist"));
    assert_eq!(names(&one), names(&other));
    for name in names(&one) {
        let [one, other] = [&one, &other].map(|folder| fs::read(folder.join(&name)).unwrap());
        let difference = one.iter().zip(&other).position(|(a, b)| a != b);
        assert_eq!(
            difference, None,
            "{name}: the first byte that differs. {OLDER}"
        );
        assert_eq!(one.len(), other.len(), "{name}");
    }
    let installed = release::installed();
    let program = installed.path().join("bin/maintenancectl");
    let module = one.join(release::MODULE);
    for file in [module, one.join(release::dynamic_module()), program] {
        let content = fs::read(&file).unwrap();
        for path in here.paths().into_iter().chain(elsewhere.paths()) {
            assert!(
                !contains(&content, &path),
                "{} names {path}",
                file.display()
            );
        }
    }
}

fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.collect()
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

    fn forget_what_another_wrapper_built(&self, other: &Self) {
        let wrapper = |place: &Self| fs::read(place.project.join(WRAPPER)).ok();
        if wrapper(self) != wrapper(other) {
            run(Command::new("rm").arg("-rf").arg(&self.project));
        }
    }

    /// Packs a release, out of what was downloaded before.
    fn make_release(&self) {
        let can_unshare = Command::new("unshare")
            .args(UNSHARE)
            .arg("true")
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success());
        let mut command = if can_unshare {
            let mut command = Command::new("unshare");
            command.args(UNSHARE).arg("make");
            command
        } else {
            Command::new("make")
        };
        for variable in ["CARGO_TARGET_DIR", "MAKEFLAGS", "MAKELEVEL", "MFLAGS"] {
            command.env_remove(variable);
        }
        let output = command
            .arg("dist")
            .current_dir(&self.project)
            .env("HOME", &self.home)
            .env("USER", "somebody")
            .env("LOGNAME", "somebody")
            .env("CARGO_HOME", &self.cargo_home)
            .env("CARGO_NET_OFFLINE", "true")
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

/// Copies all but what was built and the history, with the times by which Cargo sees what changed.
fn copy_project(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    run(Command::new("rm").arg("-rf").args(parts(to)));
    run(Command::new("cp").arg("-Rp").args(parts(from)).arg(to));
}

/// What there is of a project without what was built and the history.
fn parts(project: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(project).unwrap().map(|entry| entry.unwrap());
    entries
        .filter(|entry| entry.file_name() != "target" && entry.file_name() != ".git")
        .map(|entry| entry.path())
        .collect()
}

fn run(command: &mut Command) {
    let status = command.status().unwrap();
    assert!(status.success(), "{command:?}: {status}");
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
            let link = to.join(entry.file_name());
            if entry.file_name() != own && !link.is_symlink() {
                symlink(entry.path(), link).unwrap();
            }
        }
    }
}

fn contains(content: &[u8], text: &str) -> bool {
    let mut windows = content.windows(text.len());
    windows.any(|window| window == text.as_bytes())
}
