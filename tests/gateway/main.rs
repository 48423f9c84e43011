//! The samples for Kubernetes on its API server, and those for Envoy Gateway behind an Envoy
//! Gateway that runs.
//!
//! `make test-gateway` builds these programs, which takes many minutes; what a machine lacks is
//! said on standard error with `NOT TESTED`.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used
)]

mod envoy_gateway;
mod manifests;
mod policy;
mod refused;
mod samples;
mod store;
mod traps;
mod unfetched;
