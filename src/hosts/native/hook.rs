//! The hooks of what Envoy keeps for the module: a configuration, or a request.
#![allow(unsafe_code)]

use crate::hosts::native::callbacks::Sender;
use crate::hosts::native::client;
use crate::hosts::native::client::{CallEvent, Part};
use crate::hosts::native::guard::guarded;

/// What Envoy keeps, and hands back to each hook.
pub(super) trait Hooked: Sized {
    /// What it is a pointer to.
    type Target;

    /// # Safety
    /// Envoy hands it back, and keeps it on.
    unsafe fn of(pointer: *const Self::Target) -> Self;

    /// What it sends requests to a store by.
    fn sender(&self) -> Sender;

    /// What came of calls of a store.
    fn take(&self, answers: Vec<CallEvent>);

    /// A hook of it has panicked.
    fn give_up(&self);
}

/// Works for a hook.
pub(super) fn hook<H: Hooked>(name: &str, pointer: *const H::Target, work: impl FnOnce(&H)) {
    hook_or(name, pointer, work, H::give_up);
}

/// The same, with another way to give up.
pub(super) fn hook_or<H: Hooked>(
    name: &str,
    pointer: *const H::Target,
    work: impl FnOnce(&H),
    give_up: impl FnOnce(&H),
) {
    let hooked = unsafe { H::of(pointer) };
    guarded(name, || work(&hooked), || give_up(&hooked));
}

/// Declares what Envoy calls when a store answers.
///
/// SAFETY: the names are Envoy's, and nothing else that it loads has symbols of them; buffers are
/// valid while a hook runs.
macro_rules! stream_hooks {
    ($of:literal, $hooked:ty) => {
        const _: () = {
            use std::ffi::c_void;

            use crate::hosts::native::abi::{self, EnvoyBuffer, HeaderLine};
            use crate::hosts::native::client::Part;
            use crate::hosts::native::hook::{Hooked, end, part};

            type Pointer = *const <$hooked as Hooked>::Target;

            #[unsafe(export_name = concat!("envoy_dynamic_module_on_", $of, "_http_stream_headers"))]
            extern "C" fn headers(_: *mut c_void, of: Pointer, id: u64, lines: *const HeaderLine, count: usize, ends: bool) {
                let read = || Part::Headers(unsafe { abi::lines(lines, count) });
                part::<$hooked>(concat!($of, "_http_stream_headers"), of, id, read, ends);
            }

            #[unsafe(export_name = concat!("envoy_dynamic_module_on_", $of, "_http_stream_data"))]
            extern "C" fn data(_: *mut c_void, of: Pointer, id: u64, chunks: *const EnvoyBuffer, count: usize, ends: bool) {
                let read = || Part::Data(unsafe { abi::chunks(chunks, count) });
                part::<$hooked>(concat!($of, "_http_stream_data"), of, id, read, ends);
            }

            #[unsafe(export_name = concat!("envoy_dynamic_module_on_", $of, "_http_stream_trailers"))]
            extern "C" fn trailers(_: *mut c_void, of: Pointer, id: u64, lines: *const HeaderLine, count: usize) {
                let read = || Part::Headers(unsafe { abi::lines(lines, count) });
                part::<$hooked>(concat!($of, "_http_stream_trailers"), of, id, read, true);
            }

            #[unsafe(export_name = concat!("envoy_dynamic_module_on_", $of, "_http_stream_complete"))]
            extern "C" fn complete(_: *mut c_void, of: Pointer, id: u64) {
                end::<$hooked>(concat!($of, "_http_stream_complete"), of, id);
            }

            #[unsafe(export_name = concat!("envoy_dynamic_module_on_", $of, "_http_stream_reset"))]
            extern "C" fn reset(_: *mut c_void, of: Pointer, id: u64, _reason: u32) {
                end::<$hooked>(concat!($of, "_http_stream_reset"), of, id);
            }
        };
    };
}

pub(super) use stream_hooks;

/// A part of the answer to a request of a store has come.
pub(super) fn part<'p, H: Hooked>(
    name: &str,
    pointer: *const H::Target,
    id: u64,
    read: impl FnOnce() -> Part<'p>,
    ends: bool,
) {
    hook(name, pointer, |hooked: &H| {
        hooked.take(client::receive(hooked.sender(), id, &read(), ends));
    });
}

/// Nothing more comes of a request of a store.
pub(super) fn end<H: Hooked>(name: &str, pointer: *const H::Target, id: u64) {
    hook(name, pointer, |hooked: &H| {
        hooked.take(client::end(hooked.sender(), id));
    });
}
