//! What keeps a panic from leaving a hook: it would end Envoy.

use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};
use std::{env, fs, mem, panic};

use log::Level;

use crate::hosts::native::log::log;

/// Works for a hook; where that panics, `failed` makes good what it can, and there is nothing.
pub(super) fn guarded<T>(hook: &str, work: impl FnOnce() -> T, failed: impl FnOnce()) -> Option<T> {
    let done = caught(|| {
        panic_if_told(hook);
        work()
    });
    if done.is_none() {
        caught(failed);
    }
    done
}

fn caught<T>(work: impl FnOnce() -> T) -> Option<T> {
    let panicked = match catch_unwind(AssertUnwindSafe(work)) {
        Ok(done) => return Some(done),
        Err(panicked) => panicked,
    };
    // To drop it may panic again.
    if let Err(again) = catch_unwind(AssertUnwindSafe(|| drop(panicked))) {
        mem::forget(again);
    }
    None
}

/// Panics are told in Envoy's log from now on.
pub(super) fn report_panics() {
    panic::set_hook(Box::new(report));
}

/// Says where the module panicked, once a second at most. A panic in here would end Envoy.
fn report(panic: &PanicHookInfo<'_>) {
    static LAST: AtomicU64 = AtomicU64::new(0);
    static UNTOLD: AtomicU64 = AtomicU64::new(0);

    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let now = now.map_or(0, |now| now.as_secs());
    if LAST.swap(now, Ordering::Relaxed) == now {
        UNTOLD.fetch_add(1, Ordering::Relaxed);
        return;
    }
    let at = panic.location().map(ToString::to_string);
    let at = at.as_deref().unwrap_or("an unknown place");
    let why = panic.payload_as_str().unwrap_or("no reason");
    let line = format_args!("a fault of the module: it panicked at {at}: {why}");
    match UNTOLD.swap(0, Ordering::Relaxed) {
        0 => log(Level::Error, line),
        more => log(Level::Error, format_args!("{line}; {more} more before")),
    }
}

/// In a build for the tests: panics where the file says so that this variable names.
#[allow(clippy::panic, reason = "what it is for")]
pub(super) fn panic_if_told(place: &str) {
    if cfg!(feature = "panics") {
        let told = env::var_os("MAINTENANCE_MODE_PANIC").and_then(|file| fs::read(file).ok());
        if told.is_some_and(|told| told == place.as_bytes()) {
            panic!("told to, in {place}");
        }
    }
}
