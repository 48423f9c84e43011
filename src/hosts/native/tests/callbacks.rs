//! What the module calls in it.
#![allow(unsafe_code)]

use std::ffi::c_void;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::time::Duration;
use std::{slice, thread};

use crate::hosts::native::abi::{
    ConfigPtr, EnvoyBuffer, FilterPtr, HeaderLine, ModuleBuffer, SchedulerPtr,
};
use crate::hosts::native::tests::envoy::{
    EnvoyConfig, EnvoyFilter, Events, config_http_stream_reset, http_stream_reset,
};

/// How long Envoy holds what it brings an event to.
const MEANWHILE: Duration = Duration::from_millis(5);

unsafe fn config<'a>(config: ConfigPtr) -> &'a EnvoyConfig {
    unsafe { &*config.cast() }
}

unsafe fn filter<'a>(filter: FilterPtr) -> &'a EnvoyFilter {
    unsafe { &*filter.cast() }
}

unsafe fn bytes<'a>(buffer: ModuleBuffer) -> &'a [u8] {
    unsafe { slice::from_raw_parts(buffer.bytes, buffer.length) }
}

unsafe fn text(buffer: ModuleBuffer) -> String {
    String::from_utf8(unsafe { bytes(buffer) }.to_vec()).unwrap()
}

macro_rules! callbacks {
    ($($name:ident($($argument:ident: $type:ty),*) $(-> $told:ty)? $body:block)+) => {
        $(
            #[unsafe(export_name = concat!("envoy_dynamic_module_callback_", stringify!($name)))]
            extern "C" fn $name($($argument: $type),*) $(-> $told)? {
                #[allow(unused_unsafe)]
                unsafe { $body }
            }
        )+
    };
}

