//! The contract, section 9: what `maintenancectl schema` prints, of which editors, clusters and the
//! reference live.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod committed;
mod configurations;
mod editors;
mod keys;
mod policy;
