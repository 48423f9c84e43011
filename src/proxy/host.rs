//! The calls of the host, [Proxy-Wasm ABI 0.2.1](https://github.com/proxy-wasm/spec/tree/main/abi-versions/v0.2.1).
//!
//! The only unsafe code of the crate. It calls the host directly, because the SDK's own
//! wrappers panic on a status they do not expect and on bytes that are no UTF-8, and
//! cannot set response code details. A call that fails here is an absent value. Only gRPC
//! is called through the SDK, which must know to whom answers go.
#![allow(unsafe_code)]

use std::{ptr::null_mut, time::Duration};

use proxy_wasm::{
    hostcalls,
    types::{BufferType, MapType, MetricType},
};

use crate::{
    grpc, header_map::HeaderMap, policy::AttributePath, protobuf::Message, reply::LocalReply,
    request::Attribute, shared_data::SharedData, timestamp::Timestamp,
};

// SAFETY of all calls: each pointer comes with the length of the memory behind it, which
// outlives the call; the host keeps none of them. It writes each result through a pointer
// to a live variable of the type it expects.
#[link(wasm_import_module = "env")]
unsafe extern "C" {
    fn proxy_get_current_time_nanoseconds(time: *mut u64) -> u32;
    fn proxy_set_tick_period_milliseconds(period: u32) -> u32;
    fn proxy_get_buffer_bytes(
        buffer: u32,
        start: usize,
        max_size: usize,
        data: *mut *mut u8,
        size: *mut usize,
    ) -> u32;
    fn proxy_get_header_map_pairs(map: u32, data: *mut *mut u8, size: *mut usize) -> u32;
    fn proxy_get_header_map_value(
        map: u32,
        key: *const u8,
        key_size: usize,
        data: *mut *mut u8,
        size: *mut usize,
    ) -> u32;
    fn proxy_replace_header_map_value(
        map: u32,
        key: *const u8,
        key_size: usize,
        value: *const u8,
        value_size: usize,
    ) -> u32;
    fn proxy_remove_header_map_value(map: u32, key: *const u8, key_size: usize) -> u32;
    fn proxy_get_property(
        path: *const u8,
        path_size: usize,
        data: *mut *mut u8,
        size: *mut usize,
    ) -> u32;
    fn proxy_set_property(
        path: *const u8,
        path_size: usize,
        value: *const u8,
        value_size: usize,
    ) -> u32;
    fn proxy_get_shared_data(
        key: *const u8,
        key_size: usize,
        data: *mut *mut u8,
        size: *mut usize,
        cas: *mut u32,
    ) -> u32;
    fn proxy_set_shared_data(
        key: *const u8,
        key_size: usize,
        value: *const u8,
        value_size: usize,
        cas: u32,
    ) -> u32;
    fn proxy_send_local_response(
        status: u32,
        details: *const u8,
        details_size: usize,
        body: *const u8,
        body_size: usize,
        headers: *const u8,
        headers_size: usize,
        grpc_status: i32,
    ) -> u32;
    fn proxy_get_status(code: *mut u32, message: *mut *mut u8, size: *mut usize) -> u32;
    fn proxy_grpc_send(stream: u32, message: *const u8, size: usize, end: bool) -> u32;
    fn proxy_grpc_cancel(stream: u32) -> u32;
    fn proxy_define_metric(kind: u32, name: *const u8, name_size: usize, id: *mut u32) -> u32;
    fn proxy_increment_metric(id: u32, offset: i64) -> u32;
    fn proxy_record_metric(id: u32, value: u64) -> u32;
}

const OK: u32 = 0;
const NOT_FOUND: u32 = 1;
const NO_GRPC_STATUS: i32 = -1;

/// The time of day.
pub(super) fn now() -> Timestamp {
    let mut nanos = 0;
    // SAFETY: see above.
    unsafe { proxy_get_current_time_nanoseconds(&raw mut nanos) };
    Timestamp::from_unix_millis(i64::try_from(nanos / 1_000_000).unwrap_or(i64::MAX))
}

/// Asks for a call of `on_tick` each `millis` milliseconds.
pub(super) fn set_tick_period(millis: u32) {
    // SAFETY: no pointer.
    unsafe { proxy_set_tick_period_milliseconds(millis) };
}

/// The plugin configuration; empty where there is none.
pub(super) fn plugin_configuration() -> Vec<u8> {
    buffer(BufferType::PluginConfiguration)
}

