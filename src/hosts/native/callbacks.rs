//! What is called in Envoy, behind functions that are safe.
//!
//! SAFETY of the calls, all of them: a [`ConfigHandle`] and a [`FilterHandle`] are made of what
//! Envoy hands over only (`config_hooks.rs`, `request_hooks.rs`), and are used on the thread and in
//! the time for which it does: a filter until its stream is complete, a configuration until it is
//! destroyed. What a callback returns is copied, or borrowed from what keeps the hook from ending.
#![allow(unsafe_code)]

use std::ptr;

use crate::hosts::native::abi;
use crate::hosts::native::abi::{
    ConfigPtr, EnvoyBuffer, FilterPtr, HeaderLine, ModuleBuffer, REQUEST_HEADERS, SUCCESS,
    SchedulerPtr,
};

/// Envoy's filter of a request, which is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FilterHandle(FilterPtr);

/// Lines of headers, which stay where Envoy has them: valid until a header is set or the hook ends,
/// and a value until its own header is set.
#[derive(Debug, Default)]
pub(super) struct Lines(Vec<HeaderLine>);

/// Envoy's configuration of a filter, which is in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ConfigHandle(ConfigPtr);

// SAFETY: what is called by a configuration from any thread are atomic numbers; all else is
// called on the main thread.
unsafe impl Send for ConfigHandle {}
// SAFETY: as above.
unsafe impl Sync for ConfigHandle {}

/// Brings events to the thread of a request or of a configuration.
#[derive(Debug)]
pub(super) enum Scheduler {
    Filter(SchedulerPtr),
    Config(SchedulerPtr),
}

// SAFETY: an event may be committed, and a scheduler deleted, on any thread.
unsafe impl Send for Scheduler {}
// SAFETY: as above; it is deleted when nobody has it any more.
unsafe impl Sync for Scheduler {}

/// What sends requests to a cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sender {
    Filter(FilterHandle),
    Config(ConfigHandle),
}

pub(super) fn log(level: u32, line: &str) {
    unsafe { abi::log(level, ModuleBuffer::new(line)) }
}

pub(super) fn logs(level: u32) -> bool {
    unsafe { abi::log_enabled(level) }
}

/// Whether Envoy only tries the configuration out.
pub(super) fn is_validation() -> bool {
    unsafe { abi::is_validation_mode() }
}

impl FilterHandle {
    /// # Safety
    /// Envoy has handed it over, and it is used as above.
    pub(super) unsafe fn new(filter: FilterPtr) -> Self {
        Self(filter)
    }

    /// Sets a header, or removes it where the value is empty.
    pub(super) fn set_header(self, name: &str, value: &[u8]) {
        let (name, value) = (ModuleBuffer::new(name), ModuleBuffer::new(value));
        unsafe { abi::set_header(self.0, REQUEST_HEADERS, name, value) };
    }

    pub(super) fn attribute_string<'a>(self, id: u32) -> Option<&'a [u8]> {
        borrowed(|value| unsafe { abi::get_attribute_string(self.0, id, value) })
    }

    pub(super) fn attribute_int(self, id: u32) -> Option<u64> {
        let mut value = 0;
        unsafe { abi::get_attribute_int(self.0, id, &raw mut value) }.then_some(value)
    }

    pub(super) fn attribute_bool(self, id: u32) -> Option<bool> {
        let mut value = false;
        unsafe { abi::get_attribute_bool(self.0, id, &raw mut value) }.then_some(value)
    }

