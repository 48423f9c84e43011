//! What a dynamic module and Envoy call in each other, by the
//! [ABI](https://github.com/envoyproxy/envoy/blob/v1.40.0/source/extensions/dynamic_modules/abi/abi.h)
//! of Envoy 1.40, as far as it is used here.
#![allow(unsafe_code)]

use std::ffi::{CStr, c_char, c_void};
use std::slice;

/// The version of the ABI; another Envoy warns of it.
pub(super) const VERSION: &CStr = c"v0.2.0";

/// Envoy's configuration of a filter.
pub(super) type ConfigPtr = *mut c_void;
/// Envoy's filter of a request.
pub(super) type FilterPtr = *mut c_void;
/// What brings an event to a thread of Envoy.
pub(super) type SchedulerPtr = *mut c_void;

/// Bytes of Envoy, valid while a hook runs.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub(super) struct EnvoyBuffer {
    pub(super) bytes: *const u8,
    pub(super) length: usize,
}

/// Bytes of the module.
#[derive(Clone, Copy)]
#[repr(C)]
pub(super) struct ModuleBuffer {
    pub(super) bytes: *const u8,
    pub(super) length: usize,
}

/// A line of headers, of Envoy or of the module.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub(super) struct HeaderLine {
    pub(super) name: EnvoyBuffer,
    pub(super) value: EnvoyBuffer,
}

impl EnvoyBuffer {
    pub(super) const EMPTY: Self = Self {
        bytes: std::ptr::null(),
        length: 0,
    };

    /// The bytes of the module in the place of Envoy's.
    pub(super) fn of(bytes: &[u8]) -> Self {
        Self {
            bytes: bytes.as_ptr(),
            length: bytes.len(),
        }
    }

    /// # Safety
    /// The hook that got them still runs, and what they are of was not changed.
    pub(super) unsafe fn as_slice<'a>(self) -> &'a [u8] {
        if self.bytes.is_null() {
            return &[];
        }
        // SAFETY: by the ABI there are so many bytes.
        unsafe { slice::from_raw_parts(self.bytes, self.length) }
    }
}

impl ModuleBuffer {
    pub(super) fn new(bytes: impl AsRef<[u8]>) -> Self {
        let bytes = bytes.as_ref();
        Self {
            bytes: bytes.as_ptr(),
            length: bytes.len(),
        }
    }
}

/// `envoy_dynamic_module_type_http_header_type`
pub(super) const REQUEST_HEADERS: u32 = 0;
/// `envoy_dynamic_module_type_metadata_source`
pub(super) const DYNAMIC_METADATA: u32 = 0;
pub(super) const ROUTE_METADATA: u32 = 1;
pub(super) const CLUSTER_METADATA: u32 = 2;
/// A `Success` of all results that have one.
pub(super) const SUCCESS: u32 = 0;

/// Declares callbacks, each with `envoy_dynamic_module_callback_` before its name.
macro_rules! callbacks {
    ($($link:literal $name:ident($($argument:ident: $type:ty),*) $(-> $answer:ty)?;)+) => {
        unsafe extern "C" {
            $(
                #[link_name = concat!("envoy_dynamic_module_callback_", $link)]
                pub(super) fn $name($($argument: $type),*) $(-> $answer)?;
            )+
        }
    };
}

