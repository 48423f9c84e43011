//! Runs the binary.

use std::{
    io::Write,
    process::{Command, Output, Stdio},
};

use serde_json::Value;
use support::{ADMIN, Envoy, TOKEN, outcome::Outcome};

/// What a run came to, which showed no token.
pub fn outcome(output: Output) -> Outcome {
    Outcome::of(output, TOKEN)
}

/// The binary with arguments, and the token in its environment.
pub fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_maintenancectl"));
    command.args(arguments).env("MAINTENANCE_TOKEN", TOKEN);
    command
}

/// Runs it.
pub fn ctl(arguments: &[&str]) -> Outcome {
    outcome(command(arguments).output().unwrap())
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
    outcome(child.wait_with_output().unwrap())
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
