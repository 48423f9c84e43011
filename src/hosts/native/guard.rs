//! What keeps a panic from leaving a hook: it would end Envoy.

use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};
use std::{mem, panic};

use log::Level;

use crate::hosts::native::log::log;

/// Runs a hook; where it panics, `otherwise` is told.
pub(super) fn guarded<T>(hook: impl FnOnce() -> T, otherwise: impl FnOnce() -> T) -> T {
    match catch_unwind(AssertUnwindSafe(hook)) {
        Ok(told) => told,
        Err(payload) => {
            // To drop it may panic again.
            mem::forget(payload);
            otherwise()
        }
    }
}

/// Panics are told in Envoy's log from now on.
pub(super) fn report_panics() {
    panic::set_hook(Box::new(|panic| guarded(|| report(panic), || ())));
}

/// Says where the module panicked, once a second at most.
fn report(panic: &PanicHookInfo<'_>) {
    static LAST: AtomicU64 = AtomicU64::new(0);

    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let now = now.map_or(0, |now| now.as_secs());
    if LAST.swap(now, Ordering::Relaxed) != now {
        log(Level::Error, format_args!("a fault of the module: {panic}"));
    }
}
