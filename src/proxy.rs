//! The shell around the core: the contexts that Envoy calls, and the host that they call.

mod abi;
mod contexts;
mod host;
mod metrics;
mod plugin;
mod request;
mod root_context;
mod shared_data;

use proxy_wasm::types::LogLevel;

proxy_wasm::main! {{
    proxy_wasm::set_log_level(LogLevel::Info);
}}
