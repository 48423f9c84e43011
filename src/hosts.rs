//! The hosts: what asks the core, and answers what it asks.

pub mod abi;
#[cfg(any(feature = "dynamic-module", all(test, not(target_arch = "wasm32"))))]
mod native;
#[cfg(target_arch = "wasm32")]
mod wasm;
