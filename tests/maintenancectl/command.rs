//! Runs the binary.

use std::{
    io::Write,
    process::{Command, Output, Stdio},
};

use serde_json::Value;
use support::{ADMIN, Envoy, TOKEN};

/// What a run came to.
#[derive(Debug)]
pub struct Outcome {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Outcome {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|_| panic!("{self:?}"))
    }
}

impl From<Output> for Outcome {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let outcome = Self {
            code: output.status.code(),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        };
        assert!(!outcome.stderr.contains("panicked"), "{outcome:?}");
        let secret = [&outcome.stdout, &outcome.stderr];
        assert!(
            !secret.iter().any(|text| text.contains(TOKEN)),
            "{outcome:?}"
        );
        outcome
    }
}

/// The binary with arguments, and the token in its environment.
pub fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_maintenancectl"));
    command.args(arguments).env("MAINTENANCE_TOKEN", TOKEN);
    command
}

/// Runs it.
pub fn ctl(arguments: &[&str]) -> Outcome {
    command(arguments).output().unwrap().into()
}

/// Runs it with standard input.
pub fn ctl_with(input: &str, arguments: &[&str]) -> Outcome {
    let mut child = command(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(input.as_bytes()).unwrap();
    drop(stdin);
    child.wait_with_output().unwrap().into()
}

/// The address of an Envoy's admin endpoint.
pub fn url(envoy: &Envoy) -> String {
    format!("http://{}{ADMIN}", envoy.address)
}

/// The status, without what changes with every change.
pub fn setting(envoy: &Envoy) -> Value {
    let mut status = envoy.admin("GET", "").json();
    for key in ["generation", "since"] {
        status.as_object_mut().unwrap().remove(key);
    }
    status
}
