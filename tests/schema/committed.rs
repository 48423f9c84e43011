//! What is committed is what is printed.

use std::process::Command;

use support::{programs::output, project::read};

/// What `maintenancectl schema` prints.
pub fn printed(arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_maintenancectl"));
    output(command.arg("schema").args(arguments))
}

#[test]
fn the_files_are_what_is_printed() {
    for (path, arguments) in [
        ("envoy/schema.json", &[][..]),
        (
            "envoy/kubernetes/admission-policy.yaml",
            &["--admission-policy"],
        ),
    ] {
        let is_same = read(path) == printed(arguments);
        assert!(is_same, "{path} is another: run `make schema`");
    }
}
