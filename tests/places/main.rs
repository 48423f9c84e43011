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
mod openapi;
mod resources;

use std::{
    ffi::OsStr,
    process::{Command, Output},
};

/// `maintenancectl`, as built from this very source.
fn maintenancectl(arguments: &[impl AsRef<OsStr>]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_maintenancectl"))
        .args(arguments)
        .output()
        .unwrap()
}
