//! The hosts: what asks the core, and answers what it asks.

pub mod abi;
#[cfg(target_arch = "wasm32")]
mod wasm;
