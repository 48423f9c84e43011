//! The contract, tested on a real Envoy.
//!
//! `make test` gets Envoy and builds the module; `ENVOY` and `MAINTENANCE_MODE_WASM` name
//! others. Each test starts an Envoy of its own, and fails if a VM of it dies.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used
)]

mod admin;
mod allow;
mod bypass;
mod configuration;
mod figures;
mod protocols;
mod reply;
mod response;
mod samples;
mod state;
mod stats;
mod support;
mod ways_round;