    pub(super) fn metadata_string<'a>(
        self,
        source: u32,
        namespace: &str,
        key: &str,
    ) -> Option<&'a [u8]> {
        let (namespace, key) = (ModuleBuffer::new(namespace), ModuleBuffer::new(key));
        borrowed(|value| unsafe { abi::get_metadata_string(self.0, source, namespace, key, value) })
    }

    pub(super) fn metadata_bool(self, source: u32, namespace: &str, key: &str) -> Option<bool> {
        let (namespace, key) = (ModuleBuffer::new(namespace), ModuleBuffer::new(key));
        let mut value = false;
        unsafe { abi::get_metadata_bool(self.0, source, namespace, key, &raw mut value) }
            .then_some(value)
    }

    /// Whether metadata has a key, whatever its type.
    pub(super) fn has_metadata(self, source: u32, namespace: &str, key: &str) -> bool {
        let namespace = ModuleBuffer::new(namespace);
        let count = unsafe { abi::get_metadata_keys_count(self.0, source, namespace) };
        let mut keys = vec![EnvoyBuffer::EMPTY; count];
        count > 0
            && unsafe { abi::get_metadata_keys(self.0, source, namespace, keys.as_mut_ptr()) }
            && keys
                .into_iter()
                .any(|other| unsafe { other.as_slice() } == key.as_bytes())
    }

    pub(super) fn filter_state<'a>(self, key: &str) -> Option<&'a [u8]> {
        let key = ModuleBuffer::new(key);
        borrowed(|value| unsafe { abi::get_filter_state(self.0, key, value) })
    }

    pub(super) fn set_filter_state(self, key: &str, value: &str) {
        let (key, value) = (ModuleBuffer::new(key), ModuleBuffer::new(value));
        unsafe { abi::set_filter_state(self.0, key, value) };
    }

    /// Answers the request. Hooks of it may run meanwhile.
    pub(super) fn send_response(
        self,
        status: u16,
        headers: &[(&str, &str)],
        body: &str,
        details: &str,
    ) {
        let headers = lines(
            headers
                .iter()
                .map(|(name, value)| (*name, value.as_bytes())),
        );
        let (body, details) = (ModuleBuffer::new(body), ModuleBuffer::new(details));
        let (headers, count) = (headers.as_ptr(), headers.len());
        unsafe { abi::send_response(self.0, status.into(), headers, count, body, details) }
    }

    /// Lets the request go on. Hooks of this and of other filters may run meanwhile.
    pub(super) fn continue_decoding(self) {
        unsafe { abi::continue_decoding(self.0) }
    }

    pub(super) fn scheduler(self) -> Scheduler {
        Scheduler::Filter(unsafe { abi::scheduler_new(self.0) })
    }
}

impl Lines {
    /// Takes those of a request in the place of what was there. Once for all: for a single header
    /// Envoy would make a table of them.
    pub(super) fn read(&mut self, FilterHandle(filter): FilterHandle) {
        let count = unsafe { abi::get_headers_size(filter, REQUEST_HEADERS) };
        self.0.clear();
        self.0.reserve(count);
        if unsafe { abi::get_headers(filter, REQUEST_HEADERS, self.0.as_mut_ptr()) } {
            unsafe { self.0.set_len(count) };
        }
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The values of a header.
    pub(super) fn values<'a>(&self, name: &str) -> impl Iterator<Item = &'a [u8]> {
        let is_it = |line: &&HeaderLine| {
            line.name.length == name.len() && unsafe { line.name.as_slice() } == name.as_bytes()
        };
        let lines = self.0.iter().filter(is_it);
        lines.map(|line| unsafe { line.value.as_slice() })
    }
}

impl ConfigHandle {
    /// # Safety
    /// Envoy has handed it over, and it is used as above.
    pub(super) unsafe fn new(config: ConfigPtr) -> Self {
        Self(config)
    }

    pub(super) fn scheduler(self) -> Scheduler {
        Scheduler::Config(unsafe { abi::config_scheduler_new(self.0) })
    }

    pub(super) fn define_counter(self, name: &str) -> Option<usize> {
        let (name, mut id) = (ModuleBuffer::new(name), 0);
        let result = unsafe { abi::define_counter(self.0, name, ptr::null(), 0, &raw mut id) };
        (result == SUCCESS).then_some(id)
    }

