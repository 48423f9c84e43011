//! What goes wrong around the filter, and what users see of it, with real Envoys and etcds.
//!
//! Each fault has its sentence in the README.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used
)]

mod clients;
mod clock;
mod crash;
#[allow(
    dead_code,
    unused_imports,
    reason = "the tests of the fleet use all of it, these only a part"
)]
#[path = "../fleet/fixtures/mod.rs"]
mod fixtures;
mod foreign_data;
mod hot_restart;
mod loading;
#[allow(
    dead_code,
    unused_imports,
    reason = "the tests of the module use all of it, these only a part"
)]
#[path = "../envoy/support/mod.rs"]
mod support;
mod updates;
mod wrong_tokens;
