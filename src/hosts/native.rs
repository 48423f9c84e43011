//! A dynamic module, as Envoy loads it: what Envoy calls, and what is called in Envoy.

mod abi;
mod attribute;
mod callbacks;
mod client;
mod clock;
mod config_hooks;
mod contexts;
mod filter_config;
mod guard;
mod hook;
mod host;
mod log;
mod node;
mod request_hooks;
mod shared_data;
mod stat;
mod stream;
#[cfg(test)]
mod tests;