fn buffer(buffer: BufferType) -> Vec<u8> {
    // SAFETY: see above.
    let (_, bytes) = returned(|data, size| unsafe {
        proxy_get_buffer_bytes(buffer as u32, 0, usize::MAX, data, size)
    });
    bytes
}

/// All headers of the request.
pub(super) fn request_headers() -> HeaderMap {
    let map = MapType::HttpRequestHeaders as u32;
    // SAFETY: see above.
    let (_, bytes) = returned(|data, size| unsafe { proxy_get_header_map_pairs(map, data, size) });
    HeaderMap::decode(bytes)
}

/// The first line of one header of the request; empty where there is none.
pub(super) fn request_header(name: &str) -> Vec<u8> {
    let map = MapType::HttpRequestHeaders as u32;
    // SAFETY: see above.
    let (_, bytes) = returned(|data, size| unsafe {
        proxy_get_header_map_value(map, name.as_ptr(), name.len(), data, size)
    });
    bytes
}

/// Envoy's `source.address`.
pub(super) fn source_address() -> Option<Vec<u8>> {
    let (status, bytes) = property(b"source\0address");
    (status == OK).then_some(bytes)
}

/// The `action` in the metadata of the request's route.
pub(super) fn route_action() -> Attribute {
    const PATH: &[u8] = b"xds\0route_metadata\0filter_metadata\0maintenance_mode\0action";
    match property(PATH) {
        (OK, bytes) => Attribute::decode(bytes, |_| false),
        (NOT_FOUND, _) => Attribute::Absent,
        _ => Attribute::Other,
    }
}

/// An attribute of Envoy.
pub(super) fn attribute(path: &AttributePath) -> Attribute {
    match property(path.as_bytes()) {
        (OK, bytes) => Attribute::decode(bytes, |value| {
            path.is_string(value, |root| property(root).1)
        }),
        (NOT_FOUND, _) => Attribute::Absent,
        _ => Attribute::Other,
    }
}

fn property(path: &[u8]) -> (u32, Vec<u8>) {
    // SAFETY: see above.
    returned(|data, size| unsafe { proxy_get_property(path.as_ptr(), path.len(), data, size) })
}

/// Sets a header of the request, or removes it.
pub(super) fn set_request_header(name: &str, value: Option<&str>) {
    let map = MapType::HttpRequestHeaders as u32;
    // SAFETY: see above.
    unsafe {
        match value {
            Some(value) => proxy_replace_header_map_value(
                map,
                name.as_ptr(),
                name.len(),
                value.as_ptr(),
                value.len(),
            ),
            None => proxy_remove_header_map_value(map, name.as_ptr(), name.len()),
        }
    };
}

/// Sets `%FILTER_STATE(wasm.maintenance_mode:PLAIN)%` of the request.
pub(super) fn set_filter_state(value: &str) {
    const PATH: &[u8] = b"maintenance_mode";
    // SAFETY: see above.
    unsafe { proxy_set_property(PATH.as_ptr(), PATH.len(), value.as_ptr(), value.len()) };
}

/// Answers the request here; `false` if the host could not. One call a request.
pub(super) fn send_local_reply(reply: &LocalReply) -> bool {
    let headers = reply.headers.as_bytes();
    // SAFETY: see above.
    let status = unsafe {
        proxy_send_local_response(
            u32::from(reply.status),
            reply.details.as_ptr(),
            reply.details.len(),
            reply.body.as_ptr(),
            reply.body.len(),
            headers.as_ptr(),
            headers.len(),
            reply.grpc_status.map_or(NO_GRPC_STATUS, i32::from),
        )
    };
    status == OK
}

/// A number in Envoy's stats; where Envoy refuses one, it counts nothing.
#[derive(Clone, Copy, Debug)]
pub(super) struct Metric(Option<u32>);

impl Metric {
    /// A counter, `wasmcustom.<name>` in Envoy.
    pub(super) fn counter(name: &str) -> Self {
        Self::define(MetricType::Counter, name)
    }

    /// A gauge, `wasmcustom.<name>` in Envoy.
    pub(super) fn gauge(name: &str) -> Self {
        Self::define(MetricType::Gauge, name)
    }

    fn define(kind: MetricType, name: &str) -> Self {
        let mut id = 0;
        // SAFETY: see above.
        let status =
            unsafe { proxy_define_metric(kind as u32, name.as_ptr(), name.len(), &raw mut id) };
        Self((status == OK).then_some(id))
    }

    /// Counts one more.
    pub(super) fn increment(self) {
        if let Some(id) = self.0 {
            // SAFETY: no pointer.
            unsafe { proxy_increment_metric(id, 1) };
        }
    }

