//! What Envoy calls for a module and for a filter that it configures.
#![allow(unsafe_code)]

use std::ffi::c_char;
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::hosts::native::abi;
use crate::hosts::native::abi::{ConfigPtr, EnvoyBuffer, HeaderLine};
use crate::hosts::native::callbacks::{Config, Sender};
use crate::hosts::native::client;
use crate::hosts::native::client::Part;
use crate::hosts::native::contexts::CONTEXTS;
use crate::hosts::native::filter_config::FilterConfig;
use crate::hosts::native::guard::{guarded, report_panics};

/// A configuration, as Envoy hands it back.
pub(super) type FilterConfigPtr = *const FilterConfig;

// SAFETY of the hooks, line by line:
// - `no_mangle`: nothing else that Envoy loads has symbols of these names.
// - Envoy hands back what `config_new` has made until `config_destroy`, and each on the main thread,
//   but the latter on any.
// - Buffers are valid while a hook runs.

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_on_program_init() -> *const c_char {
    guarded(report_panics, || ());
    abi::version()
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_on_http_filter_config_new(
    config: ConfigPtr,
    _name: EnvoyBuffer,
    text: EnvoyBuffer,
) -> FilterConfigPtr {
    let configure = || {
        let (config, text) = unsafe { (Config::new(config), text.as_slice()) };
        let config = Arc::new(FilterConfig::new(config));
        let is_configured = CONTEXTS.with(|contexts| contexts.configure(&config, text));
        if is_configured {
            Arc::into_raw(config)
        } else {
            ptr::null()
        }
    };
    guarded(configure, ptr::null)
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_on_http_filter_config_destroy(config: FilterConfigPtr) {
    let destroy = || {
        let config = unsafe { Arc::from_raw(config) };
        config.is_gone.store(true, Ordering::Relaxed);
        config.stop();
        client::forget(Sender::Config(config.envoy));
        CONTEXTS.with(|contexts| contexts.forget(&config));
    };
    guarded(destroy, || ());
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_on_http_filter_config_scheduled(
    _config: ConfigPtr,
    config: FilterConfigPtr,
    _event: u64,
) {
    with_config(config, |config| {
        CONTEXTS.with(|contexts| contexts.tick(config));
    });
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_on_http_filter_config_http_stream_headers(
    _config: ConfigPtr,
    config: FilterConfigPtr,
    id: u64,
    headers: *const HeaderLine,
    count: usize,
    end: bool,
) {
    with_config(config, |config| {
        let part = Part::Headers(unsafe { abi::lines(headers, count) });
        config_part(config, id, &part, end);
    });
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_on_http_filter_config_http_stream_data(
    _config: ConfigPtr,
    config: FilterConfigPtr,
    id: u64,
    chunks: *const EnvoyBuffer,
    count: usize,
    end: bool,
) {
    with_config(config, |config| {
        let chunks = unsafe { abi::chunks(chunks, count) };
        config_part(config, id, &Part::Data(&chunks), end);
    });
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_on_http_filter_config_http_stream_trailers(
    _config: ConfigPtr,
    config: FilterConfigPtr,
    id: u64,
    trailers: *const HeaderLine,
    count: usize,
) {
    with_config(config, |config| {
        let part = Part::Headers(unsafe { abi::lines(trailers, count) });
        config_part(config, id, &part, true);
    });
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_on_http_filter_config_http_stream_complete(
    _config: ConfigPtr,
    config: FilterConfigPtr,
    id: u64,
) {
    with_config(config, |config| config_end(config, id));
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_on_http_filter_config_http_stream_reset(
    _config: ConfigPtr,
    config: FilterConfigPtr,
    id: u64,
    _reason: u32,
) {
    with_config(config, |config| config_end(config, id));
}

fn with_config(config: FilterConfigPtr, hook: impl FnOnce(&Arc<FilterConfig>)) {
    guarded(|| hook(&unsafe { config_of(config) }), || ());
}

fn config_part(config: &Arc<FilterConfig>, id: u64, part: &Part<'_>, end: bool) {
    let answers = client::receive(Sender::Config(config.envoy), id, part, end);
    CONTEXTS.with(|contexts| contexts.answers(config, answers));
}

fn config_end(config: &Arc<FilterConfig>, id: u64) {
    let answers = client::end(Sender::Config(config.envoy), id);
    CONTEXTS.with(|contexts| contexts.answers(config, answers));
}

/// # Safety
/// `config_new` has made it, and `config_destroy` did not take it.
pub(super) unsafe fn config_of(config: FilterConfigPtr) -> Arc<FilterConfig> {
    unsafe {
        Arc::increment_strong_count(config);
        Arc::from_raw(config)
    }
}
