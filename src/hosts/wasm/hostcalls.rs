//! What is called in Envoy, by the [Proxy-Wasm ABI 0.2.1](https://github.com/proxy-wasm/spec/tree/main/abi-versions/v0.2.1).
//!
//! The SDK's own wrappers are left out: they panic on a status that they do not expect, and on
//! bytes that are no UTF-8.
#![allow(unsafe_code)]

use std::ptr::null_mut;

use maintenance_mode_core::store::grpc::{CallId, Method};
use proxy_wasm::types::{BufferType, MapType, MetricType};

/// The number of a context, which no other of the VM has.
pub(super) type ContextId = u32;

/// What is sent: the begin of bytes, whose length follows.
type In = *const u8;
/// Where a result is written.
type Out<T> = *mut T;

// A call a line, as in the specification.
#[rustfmt::skip]
#[link(wasm_import_module = "env")]
unsafe extern "C" {
    fn proxy_get_current_time_nanoseconds(time: Out<u64>) -> u32;
    fn proxy_set_tick_period_milliseconds(period: u32) -> u32;
    fn proxy_set_effective_context(context: u32) -> u32;
    fn proxy_get_buffer_bytes(buffer: BufferType, start: usize, max: usize, data: Out<*mut u8>, size: Out<usize>) -> u32;
    fn proxy_get_header_map_pairs(map: MapType, data: Out<*mut u8>, size: Out<usize>) -> u32;
    fn proxy_get_header_map_value(map: MapType, key: In, key_size: usize, data: Out<*mut u8>, size: Out<usize>) -> u32;
    fn proxy_replace_header_map_value(map: MapType, key: In, key_size: usize, value: In, value_size: usize) -> u32;
    fn proxy_remove_header_map_value(map: MapType, key: In, key_size: usize) -> u32;
    fn proxy_get_property(path: In, path_size: usize, data: Out<*mut u8>, size: Out<usize>) -> u32;
    fn proxy_set_property(path: In, path_size: usize, value: In, value_size: usize) -> u32;
    fn proxy_get_shared_data(key: In, key_size: usize, data: Out<*mut u8>, size: Out<usize>, cas: Out<u32>) -> u32;
    fn proxy_set_shared_data(key: In, key_size: usize, value: In, value_size: usize, cas: u32) -> u32;
    fn proxy_send_local_response(status: u32, details: In, details_size: usize, body: In, body_size: usize, headers: In, headers_size: usize, grpc_status: i32) -> u32;
    fn proxy_continue_stream(stream: u32) -> u32;
    fn proxy_get_status(code: Out<u32>, message: Out<*mut u8>, size: Out<usize>) -> u32;
    fn proxy_grpc_call(target: In, target_size: usize, service: In, service_size: usize, method: In, method_size: usize, metadata: In, metadata_size: usize, message: In, message_size: usize, timeout_millis: u32, id: Out<u32>) -> u32;
    fn proxy_grpc_stream(target: In, target_size: usize, service: In, service_size: usize, method: In, method_size: usize, metadata: In, metadata_size: usize, id: Out<u32>) -> u32;
    fn proxy_grpc_send(stream: u32, message: In, size: usize, end: bool) -> u32;
    fn proxy_grpc_cancel(stream: u32) -> u32;
    fn proxy_define_metric(kind: MetricType, name: In, name_size: usize, id: Out<u32>) -> u32;
    fn proxy_increment_metric(id: u32, offset: i64) -> u32;
    fn proxy_record_metric(id: u32, value: u64) -> u32;
    fn proxy_get_metric(id: u32, value: Out<u64>) -> u32;
}

const OK: u32 = 0;
/// There is no such thing.
pub(super) const NOT_FOUND: u32 = 1;

// SAFETY of the calls, to which each refers by number:
// 1. A pointer and a length are of one slice, which outlives the call. The host copies from
//    it before it returns, and writes nothing there.
// 2. A result is written through a pointer to a live and initialised local variable, of the
//    size and the alignment that the declaration says. Where the call fails, the host leaves
//    it as it was.
// 3. No pointer. The numbers may be any: what the host does not know it refuses.
// The enumerations are of the SDK, `repr(u32)` with the numbers of the ABI. While a call
// runs, the host may call `proxy_on_memory_allocate`, which touches the allocator only.

