//! Proxy-Wasm, as Envoy and Istio load it: what Envoy calls, and what is called in Envoy.

mod contexts;
mod exports;
mod host;
mod hostcalls;
mod iteration;
mod shared_data;
mod stat;
mod stream;
