//! The programs of the distribution that measure, and the cores they run on.

use std::{env, process::Command, str::FromStr};

/// The core of what is measured.
pub const MEASURED: &str = "0";
/// The core of what sends requests and serves as the upstream.
pub const LOAD: &str = "1";

/// What to install where a program is missing.
pub fn missing(programs: &[&str]) -> Option<String> {
    let missing: Vec<&str> = programs
        .iter()
        .copied()
        .filter(|program| Command::new(program).arg("--version").output().is_err())
        .map(|program| if program == "taskset" { "util-linux" } else { program })
        .collect();
    (!missing.is_empty()).then(|| {
        let missing = missing.join(" ");
        format!("Install what is missing to measure: apt-get install {missing}")
    })
}

/// A command that stays on a core.
pub fn on_core(core: &str, program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new("taskset");
    command.args(["--cpu-list", core]).arg(program);
    command
}

/// A number from the environment.
pub fn number<T: FromStr>(variable: &str, default: T) -> T {
    match env::var(variable) {
        Ok(text) => text
            .parse()
            .unwrap_or_else(|_| panic!("{variable} is not a number: {text}")),
        Err(_) => default,
    }
}
