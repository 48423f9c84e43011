//! What stands around the filter and goes wrong there, as `envoy/operations.md` has it: first
//! the symptom, then the mend as people paste it out of that document.
//!
//! What a machine may lack is said on standard error with `NOT TESTED`; `.ci/run` installs it.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used
)]

mod chain;
mod crawlers;
mod custom_response;
mod dead_rule;
mod document;
mod endpoints;
mod everybody;
mod expect_continue;
mod fails_open;
mod forgeable_address;
mod grpc_web;
mod health_checks;
mod hold_timeout;
mod invalid;
mod local_reply;
mod manifests;
mod moments;
mod no_filter;
mod null;
mod order;
mod outlier_detection;
mod own_page;
mod past;
mod placeholders;
mod preflights;
mod retries;
mod right_now;
mod routes;
mod same_machine;
mod shared_scope;
mod store_cluster;
mod tokens;
mod upgrade;
mod upgrades;
mod ways;
