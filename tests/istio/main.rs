//! The samples for Istio in a mesh that runs: an API server, an istiod, and proxies, each a
//! pilot-agent with its Envoy.
//!
//! `make test-istio` builds these programs, which takes many minutes; what a machine lacks is
//! said on standard error with `NOT TESTED`.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used
)]

mod claims;
mod digest;
mod identity;
mod in_front;
mod issuer;
mod mesh;
mod plugin;
mod proxy;
mod refused;
mod samples;
mod several;
mod store;
mod traps;
mod unfetched;
mod waypoint;
mod workload;
