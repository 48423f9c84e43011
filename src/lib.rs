//! Maintenance mode for every service behind Envoy or Istio, as a Proxy-Wasm filter.
//!
//! The path of a request, one direction only:
//!
//! ```text
//! plugin configuration ─ config ─▶ PluginConfig ─ policy ─▶ Policy ──┐  once, in on_configure
//! stored state ─────────── store ─▶ State ─────── flag ───▶ Flag ────┤
//! request ──────── proxy (host) ──▶ RequestHead ─────────────────────┴─▶ decision ─▶ Decision
//!                                                                          Pass │ Allowed │ Blocked(LocalReply) │ Admin
//! admin request ── admin ─▶ StateChange ── store ─▶ State
//! ```
//!
//! Everything but `proxy` is the core: it cannot call the host, takes clock and
//! request as arguments, and compiles natively as well as for `wasm32`.

pub mod admin;
pub mod bypass;
pub mod calendar;
pub mod client_address;
pub mod config;
#[cfg(all(feature = "cli", not(target_arch = "wasm32")))]
pub mod ctl;
pub mod decision;
mod document;
pub mod etcd;
pub mod flag;
pub mod grpc;
pub mod header_map;
pub mod json;
pub mod metadata;
pub mod path;
pub mod percent;
pub mod policy;
mod problem;
pub mod protobuf;
pub mod reply;
pub mod request;
pub mod shared_data;
pub mod state;
pub mod store;
pub mod timestamp;

#[cfg(target_arch = "wasm32")]
mod proxy;
