//! What Envoy calls, by the [Proxy-Wasm ABI 0.2.1](https://github.com/proxy-wasm/spec/tree/main/abi-versions/v0.2.1).
//!
//! The dispatcher of the SDK is left out, because it costs each request several look-ups and a
//! callback at its end.
#![allow(unsafe_code)]

use proxy_wasm::types::{Action, LogLevel};

use crate::hosts::wasm::contexts;
use crate::hosts::wasm::hostcalls::ContextId;

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

#[unsafe(no_mangle)]
extern "C" fn on_context_create(context: ContextId, root: ContextId) {
    contexts::with(|contexts| contexts.create(context, root));
}

#[unsafe(no_mangle)]
extern "C" fn on_configure(root: ContextId, _size: usize) -> bool {
    contexts::with(|contexts| contexts.configure(root))
}

#[unsafe(no_mangle)]
extern "C" fn on_tick(root: ContextId) {
    contexts::with(|contexts| contexts.tick(root));
}

#[unsafe(no_mangle)]
extern "C" fn on_request_headers(context: ContextId, _count: usize, _end_of_stream: u32) -> Action {
    contexts::with(|contexts| contexts.request(context))
}

#[unsafe(no_mangle)]
extern "C" fn on_request_body(context: ContextId, _size: usize, _end_of_stream: u32) -> Action {
    contexts::with(|contexts| contexts.rest_of_request(context))
}

#[unsafe(no_mangle)]
extern "C" fn on_request_trailers(context: ContextId, _count: usize) -> Action {
    contexts::with(|contexts| contexts.rest_of_request(context))
}

#[unsafe(no_mangle)]
extern "C" fn on_grpc_receive(context: ContextId, id: u32, _size: usize) {
    contexts::with(|contexts| contexts.grpc_message(context, id));
}

#[unsafe(no_mangle)]
extern "C" fn on_grpc_close(context: ContextId, id: u32, status: u32) {
    contexts::with(|contexts| contexts.grpc_end(context, id, status));
}
