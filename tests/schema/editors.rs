//! A file whose first line tells editors where the schema is.

use std::{fs, process::Command};

use support::{pages::GUIDE, programs::output, project::file};

#[test]
fn the_line_for_editors_is_no_part_of_the_configuration() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("maintenance-mode.yaml");
    let [shown] = GUIDE.blocks_of("Editors that know the keys", "yaml");
    let (line, _) = shown.split_once('\n').unwrap();
    let (_, schema) = line.split_once("$schema=").unwrap();
    assert!(file("envoy").join(schema).is_file(), "{schema}");
    fs::write(&path, shown).unwrap();
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
