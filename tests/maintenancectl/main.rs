//! The contract, section 7: the command line, run as a user runs it, against a real Envoy.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod calls;
mod check;
mod command;
mod deployment;
mod doctor;
mod errors;
mod explain;
mod manual;
mod refused;
mod run;
mod status;
mod tokens;
mod windows;
