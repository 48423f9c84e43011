//! What the tests have in common: real Envoys, etcds and browsers that they start, and
//! clients that call them.
//!
//! A test of one Envoy needs [`Envoy`] alone:
//!
//! ```no_run
//! let envoy = support::Envoy::start(serde_json::json!({"mode": "on"}));
//! assert!(envoy.get("/").is_blocked());
//! ```
//!
//! `tests/README.md` says more.

mod background;
mod client;
mod envoy;
mod host;
mod http2_upstream;
mod lists;
mod network;
mod observer;
mod threads;
mod upstream;
mod wait;

pub mod api_server;
pub mod browser;
pub mod comments;
pub mod doctor;
pub mod etcd;
pub mod fleet;
pub mod glibc;
pub mod json_schema;
pub mod machine;
pub mod openapi;
pub mod outcome;
pub mod pages;
pub mod ports;
pub mod programs;
pub mod project;
pub mod registry;
pub mod release;
pub mod sample;
pub mod typos;
pub mod yaml;

pub use self::{
    background::Background,
    client::{
        Connection, Request, Response,
        http2::{self, fetch as fetch_http2, fetch_all as fetch_all_http2},
    },
    envoy::{
        ADMIN, Delivery, Envoy, Options, TOKEN, admin, admin_request, another_filter, host_calls,
        log_lines, memory, sha256,
    },
    host::Host,
    http2_upstream::{Http2Upstream, ID, STREAM},
    lists::{BLOCKS, PATHS, large_lists},
    observer::{Observer, Waits},
    project::{binary, module, module_of},
    threads::in_parallel,
    upstream::Upstream,
    wait::{eventually, within},
};
