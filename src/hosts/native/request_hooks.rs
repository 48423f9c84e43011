//! What Envoy calls for a request.
#![allow(unsafe_code)]

use std::cell::Cell;
use std::ffi::c_void;
use std::rc::Rc;
use std::sync::Arc;

use maintenance_mode_core::filter::waiting::Progress;

use crate::hosts::native::abi::FilterPtr;
use crate::hosts::native::callbacks::{FilterHandle, Sender};
use crate::hosts::native::client::CallEvent;
use crate::hosts::native::config_hooks::FilterConfigPtr;
use crate::hosts::native::contexts::{CONTEXTS, Contexts};
use crate::hosts::native::filter_config::FilterConfig;
use crate::hosts::native::guard::guarded;
use crate::hosts::native::hook::{Hooked, hook, hook_or, stream_hooks};
use crate::hosts::native::host::Thread;
use crate::hosts::native::stream::{HttpStream, StreamState};

/// A request, as Envoy hands it back.
type RequestPtr = *const StreamState;

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
    let (filter, config) = unsafe { (FilterHandle::new(filter), Arc::of(config)) };
    let begin = |config| Rc::into_raw(HttpStream::new(filter, config).0);
    let failed = || CONTEXTS.with(|contexts| contexts.count_error(&config, Thread::Worker));
    let request = guarded("http_filter_new", || begin(Arc::clone(&config)), failed);
    // Under no configuration it is refused; Envoy would answer with 500 by itself.
    request.unwrap_or_else(|| begin(Arc::new(FilterConfig::new(config.envoy))))
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_on_http_filter_request_headers(
    _filter: FilterPtr,
    request: RequestPtr,
    end: bool,
) -> u32 {
    let mut status = STOP_ALL_AND_WATERMARK;
    let name = "http_filter_request_headers";
    hook(name, request, |stream: &HttpStream| {
        stream.set_end(end);
        if CONTEXTS.with(|contexts| contexts.request(stream)) == Progress::Continue {
            status = CONTINUE;
        }
    });
    status
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_on_http_filter_scheduled(
    _filter: FilterPtr,
    request: RequestPtr,
    _event: u64,
) {
    let look = |_: &HttpStream| CONTEXTS.with(|contexts| contexts.look());
    let give_up = |stream: &HttpStream| CONTEXTS.with(|contexts| contexts.give_up_all(stream));
    hook_or("http_filter_scheduled", request, look, give_up);
}

stream_hooks!("http_filter", HttpStream);

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_on_http_filter_stream_complete(
    _filter: FilterPtr,
    request: RequestPtr,
) {
    let stream = unsafe { HttpStream::of(request) };
    // Whatever happens then, nobody answers it any more.
    stream.close();
    let failed = || {
        stream.give_up();
        Contexts::complete(&stream);
    };
    let complete = || Contexts::complete(&stream);
    guarded("http_filter_stream_complete", complete, failed);
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_on_http_filter_destroy(request: RequestPtr) {
    let stream = HttpStream(unsafe { Rc::from_raw(request) });
    stream.close();
    let stream = Cell::new(Some(stream));
    let end = || stream.take().map_or((), HttpStream::end);
    let failed = || {
        if let Some(stream) = stream.take() {
            CONTEXTS.with(|contexts| contexts.count_error(stream.config(), Thread::Worker));
        }
    };
    guarded("http_filter_destroy", end, failed);
}

impl Hooked for HttpStream {
    type Target = StreamState;

    unsafe fn of(request: RequestPtr) -> Self {
        unsafe {
            Rc::increment_strong_count(request);
            Self(Rc::from_raw(request))
        }
    }

    fn sender(&self) -> Sender {
        Sender::Filter(self.filter())
    }

    fn take(&self, answers: Vec<CallEvent>) {
        CONTEXTS.with(|contexts| contexts.request_answers(self, answers));
    }

    fn give_up(&self) {
        CONTEXTS.with(|contexts| contexts.give_up_request(self));
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