/// What the host returned, or the status that says why it returned nothing.
type Result<T> = std::result::Result<T, u32>;

/// Nanoseconds since the epoch.
pub(super) fn get_current_time() -> u64 {
    // SAFETY: 2, `nanos`.
    number(|nanos| unsafe { proxy_get_current_time_nanoseconds(nanos) }).unwrap_or_default()
}

/// Asks for a call of `on_tick` each `millis` milliseconds.
pub(super) fn set_tick_period(millis: u32) {
    // SAFETY: 3.
    unsafe { proxy_set_tick_period_milliseconds(millis) };
}

/// For whom the calls are that follow, until the callback returns.
pub(super) fn set_effective_context(context: ContextId) -> Result<()> {
    // SAFETY: 3.
    result(unsafe { proxy_set_effective_context(context) })
}

/// All of a buffer.
pub(super) fn get_buffer(buffer: BufferType) -> Result<Vec<u8>> {
    // SAFETY: 2, `data` and `size`.
    returned(|data, size| unsafe { proxy_get_buffer_bytes(buffer, 0, usize::MAX, data, size) })
}

/// A header map, encoded.
pub(super) fn get_header_map(map: MapType) -> Result<Vec<u8>> {
    // SAFETY: 2, `data` and `size`.
    returned(|data, size| unsafe { proxy_get_header_map_pairs(map, data, size) })
}

/// The first line of a header.
pub(super) fn get_header(map: MapType, name: &str) -> Result<Vec<u8>> {
    let (key, len) = (name.as_ptr(), name.len());
    // SAFETY: 1, `name`; 2, `data` and `size`.
    returned(|data, size| unsafe { proxy_get_header_map_value(map, key, len, data, size) })
}

/// Sets a header to one line.
pub(super) fn set_header(map: MapType, name: &str, value: &[u8]) {
    let (key, data) = (name.as_ptr(), value.as_ptr());
    // SAFETY: 1, `name` and `value`.
    unsafe { proxy_replace_header_map_value(map, key, name.len(), data, value.len()) };
}

pub(super) fn remove_header(map: MapType, name: &str) {
    // SAFETY: 1, `name`.
    unsafe { proxy_remove_header_map_value(map, name.as_ptr(), name.len()) };
}

/// A property; the parts of its path are separated by NULs.
pub(super) fn get_property(path: &[u8]) -> Result<Vec<u8>> {
    // SAFETY: 1, `path`; 2, `data` and `size`.
    returned(|data, size| unsafe { proxy_get_property(path.as_ptr(), path.len(), data, size) })
}

pub(super) fn set_property(path: &[u8], value: &[u8]) {
    // SAFETY: 1, `path` and `value`.
    unsafe { proxy_set_property(path.as_ptr(), path.len(), value.as_ptr(), value.len()) };
}

/// A value of shared data, and its compare-and-swap number.
pub(super) fn get_shared_data(key: &[u8]) -> Result<(Vec<u8>, u32)> {
    let mut cas = 0;
    let (at, len) = (key.as_ptr(), key.len());
    // SAFETY: 1, `key`; 2, `data`, `size` and `cas`.
    let value =
        returned(|data, size| unsafe { proxy_get_shared_data(at, len, data, size, &raw mut cas) })?;
    Ok((value, cas))
}

pub(super) fn set_shared_data(key: &[u8], value: &[u8], cas: u32) -> Result<()> {
    let (at, data) = (key.as_ptr(), value.as_ptr());
    // SAFETY: 1, `key` and `value`.
    result(unsafe { proxy_set_shared_data(at, key.len(), data, value.len(), cas) })
}

/// Answers a request; `headers` are an encoded map, a negative gRPC status is none.
#[rustfmt::skip]
pub(super) fn send_local_response(status: u16, details: &[u8], body: &[u8], headers: &[u8], grpc_status: i32) -> Result<()> {
    // SAFETY: 1, `details`, `body` and `headers`.
    result(unsafe {
        proxy_send_local_response(
            u32::from(status),
            details.as_ptr(), details.len(), body.as_ptr(), body.len(), headers.as_ptr(), headers.len(),
            grpc_status,
        )
    })
}

