//! The release that `make dist` packs: somebody who has no more than its files can check, read and
//! install all of it. `reproducible` builds it a second time, `readme` loads it into Envoy.
//!
//! What a machine may lack is said on standard error with `NOT TESTED`; `.ci/run` installs it.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used
)]

mod bill_of_materials;
mod command_line;
mod files;
mod image;
mod licences;