callbacks! {
    "log" log(level: u32, message: ModuleBuffer);
    "log_enabled" log_enabled(level: u32) -> bool;
    "is_validation_mode" is_validation_mode() -> bool;

    "http_get_headers_size" get_headers_size(filter: FilterPtr, kind: u32) -> usize;
    "http_get_headers" get_headers(filter: FilterPtr, kind: u32, lines: *mut HeaderLine) -> bool;
    "http_set_header" set_header(filter: FilterPtr, kind: u32, name: ModuleBuffer, value: ModuleBuffer) -> bool;
    "http_filter_get_attribute_string" get_attribute_string(filter: FilterPtr, id: u32, value: *mut EnvoyBuffer) -> bool;
    "http_filter_get_attribute_int" get_attribute_int(filter: FilterPtr, id: u32, value: *mut u64) -> bool;
    "http_filter_get_attribute_bool" get_attribute_bool(filter: FilterPtr, id: u32, value: *mut bool) -> bool;
    "http_get_metadata_string" get_metadata_string(filter: FilterPtr, source: u32, namespace: ModuleBuffer, key: ModuleBuffer, value: *mut EnvoyBuffer) -> bool;
    "http_get_metadata_bool" get_metadata_bool(filter: FilterPtr, source: u32, namespace: ModuleBuffer, key: ModuleBuffer, value: *mut bool) -> bool;
    "http_get_metadata_keys_count" get_metadata_keys_count(filter: FilterPtr, source: u32, namespace: ModuleBuffer) -> usize;
    "http_get_metadata_keys" get_metadata_keys(filter: FilterPtr, source: u32, namespace: ModuleBuffer, keys: *mut EnvoyBuffer) -> bool;
    "http_get_filter_state_typed" get_filter_state(filter: FilterPtr, key: ModuleBuffer, value: *mut EnvoyBuffer) -> bool;
    "http_set_filter_state_bytes" set_filter_state(filter: FilterPtr, key: ModuleBuffer, value: ModuleBuffer) -> bool;
    "http_send_response" send_response(filter: FilterPtr, status: u32, headers: *const HeaderLine, count: usize, body: ModuleBuffer, details: ModuleBuffer);
    "http_filter_continue_decoding" continue_decoding(filter: FilterPtr);

    "http_filter_scheduler_new" scheduler_new(filter: FilterPtr) -> SchedulerPtr;
    "http_filter_scheduler_commit" scheduler_commit(scheduler: SchedulerPtr, event: u64);
    "http_filter_scheduler_delete" scheduler_delete(scheduler: SchedulerPtr);
    "http_filter_config_scheduler_new" config_scheduler_new(config: ConfigPtr) -> SchedulerPtr;
    "http_filter_config_scheduler_commit" config_scheduler_commit(scheduler: SchedulerPtr, event: u64);
    "http_filter_config_scheduler_delete" config_scheduler_delete(scheduler: SchedulerPtr);

    "http_filter_start_http_stream" start_stream(filter: FilterPtr, id: *mut u64, cluster: ModuleBuffer, headers: *const HeaderLine, count: usize, body: ModuleBuffer, end: bool, timeout_ms: u64) -> u32;
    "http_stream_send_data" send_data(filter: FilterPtr, id: u64, data: ModuleBuffer, end: bool) -> bool;
    "http_filter_reset_http_stream" reset_stream(filter: FilterPtr, id: u64);
    "http_filter_config_start_http_stream" config_start_stream(config: ConfigPtr, id: *mut u64, cluster: ModuleBuffer, headers: *const HeaderLine, count: usize, body: ModuleBuffer, end: bool, timeout_ms: u64) -> u32;
    "http_filter_config_stream_send_data" config_send_data(config: ConfigPtr, id: u64, data: ModuleBuffer, end: bool) -> bool;
    "http_filter_config_reset_http_stream" config_reset_stream(config: ConfigPtr, id: u64);

    "http_filter_config_define_counter" define_counter(config: ConfigPtr, name: ModuleBuffer, labels: *const ModuleBuffer, count: usize, id: *mut usize) -> u32;
    "http_filter_config_define_gauge" define_gauge(config: ConfigPtr, name: ModuleBuffer, labels: *const ModuleBuffer, count: usize, id: *mut usize) -> u32;
    "http_filter_config_increment_counter" increment_counter(config: ConfigPtr, id: usize, labels: *const ModuleBuffer, count: usize, by: u64) -> u32;
    "http_filter_config_increment_gauge" increment_gauge(config: ConfigPtr, id: usize, labels: *const ModuleBuffer, count: usize, by: u64) -> u32;
    "http_filter_config_decrement_gauge" decrement_gauge(config: ConfigPtr, id: usize, labels: *const ModuleBuffer, count: usize, by: u64) -> u32;
    "http_filter_config_set_gauge" set_gauge(config: ConfigPtr, id: usize, labels: *const ModuleBuffer, count: usize, value: u64) -> u32;
}

/// A C string that Envoy keeps no longer than a call.
pub(super) fn version() -> *const c_char {
    VERSION.as_ptr()
}

/// # Safety
/// There are so many lines, and they are valid.
pub(super) unsafe fn lines<'a>(
    lines: *const HeaderLine,
    count: usize,
) -> Vec<(&'a [u8], &'a [u8])> {
    if lines.is_null() {
        return Vec::new();
    }
    let lines = unsafe { slice::from_raw_parts(lines, count) };
    let line = |line: &HeaderLine| unsafe { (line.name.as_slice(), line.value.as_slice()) };
    lines.iter().map(line).collect()
}

/// # Safety
/// There are so many chunks, and they are valid.
pub(super) unsafe fn chunks<'a>(chunks: *const EnvoyBuffer, count: usize) -> Vec<&'a [u8]> {
    if chunks.is_null() {
        return Vec::new();
    }
    let chunks = unsafe { slice::from_raw_parts(chunks, count) };
    let bytes = |chunk: &EnvoyBuffer| unsafe { chunk.as_slice() };
    chunks.iter().map(bytes).collect()
}
