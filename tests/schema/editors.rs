//! A file whose first line tells editors where the schema is.

use std::{fs, process::Command};

use support::{programs::output, project::file};

#[test]
fn the_line_for_editors_is_no_part_of_the_configuration() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("maintenance-mode.yaml");
    let schema = file("envoy/schema.json");
    let text = format!(
        "# yaml-language-server: $schema={}\nmode: auto\nallow:\n  paths: [/healthz]\n",
        schema.display()
    );
    fs::write(&path, text).unwrap();
    let ctl = || Command::new(env!("CARGO_BIN_EXE_maintenancectl"));
    let explained = output(
        ctl()
            .arg("explain")
            .arg(&path)
            .args(["--on", "--path", "/healthz"]),
    );
    assert!(explained.contains("allow.paths[0]"), "{explained}");
    output(ctl().args(["check", "--strict"]).arg(&path));
}
