//! What the README shows, typed as it stands, on machines that are made for it.
//!
//! What a machine may lack is said on standard error with `NOT TESTED`; `.ci/run` installs it.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used
)]

#[allow(
    dead_code,
    unused_imports,
    reason = "the tests of the pages use all of it, these only a part"
)]
#[path = "../browser/browser/mod.rs"]
mod browser;
mod certificate;
mod command_line;
mod containers;
mod document;
mod engine;
#[allow(
    dead_code,
    unused_imports,
    reason = "the tests of the fleet use all of it, these only a part"
)]
#[path = "../fleet/fixtures/mod.rs"]
mod fixtures;
mod fleet;
mod images;
mod kubernetes;
mod machine;
mod recipes;
mod shown;
mod snippets;
#[allow(
    dead_code,
    unused_imports,
    reason = "the tests of the module use all of it, these only a part"
)]
#[path = "../envoy/support/mod.rs"]
mod support;
#[allow(
    dead_code,
    reason = "the tests of places use all of it, these only a part"
)]
#[path = "../places/tools.rs"]
mod tools;
mod try_it;
#[path = "../places/yaml.rs"]
mod yaml;
