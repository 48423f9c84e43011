//! What Envoy calls for a module and for a filter that it configures.
#![allow(unsafe_code)]

use std::ffi::c_char;
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::hosts::native::abi;
use crate::hosts::native::abi::{ConfigPtr, EnvoyBuffer};
use crate::hosts::native::callbacks::{ConfigHandle, Sender};
use crate::hosts::native::client::CallEvent;
use crate::hosts::native::clock;
use crate::hosts::native::contexts::CONTEXTS;
use crate::hosts::native::filter_config::FilterConfig;
use crate::hosts::native::guard::{guarded, report_panics};
use crate::hosts::native::hook::{Hooked, hook, stream_hooks};
use crate::hosts::native::host::Thread;

/// A configuration, as Envoy hands it back.
pub(super) type FilterConfigPtr = *const FilterConfig;

// SAFETY of the hooks, line by line:
// - `no_mangle`: nothing else that Envoy loads has symbols of these names.
// - Envoy hands back what `config_new` has made until `config_destroy`, and each on the main thread,
//   but the latter on any.
// - Buffers are valid while a hook runs.

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_on_program_init() -> *const c_char {
    guarded("program_init", report_panics, || ());
    abi::version()
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_on_http_filter_config_new(
    config: ConfigPtr,
    _name: EnvoyBuffer,
    text: EnvoyBuffer,
) -> FilterConfigPtr {
    let configure = || {
        let (config, text) = unsafe { (ConfigHandle::new(config), text.as_slice()) };
        let config = Arc::new(FilterConfig::new(config));
        let is_configured = CONTEXTS.with(|contexts| contexts.configure(&config, text));
        is_configured.then(|| Arc::into_raw(config))
    };
    let config = guarded("http_filter_config_new", configure, || ());
    config.flatten().unwrap_or(ptr::null())
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_on_http_filter_config_destroy(pointer: FilterConfigPtr) {
    let config = unsafe { Arc::from_raw(pointer) };
    config.is_gone.store(true, Ordering::Relaxed);
    let destroy = || {
        config.stop();
        clock::stand_aside();
        CONTEXTS.with(|contexts| contexts.forget(&config));
    };
    let failed = || {
        config.stop();
        CONTEXTS.with(|contexts| contexts.count_error(&config, Thread::Main));
    };
    guarded("http_filter_config_destroy", destroy, failed);
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_on_http_filter_config_scheduled(
    _config: ConfigPtr,
    config: FilterConfigPtr,
    _event: u64,
) {
    let name = "http_filter_config_scheduled";
    hook(name, config, |config: &Arc<FilterConfig>| {
        CONTEXTS.with(|contexts| contexts.tick(config));
    });
}

stream_hooks!("http_filter_config", Arc<FilterConfig>);

impl Hooked for Arc<FilterConfig> {
    type Target = FilterConfig;

    unsafe fn of(config: FilterConfigPtr) -> Self {
        unsafe {
            Arc::increment_strong_count(config);
            Arc::from_raw(config)
        }
    }

    fn sender(&self) -> Sender {
        Sender::Config(self.envoy)
    }

    fn take(&self, answers: Vec<CallEvent>) {
        CONTEXTS.with(|contexts| contexts.answers(self, answers));
    }

    fn give_up(&self) {
        CONTEXTS.with(|contexts| contexts.give_up(self));
    }
}
