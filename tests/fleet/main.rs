//! The contract, section 5: one toggle, every Envoy, with real Envoys and a real etcd.
//!
//! `make test` gets both; `ETCD` names another etcd, with `etcdctl` beside it. Each test
//! starts servers of its own, and those that measure time wait for the others to end.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used
)]

mod bypass;
mod clusters;
mod cost;
mod generations;
mod handover;
mod held;
mod in_flight;
mod key;
mod login;
mod outage;
mod partition;
mod patience;
mod propagation;
mod races;
mod ramp;
mod reconnect;
mod restart;
mod revocation;
mod scopes;
mod tls;
mod value;
mod waiting;
mod watches;
