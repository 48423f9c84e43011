//! What the pages show, typed as it stands, on machines that are made for it.
//!
//! What a machine may lack is said on standard error with `NOT TESTED`; `.ci/run` installs it.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used
)]

mod certificate;
mod command_line;
mod containers;
mod engine;
mod fleet;
mod images;
mod kubernetes;
mod ports;
mod recipes;
mod release;
mod shown;
mod snippets;
mod stats;
mod tools;
mod try_it;
mod typing;
