//! The contract, section 7: `maintenancectl --kube` and `kubectl maintenance`, by a real kubectl
//! against the API server of Kubernetes.
//!
//! `make test-kube` builds these programs; what a machine lacks is said on standard error with
//! `NOT TESTED`.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used
)]

mod admission;
mod cluster;
mod objects;
mod plugin;
mod races;
mod refused;
mod running;
mod samples;
mod secrets;