callbacks! {
    log(_level: u32, message: ModuleBuffer) {
        println!("{}", text(message));
    }
    log_enabled(_level: u32) -> bool { true }
    is_validation_mode() -> bool { false }

    http_get_headers_size(of: FilterPtr, _kind: u32) -> usize {
        filter(of).headers.borrow().len()
    }
    http_get_headers(of: FilterPtr, _kind: u32, lines: *mut HeaderLine) -> bool {
        for (at, (name, value)) in filter(of).headers.borrow().iter().enumerate() {
            let (name, value) = (EnvoyBuffer::of(name.as_bytes()), EnvoyBuffer::of(value));
            lines.add(at).write(HeaderLine { name, value });
        }
        true
    }
    http_set_header(of: FilterPtr, _kind: u32, name: ModuleBuffer, value: ModuleBuffer) -> bool {
        let (mut headers, name, value) = (filter(of).headers.borrow_mut(), text(name), bytes(value));
        headers.retain(|line| line.0 != name);
        if !value.is_empty() {
            headers.push((name, value.to_vec()));
        }
        true
    }
    http_filter_get_attribute_string(of: FilterPtr, _id: u32, value: *mut EnvoyBuffer) -> bool {
        *value = EnvoyBuffer::of(filter(of).address.as_bytes());
        true
    }
    http_filter_get_attribute_int(_of: FilterPtr, _id: u32, _value: *mut u64) -> bool { false }
    http_filter_get_attribute_bool(_of: FilterPtr, _id: u32, _value: *mut bool) -> bool { false }
    http_get_metadata_string(of: FilterPtr, _source: u32, _namespace: ModuleBuffer, _key: ModuleBuffer, value: *mut EnvoyBuffer) -> bool {
        let metadata = filter(of).metadata.borrow();
        let found = metadata.as_deref().map(EnvoyBuffer::of);
        found.map(|found| *value = found).is_some()
    }
    http_get_metadata_bool(_of: FilterPtr, _source: u32, _namespace: ModuleBuffer, _key: ModuleBuffer, _value: *mut bool) -> bool { false }
    http_get_metadata_keys_count(_of: FilterPtr, _source: u32, _namespace: ModuleBuffer) -> usize { 1 }
    http_get_metadata_keys(of: FilterPtr, _source: u32, namespace: ModuleBuffer, keys: *mut EnvoyBuffer) -> bool {
        let has_role = bytes(namespace) == b"auth" && filter(of).metadata.borrow().is_some();
        *keys = EnvoyBuffer::of(if has_role { b"role" } else { b"another" });
        true
    }
    http_get_filter_state_typed(_of: FilterPtr, _key: ModuleBuffer, _value: *mut EnvoyBuffer) -> bool { false }
    http_set_filter_state_bytes(_of: FilterPtr, _key: ModuleBuffer, value: ModuleBuffer) -> bool {
        !bytes(value).is_empty()
    }
    http_send_response(of: FilterPtr, status: u32, lines: *const HeaderLine, count: usize, body: ModuleBuffer, _details: ModuleBuffer) {
        let filter = filter(of);
        for line in slice::from_raw_parts(lines, count) {
            assert!(!line.name.as_slice().is_empty(), "{:?}", line.value.as_slice());
        }
        let before = filter.response.replace(Some((status, text(body))));
        assert!(before.is_none(), "answered twice");
        filter.complete();
    }
    http_filter_continue_decoding(of: FilterPtr) {
        assert!(!filter(of).goes_on.replace(true), "goes on twice");
    }

    http_filter_scheduler_new(of: FilterPtr) -> SchedulerPtr {
        Box::into_raw(Box::new(Arc::downgrade(&filter(of).events))).cast()
    }
    http_filter_scheduler_commit(scheduler: SchedulerPtr, _event: u64) { commit(scheduler); }
    http_filter_scheduler_delete(scheduler: SchedulerPtr) { delete(scheduler); }
    http_filter_config_scheduler_new(of: ConfigPtr) -> SchedulerPtr {
        Box::into_raw(Box::new(Arc::downgrade(&config(of).events))).cast()
    }
    http_filter_config_scheduler_commit(scheduler: SchedulerPtr, _event: u64) { commit(scheduler); }
    http_filter_config_scheduler_delete(scheduler: SchedulerPtr) { delete(scheduler); }

    http_filter_start_http_stream(of: FilterPtr, id: *mut u64, _cluster: ModuleBuffer, _lines: *const HeaderLine, _count: usize, _body: ModuleBuffer, _end: bool, _timeout_ms: u64) -> u32 {
        *id = filter(of).sent.borrow_mut().begin();
        0
    }
    http_stream_send_data(of: FilterPtr, id: u64, _data: ModuleBuffer, _end: bool) -> bool {
        filter(of).sent.borrow().open.contains(&id)
    }
    http_filter_reset_http_stream(of: FilterPtr, id: u64) {
        if filter(of).sent.borrow_mut().end(id) {
            http_stream_reset(of, filter(of).kept.get(), id, 0);
        }
    }
    http_filter_config_start_http_stream(of: ConfigPtr, id: *mut u64, _cluster: ModuleBuffer, _lines: *const HeaderLine, _count: usize, _body: ModuleBuffer, _end: bool, _timeout_ms: u64) -> u32 {
        *id = config(of).sent.lock().unwrap().begin();
        0
    }
    http_filter_config_stream_send_data(of: ConfigPtr, id: u64, _data: ModuleBuffer, _end: bool) -> bool {
        config(of).sent.lock().unwrap().open.contains(&id)
    }
    http_filter_config_reset_http_stream(of: ConfigPtr, id: u64) {
        let was_open = config(of).sent.lock().unwrap().end(id);
        if was_open {
            let kept = *config(of).kept.lock().unwrap();
            config_http_stream_reset(of, std::ptr::with_exposed_provenance(kept), id, 0);
        }
    }

    http_filter_config_define_counter(of: ConfigPtr, name: ModuleBuffer, _labels: *const ModuleBuffer, _count: usize, id: *mut usize) -> u32 {
        define(config(of), text(name), id)
    }
    http_filter_config_define_gauge(of: ConfigPtr, name: ModuleBuffer, _labels: *const ModuleBuffer, _count: usize, id: *mut usize) -> u32 {
        define(config(of), text(name), id)
    }
    http_filter_config_increment_counter(of: ConfigPtr, id: usize, _labels: *const ModuleBuffer, _count: usize, by: u64) -> u32 {
        change(config(of), id, |value| value + by)
    }
    http_filter_config_increment_gauge(of: ConfigPtr, id: usize, _labels: *const ModuleBuffer, _count: usize, by: u64) -> u32 {
        change(config(of), id, |value| value + by)
    }
    http_filter_config_decrement_gauge(of: ConfigPtr, id: usize, _labels: *const ModuleBuffer, _count: usize, by: u64) -> u32 {
        change(config(of), id, |value| value - by)
    }
    http_filter_config_set_gauge(of: ConfigPtr, id: usize, _labels: *const ModuleBuffer, _count: usize, to: u64) -> u32 {
        change(config(of), id, |_| to)
    }
}

unsafe fn commit(scheduler: *mut c_void) {
    let events = unsafe { &*scheduler.cast::<Weak<Events>>() };
    if let Some(events) = events.upgrade() {
        thread::sleep(MEANWHILE);
        events.count.fetch_add(1, Ordering::Release);
        events.release();
    }
}

unsafe fn delete(scheduler: *mut c_void) {
    drop(unsafe { Box::from_raw(scheduler.cast::<Weak<Events>>()) });
}

unsafe fn define(config: &EnvoyConfig, name: String, id: *mut usize) -> u32 {
    let mut values = config.values.lock().unwrap();
    let mut stats = config.stats.lock().unwrap();
    let number = *stats.entry(name).or_insert(values.len());
    if number == values.len() {
        values.push(0);
    }
    unsafe { *id = number };
    0
}

fn change(config: &EnvoyConfig, id: usize, change: impl FnOnce(u64) -> u64) -> u32 {
    let mut values = config.values.lock().unwrap();
    values[id] = change(values[id]);
    0
}
