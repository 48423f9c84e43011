//! The programs of the distribution that measure, and the cores they run on.

use std::{env, ffi::OsStr, fs, process::Command, str::FromStr};

/// A core of this machine.
#[derive(Clone, Copy)]
pub enum Core {
    /// Of what is measured: the first that this process may use.
    Measured,
    /// Of what sends requests and serves as the upstream: the last.
    Load,
}

impl Core {
    /// A command that stays on this core. Its process is the program's own.
    pub fn command(self, program: impl AsRef<OsStr>) -> Command {
        let status = fs::read_to_string("/proc/self/status").unwrap();
        let cores = status
            .lines()
            .find_map(|line| line.strip_prefix("Cpus_allowed_list:"))
            .unwrap()
            .trim();
        let end = |c: char| !c.is_ascii_digit();
        let core = match self {
            Self::Measured => cores.split(end).next(),
            Self::Load => cores.rsplit(end).next(),
        };
        let mut command = Command::new("taskset");
        command.args(["--cpu-list", core.unwrap()]).arg(program);
        command
    }
}

/// What to install where a program is missing.
pub fn missing(programs: &[&str]) -> Option<String> {
    let missing: Vec<&str> = programs
        .iter()
        .copied()
        .filter(|program| Command::new(program).arg("--version").output().is_err())
        .map(|program| {
            if program == "taskset" {
                "util-linux"
            } else {
                program
            }
        })
        .collect();
    (!missing.is_empty()).then(|| {
        let missing = missing.join(" ");
        format!("Install what is missing to measure: apt-get install {missing}")
    })
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
