//! Maintenance mode for every service behind Envoy or Istio.
//!
//! `maintenance_mode_core` knows no host; this crate is what it runs in: `hosts` for a proxy,
//! `ctl` for the command line.

#[cfg(all(feature = "cli", not(target_arch = "wasm32")))]
pub mod ctl;
pub mod hosts;
