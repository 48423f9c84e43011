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
mod announcing;
mod attacks;
mod bypass;
mod client_address;
mod configuration;
mod example;
mod figures;
mod holding;
mod identity;
mod observe;
mod opening;
mod protocols;
mod reply;
mod response;
mod retries;
mod rules;
mod state;
mod stats;
mod ways_round;
mod windows;
