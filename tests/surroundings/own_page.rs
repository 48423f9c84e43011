//! A page of one's own, made as the document says.

use std::process::Command;

use support::{
    Envoy,
    pages::OPERATIONS,
    programs::output,
    project::{file, read},
    yaml,
};

use crate::document::see;

const HEADING: &str = "A page of your own";

#[test]
fn the_page_is_the_one_that_was_copied() {
    let directory = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(file("envoy"), directory.path().join("envoy")).unwrap();
    let [copy, make, _] = OPERATIONS.blocks_of("A page of your own", "sh");
    let script =
        format!("{copy}\n{make}").replace("maintenancectl", env!("CARGO_BIN_EXE_maintenancectl"));
    let checked = output(
        Command::new("sh")
            .args(["-ec", &script])
            .current_dir(&directory),
    );
    assert!(checked.ends_with(": OK\n"), "{checked}");

    let made = std::fs::read_to_string(directory.path().join("page.yaml")).unwrap();
    let mut configuration = yaml::parse(&made);
    assert_eq!(
        configuration["response"]["html"],
        read("envoy/pages/friendly.html")
    );
    configuration["mode"] = "on".into();
    let [page] = see(HEADING, &Envoy::start(configuration))
        .try_into()
        .unwrap();
    let source = read("envoy/pages/friendly.html");
    let (head, _) = source.split_once("{{").unwrap();
    assert!(page.starts_with(head), "{page}");
    assert!(!page.contains("{{"), "{page}");
}