    /// Sets a gauge.
    pub(super) fn record(self, value: u64) {
        if let Some(id) = self.0 {
            // SAFETY: no pointer.
            unsafe { proxy_record_metric(id, value) };
        }
    }
}

/// Envoy's shared data.
#[derive(Clone, Copy, Debug)]
pub(super) struct HostSharedData;

impl SharedData for HostSharedData {
    fn version(&self, key: &str) -> Option<u32> {
        self.get(key).map(|(_, cas)| cas)
    }

    fn get(&self, key: &str) -> Option<(Vec<u8>, u32)> {
        let mut cas = 0;
        // SAFETY: see above.
        let (status, value) = returned(|data, size| unsafe {
            proxy_get_shared_data(key.as_ptr(), key.len(), data, size, &raw mut cas)
        });
        (status == OK).then_some((value, cas))
    }

    fn set(&self, key: &str, value: &[u8], cas: u32) -> bool {
        // SAFETY: see above.
        let status = unsafe {
            proxy_set_shared_data(key.as_ptr(), key.len(), value.as_ptr(), value.len(), cas)
        };
        status == OK
    }
}

/// Envoy's gRPC client.
#[derive(Clone, Copy, Debug)]
pub(super) struct HostGrpc;

impl grpc::Client for HostGrpc {
    fn call(
        &self,
        cluster: &str,
        (service, method): grpc::Method,
        metadata: grpc::Metadata,
        message: &Message,
        timeout_ms: u64,
    ) -> Option<grpc::CallId> {
        let message = Some(message.as_ref());
        let timeout = Duration::from_millis(timeout_ms);
        let cluster = grpc_service(cluster);
        let cluster = as_text(&cluster);
        hostcalls::dispatch_grpc_call(cluster, service, method, metadata, message, timeout).ok()
    }

    fn open(
        &self,
        cluster: &str,
        (service, method): grpc::Method,
        metadata: grpc::Metadata,
    ) -> Option<grpc::StreamId> {
        let cluster = grpc_service(cluster);
        hostcalls::open_grpc_stream(as_text(&cluster), service, method, metadata).ok()
    }

    fn send(&self, stream: grpc::StreamId, message: &Message) -> bool {
        let message = message.as_ref();
        // SAFETY: see above.
        let status = unsafe { proxy_grpc_send(stream, message.as_ptr(), message.len(), false) };
        status == OK
    }

    fn cancel(&self, stream: grpc::StreamId) {
        // SAFETY: no pointer.
        unsafe { proxy_grpc_cancel(stream) };
    }
}

/// `envoy.config.core.v3.GrpcService` of a cluster. Envoy would take the plain name, too,
/// but ends the process on one that happens to be a message of this type.
fn grpc_service(cluster: &str) -> Vec<u8> {
    let envoy_grpc = Message::default().bytes(1, cluster);
    Message::default().message(1, &envoy_grpc).into()
}

/// What the SDK takes for text.
fn as_text(bytes: &[u8]) -> &str {
    // SAFETY: the SDK hands pointer and length on to the host, and looks at no character.
    unsafe { std::str::from_utf8_unchecked(bytes) }
}

/// The answer to a call that ended with this status code.
pub(super) fn grpc_answer(code: u32) -> Result<Vec<u8>, grpc::Failure> {
    if code == OK {
        Ok(grpc_message())
    } else {
        Err(grpc_failure(code))
    }
}

/// The message that came.
pub(super) fn grpc_message() -> Vec<u8> {
    buffer(BufferType::GrpcReceiveBuffer)
}

/// Why a call or a stream ended with this status code.
pub(super) fn grpc_failure(code: u32) -> grpc::Failure {
    let mut ignored = 0;
    // SAFETY: see above.
    let (_, message) =
        returned(|data, size| unsafe { proxy_get_status(&raw mut ignored, data, size) });
    grpc::Failure::new(code, String::from_utf8_lossy(&message))
}

/// The status and the bytes of a call that returns bytes.
fn returned(call: impl FnOnce(*mut *mut u8, *mut usize) -> u32) -> (u32, Vec<u8>) {
    let mut data = null_mut();
    let mut size = 0;
    let status = call(&raw mut data, &raw mut size);
    if status != OK || data.is_null() {
        return (status, Vec::new());
    }
    // SAFETY: the host has allocated the memory with `proxy_on_memory_allocate`, which the
    // SDK implements by a boxed slice of this size from the global allocator, and leaves it
    // to the module.
    (status, unsafe { Vec::from_raw_parts(data, size, size) })
}