/// Lets a request go on that was stopped.
pub(super) fn continue_request() {
    const HTTP_REQUEST: u32 = 0;
    // SAFETY: 3.
    unsafe { proxy_continue_stream(HTTP_REQUEST) };
}

/// The message that came with the status of a gRPC call.
pub(super) fn get_status_message() -> Result<Vec<u8>> {
    let mut ignored = 0;
    // SAFETY: 2, `ignored`, `data` and `size`.
    returned(|data, size| unsafe { proxy_get_status(&raw mut ignored, data, size) })
}

/// Calls a method of a gRPC service; `target` is an `envoy.config.core.v3.GrpcService`.
#[rustfmt::skip]
pub(super) fn grpc_call(target: &[u8], (service, method): Method, metadata: &[u8], message: &[u8], timeout_millis: u32) -> Result<CallId> {
    // SAFETY: 1, each pair of arguments; 2, `id`.
    number(|id| unsafe {
        proxy_grpc_call(
            target.as_ptr(), target.len(), service.as_ptr(), service.len(), method.as_ptr(), method.len(),
            metadata.as_ptr(), metadata.len(), message.as_ptr(), message.len(),
            timeout_millis, id,
        )
    })
}

#[rustfmt::skip]
pub(super) fn grpc_stream(target: &[u8], (service, method): Method, metadata: &[u8]) -> Result<CallId> {
    // SAFETY: 1, each pair of arguments; 2, `id`.
    number(|id| unsafe {
        proxy_grpc_stream(
            target.as_ptr(), target.len(), service.as_ptr(), service.len(), method.as_ptr(), method.len(),
            metadata.as_ptr(), metadata.len(), id,
        )
    })
}

/// Sends a message, after which others may follow.
pub(super) fn grpc_send(stream: CallId, message: &[u8]) -> Result<()> {
    // SAFETY: 1, `message`.
    result(unsafe { proxy_grpc_send(stream, message.as_ptr(), message.len(), false) })
}

pub(super) fn grpc_cancel(id: CallId) {
    // SAFETY: 3.
    unsafe { proxy_grpc_cancel(id) };
}

/// Defines a metric, or finds it.
pub(super) fn define_metric(kind: MetricType, name: &str) -> Result<u32> {
    // SAFETY: 1, `name`; 2, `id`.
    number(|id| unsafe { proxy_define_metric(kind, name.as_ptr(), name.len(), id) })
}

pub(super) fn increment_metric(id: u32, offset: i64) {
    // SAFETY: 3.
    unsafe { proxy_increment_metric(id, offset) };
}

pub(super) fn record_metric(id: u32, value: u64) {
    // SAFETY: 3.
    unsafe { proxy_record_metric(id, value) };
}

pub(super) fn get_metric(id: u32) -> Result<u64> {
    // SAFETY: 2, `value`.
    number(|value| unsafe { proxy_get_metric(id, value) })
}

fn result(status: u32) -> Result<()> {
    match status {
        OK => Ok(()),
        status => Err(status),
    }
}

/// The number of a call that returns one.
fn number<T: Default>(call: impl FnOnce(Out<T>) -> u32) -> Result<T> {
    let mut number = T::default();
    result(call(&raw mut number))?;
    Ok(number)
}

/// The bytes of a call that returns bytes: what it writes to `data` and `size`.
fn returned(call: impl FnOnce(Out<*mut u8>, Out<usize>) -> u32) -> Result<Vec<u8>> {
    let mut data = null_mut();
    let mut size = 0;
    result(call(&raw mut data, &raw mut size))?;
    if data.is_null() {
        return Ok(Vec::new());
    }
    // SAFETY: the host got `data` by `proxy_on_memory_allocate(size)`, where the SDK makes it
    // of a boxed slice of `size` bytes from the global allocator: so capacity and alignment
    // are those of a `Vec<u8>`. It has written all of them before it returned, and gives them
    // to the module, so nobody else frees them.
    Ok(unsafe { Vec::from_raw_parts(data, size, size) })
}
