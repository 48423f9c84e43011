//! The hosts: what asks the core, and answers what it asks.

pub mod abi;
#[cfg(feature = "dynamic-module")]
mod native;
#[cfg(target_arch = "wasm32")]
mod wasm;
