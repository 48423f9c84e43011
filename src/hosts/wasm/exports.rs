//! What Envoy calls, by the [Proxy-Wasm ABI 0.2.1](https://github.com/proxy-wasm/spec/tree/main/abi-versions/v0.2.1).
//!
//! The dispatcher of the SDK is left out, because it costs each request several look-ups and a
//! callback at its end.
#![allow(unsafe_code)]

use maintenance_mode_core::store::grpc::CallId;
use proxy_wasm::types::LogLevel;

use crate::hosts::wasm::contexts::CONTEXTS;
use crate::hosts::wasm::hostcalls::ContextId;
use crate::hosts::wasm::iteration::Iteration;

proxy_wasm::main! {{
    proxy_wasm::set_log_level(LogLevel::Info);
}}

// SAFETY of the exports, line by line:
// - `no_mangle`: no other symbol of these names is linked; `src/linker.py` gives each the
//   name that Envoy looks for, with `proxy_` before it.
// - They take and return 32-bit numbers, any of which is valid: a context or an id that
//   nobody knows is looked up and not found. An end of stream is a number too, and not a
//   `bool`, for which only 0 and 1 would be.
// - A VM has one thread, so none of them runs beside another. One may run inside another,
//   while that waits for a host call; what they share are `Cell`s and `RefCell`s.

/// One row an export: what Envoy gives, and the method of [`CONTEXTS`] that takes it.
macro_rules! exports {
    ($($export:ident($($given:ident: $type:ty),+) $(-> $answer:ty)? = $method:ident($($taken:ident),+);)+) => {
        $(
            #[unsafe(no_mangle)]
            extern "C" fn $export($($given: $type),+) $(-> $answer)? {
                CONTEXTS.with(|contexts| contexts.$method($($taken),+))
            }
        )+
    };
}

exports! {
    on_context_create(context: ContextId, root: ContextId) = create(context, root);
    on_configure(root: ContextId, _size: usize) -> bool = configure(root);
    on_tick(root: ContextId) = tick(root);
    on_request_headers(context: ContextId, _count: usize, end: u32) -> Iteration = request(context, end);
    on_grpc_receive(root: ContextId, id: CallId, _size: usize) = grpc_message(root, id);
    on_grpc_close(root: ContextId, id: CallId, status: u32) = grpc_end(root, id, status);
}
