//! Programs that the tests call.

use std::{io::Write, process::Command};

/// The standard output of a command that must succeed.
pub fn output(command: &mut Command) -> String {
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}\n{text}\n{errors}");
    text
}

/// Whether this machine has a program.
pub fn has(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|directory| directory.join(program).is_file())
}

/// Says that something is not tested, past the test harness, which would keep it to itself.
pub fn not_tested(why: &str) {
    let line = format!("NOT TESTED: {why}\n");
    std::io::stderr().write_all(line.as_bytes()).unwrap();
}