    pub(super) fn define_gauge(self, name: &str) -> Option<usize> {
        let (name, mut id) = (ModuleBuffer::new(name), 0);
        let result = unsafe { abi::define_gauge(self.0, name, ptr::null(), 0, &raw mut id) };
        (result == SUCCESS).then_some(id)
    }

    pub(super) fn increment_counter(self, id: usize) {
        unsafe { abi::increment_counter(self.0, id, ptr::null(), 0, 1) };
    }

    pub(super) fn increment_gauge(self, id: usize) {
        unsafe { abi::increment_gauge(self.0, id, ptr::null(), 0, 1) };
    }

    pub(super) fn decrement_gauge(self, id: usize) {
        unsafe { abi::decrement_gauge(self.0, id, ptr::null(), 0, 1) };
    }

    pub(super) fn set_gauge(self, id: usize, value: u64) {
        unsafe { abi::set_gauge(self.0, id, ptr::null(), 0, value) };
    }
}

impl Scheduler {
    pub(super) fn commit(&self) {
        match self {
            Self::Filter(scheduler) => unsafe { abi::scheduler_commit(*scheduler, 0) },
            Self::Config(scheduler) => unsafe { abi::config_scheduler_commit(*scheduler, 0) },
        }
    }
}

impl Drop for Scheduler {
    fn drop(&mut self) {
        match self {
            Self::Filter(scheduler) => unsafe { abi::scheduler_delete(*scheduler) },
            Self::Config(scheduler) => unsafe { abi::config_scheduler_delete(*scheduler) },
        }
    }
}

impl Sender {
    /// Begins a request to a cluster; its number. Hooks of it may run meanwhile.
    pub(super) fn start(
        self,
        cluster: &str,
        headers: &[(&str, &[u8])],
        body: &[u8],
        end: bool,
        timeout_ms: u64,
    ) -> Option<u64> {
        let headers = lines(headers.iter().copied());
        let (cluster, body) = (ModuleBuffer::new(cluster), ModuleBuffer::new(body));
        let (headers, count) = (headers.as_ptr(), headers.len());
        let mut id = 0;
        let out = &raw mut id;
        let result = match self {
            Self::Filter(FilterHandle(filter)) => unsafe {
                abi::start_stream(filter, out, cluster, headers, count, body, end, timeout_ms)
            },
            Self::Config(ConfigHandle(config)) => unsafe {
                abi::config_start_stream(
                    config, out, cluster, headers, count, body, end, timeout_ms,
                )
            },
        };
        (result == SUCCESS).then_some(id)
    }

    /// Sends more of a request, which goes on; `false` where it has ended.
    pub(super) fn send(self, id: u64, data: &[u8]) -> bool {
        let data = ModuleBuffer::new(data);
        match self {
            Self::Filter(filter) => unsafe { abi::send_data(filter.0, id, data, false) },
            Self::Config(config) => unsafe { abi::config_send_data(config.0, id, data, false) },
        }
    }

    /// Ends a request. Its hook runs meanwhile.
    pub(super) fn reset(self, id: u64) {
        match self {
            Self::Filter(filter) => unsafe { abi::reset_stream(filter.0, id) },
            Self::Config(config) => unsafe { abi::config_reset_stream(config.0, id) },
        }
    }
}

fn borrowed<'a>(get: impl FnOnce(*mut EnvoyBuffer) -> bool) -> Option<&'a [u8]> {
    let mut value = EnvoyBuffer::EMPTY;
    get(&raw mut value).then(|| unsafe { value.as_slice() })
}

fn lines<'a>(headers: impl Iterator<Item = (&'a str, &'a [u8])>) -> Vec<HeaderLine> {
    let line = |(name, value): (&str, &[u8])| HeaderLine {
        name: EnvoyBuffer::of(name.as_bytes()),
        value: EnvoyBuffer::of(value),
    };
    headers.map(line).collect()
}
