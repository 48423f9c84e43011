//! What Envoy calls for a request.
#![allow(unsafe_code)]

use std::ffi::c_void;
use std::ptr;
use std::rc::Rc;

use maintenance_mode_core::filter::waiting::Progress;

use crate::hosts::native::abi;
use crate::hosts::native::abi::{EnvoyBuffer, FilterPtr, HeaderLine};
use crate::hosts::native::callbacks::{Filter, Sender};
use crate::hosts::native::client;
use crate::hosts::native::client::Part;
use crate::hosts::native::config_hooks::{FilterConfigPtr, config_of};
use crate::hosts::native::contexts::{CONTEXTS, Contexts};
use crate::hosts::native::guard::guarded;
use crate::hosts::native::stream::{HttpStream, Request};

/// A request, as Envoy hands it back.
type RequestPtr = *const Request;

/// `envoy_dynamic_module_type_on_http_filter_request_headers_status`, and others that go on.
const CONTINUE: u32 = 0;
/// The body is not read beyond what the buffers of a connection and a stream take.
const STOP_ALL_AND_WATERMARK: u32 = 4;

// SAFETY of the hooks, line by line:
// - `no_mangle`: nothing else that Envoy loads has symbols of these names.
// - Envoy hands back what `filter_new` has made until `destroy`, always on one thread.
// - Buffers are valid while a hook runs.

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_on_http_filter_new(
    config: FilterConfigPtr,
    filter: FilterPtr,
) -> RequestPtr {
    let begin = || {
        let filter = unsafe { Filter::new(filter) };
        let config = unsafe { config_of(config) };
        Rc::into_raw(HttpStream::new(filter, config).0)
    };
    guarded(begin, ptr::null)
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_on_http_filter_request_headers(
    _filter: FilterPtr,
    request: RequestPtr,
    end: bool,
) -> u32 {
    let stream = unsafe { stream_of(request) };
    stream.set_end(end);
    let handle = || match CONTEXTS.with(|contexts| contexts.request(&stream)) {
        Progress::Continue => CONTINUE,
        Progress::Stop | Progress::Hold => STOP_ALL_AND_WATERMARK,
    };
    guarded(handle, || {
        refuse(&stream);
        STOP_ALL_AND_WATERMARK
    })
}

/// Answers a request whose handling has panicked, with a filter that is made anew.
fn refuse(stream: &HttpStream) {
    let refuse = || CONTEXTS.with(|contexts| contexts.give_up(stream));
    guarded(refuse, || ());
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_on_http_filter_scheduled(
    _filter: FilterPtr,
    request: RequestPtr,
    _event: u64,
) {
    with_request(request, |_| CONTEXTS.with(Contexts::look));
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_on_http_filter_http_stream_headers(
    _filter: FilterPtr,
    request: RequestPtr,
    id: u64,
    headers: *const HeaderLine,
    count: usize,
    end: bool,
) {
    with_request(request, |stream| {
        let part = Part::Headers(unsafe { abi::lines(headers, count) });
        request_part(stream, id, &part, end);
    });
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_on_http_filter_http_stream_data(
    _filter: FilterPtr,
    request: RequestPtr,
    id: u64,
    chunks: *const EnvoyBuffer,
    count: usize,
    end: bool,
) {
    with_request(request, |stream| {
        let chunks = unsafe { abi::chunks(chunks, count) };
        request_part(stream, id, &Part::Data(&chunks), end);
    });
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_on_http_filter_http_stream_trailers(
    _filter: FilterPtr,
    request: RequestPtr,
    id: u64,
    trailers: *const HeaderLine,
    count: usize,
) {
    with_request(request, |stream| {
        let part = Part::Headers(unsafe { abi::lines(trailers, count) });
        request_part(stream, id, &part, true);
    });
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_on_http_filter_http_stream_complete(
    _filter: FilterPtr,
    request: RequestPtr,
    id: u64,
) {
    with_request(request, |stream| request_end(stream, id));
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_on_http_filter_http_stream_reset(
    _filter: FilterPtr,
    request: RequestPtr,
    id: u64,
    _reason: u32,
) {
    with_request(request, |stream| request_end(stream, id));
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_on_http_filter_stream_complete(
    _filter: FilterPtr,
    request: RequestPtr,
) {
    with_request(request, Contexts::complete);
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_on_http_filter_destroy(request: RequestPtr) {
    guarded(|| HttpStream(unsafe { Rc::from_raw(request) }).end(), || ());
}

fn with_request(request: RequestPtr, hook: impl FnOnce(&HttpStream)) {
    guarded(|| hook(&unsafe { stream_of(request) }), || ());
}

fn request_part(stream: &HttpStream, id: u64, part: &Part<'_>, end: bool) {
    let answers = client::receive(Sender::Filter(stream.filter()), id, part, end);
    CONTEXTS.with(|contexts| contexts.request_answers(stream, answers));
}

fn request_end(stream: &HttpStream, id: u64) {
    let answers = client::end(Sender::Filter(stream.filter()), id);
    CONTEXTS.with(|contexts| contexts.request_answers(stream, answers));
}

/// # Safety
/// `filter_new` has made it, and `destroy` did not take it.
unsafe fn stream_of(request: RequestPtr) -> HttpStream {
    unsafe {
        Rc::increment_strong_count(request);
        HttpStream(Rc::from_raw(request))
    }
}

/// Hooks that Envoy asks for and of which nothing is needed: all goes on.
macro_rules! unused {
    ($($hook:ident($($type:ty),*) $(-> $status:ty)?;)+) => {
        $(
            #[unsafe(no_mangle)]
            extern "C" fn $hook($(_: $type),*) $(-> $status)? {
                Default::default()
            }
        )+
    };
}

unused! {
    envoy_dynamic_module_on_http_filter_request_body(FilterPtr, RequestPtr, bool) -> u32;
    envoy_dynamic_module_on_http_filter_request_trailers(FilterPtr, RequestPtr) -> u32;
    envoy_dynamic_module_on_http_filter_response_headers(FilterPtr, RequestPtr, bool) -> u32;
    envoy_dynamic_module_on_http_filter_response_body(FilterPtr, RequestPtr, bool) -> u32;
    envoy_dynamic_module_on_http_filter_response_trailers(FilterPtr, RequestPtr) -> u32;
    envoy_dynamic_module_on_http_filter_http_callout_done(FilterPtr, RequestPtr, u64, u32, *const c_void, usize, *const c_void, usize);
    envoy_dynamic_module_on_http_filter_downstream_above_write_buffer_high_watermark(FilterPtr, RequestPtr);
    envoy_dynamic_module_on_http_filter_downstream_below_write_buffer_low_watermark(FilterPtr, RequestPtr);
}
