//! The places where the filter is loaded and watched, as `envoy/` shows them: Envoy's files,
//! manifests for Kubernetes, the image, Prometheus and Grafana.
//!
//! What a machine may lack is said on standard error with `NOT TESTED`; `.ci/run` installs it.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used
)]

mod comments;
mod dashboards;
mod image;
mod manifests;
mod resources;
#[allow(
    dead_code,
    unused_imports,
    reason = "the tests of the module use all of it, these only a part"
)]
#[path = "../envoy/support/mod.rs"]
mod support;
mod tools;
mod yaml;
