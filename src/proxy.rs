//! The shell around the core: the contexts that Envoy calls, and the host that they call.

mod host;
mod http_context;
mod metrics;
mod plugin;
mod request;
mod root_context;

use proxy_wasm::types::LogLevel;

use self::root_context::MaintenanceRoot;

proxy_wasm::main! {{
    proxy_wasm::set_log_level(LogLevel::Info);
    proxy_wasm::set_root_context(|_| Box::new(MaintenanceRoot::default()));
}}
