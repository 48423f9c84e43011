//! What goes wrong around the filter, and what users see of it, with real Envoys and etcds.
//!
//! Each fault has its row in the runbook.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used
)]

mod clients;
mod clock;
mod crash;
mod foreign_data;
mod hot_restart;
mod linkage;
mod loading;
mod panics;
mod shutdown;
mod updates;
mod wrong_tokens;
