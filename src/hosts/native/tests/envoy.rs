//! An Envoy in memory, as far as the module sees it.
#![allow(unsafe_code)]

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::ffi::c_void;
use std::marker::PhantomData;
use std::mem::ManuallyDrop;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, Once};
use std::thread::ThreadId;
use std::{panic, ptr, thread};

use crate::hosts::native::abi::{ConfigPtr, EnvoyBuffer, FilterPtr, HeaderLine};

/// What the module keeps of a configuration or a request.
pub(super) type Kept = *const c_void;
pub(super) type Line = (String, Vec<u8>);

macro_rules! hooks {
    ($($name:ident($($argument:ident: $type:ty),*) $(-> $told:ty)?;)+) => {
        unsafe extern "C" {
            $(
                #[link_name = concat!("envoy_dynamic_module_on_http_filter_", stringify!($name))]
                pub(super) fn $name($($argument: $type),*) $(-> $told)?;
            )+
        }
    };
}

hooks! {
    config_new(config: ConfigPtr, name: EnvoyBuffer, text: EnvoyBuffer) -> Kept;
    config_destroy(kept: Kept);
    config_scheduled(config: ConfigPtr, kept: Kept, event: u64);
    new(config: Kept, filter: FilterPtr) -> Kept;
    request_headers(filter: FilterPtr, kept: Kept, end: bool) -> u32;
    scheduled(filter: FilterPtr, kept: Kept, event: u64);
    stream_complete(filter: FilterPtr, kept: Kept);
    destroy(kept: Kept);
    http_stream_headers(filter: FilterPtr, kept: Kept, id: u64, lines: *const HeaderLine, count: usize, ends: bool);
    http_stream_data(filter: FilterPtr, kept: Kept, id: u64, chunks: *const EnvoyBuffer, count: usize, ends: bool);
    http_stream_trailers(filter: FilterPtr, kept: Kept, id: u64, lines: *const HeaderLine, count: usize);
    http_stream_complete(filter: FilterPtr, kept: Kept, id: u64);
    http_stream_reset(filter: FilterPtr, kept: Kept, id: u64, reason: u32);
    config_http_stream_headers(config: ConfigPtr, kept: Kept, id: u64, lines: *const HeaderLine, count: usize, ends: bool);
    config_http_stream_data(config: ConfigPtr, kept: Kept, id: u64, chunks: *const EnvoyBuffer, count: usize, ends: bool);
    config_http_stream_trailers(config: ConfigPtr, kept: Kept, id: u64, lines: *const HeaderLine, count: usize);
    config_http_stream_complete(config: ConfigPtr, kept: Kept, id: u64);
    config_http_stream_reset(config: ConfigPtr, kept: Kept, id: u64, reason: u32);
}

thread_local! {
    static PANICS: Cell<u64> = const { Cell::new(0) };
}

/// No hook lets one out.
fn count_panics() {
    static ONCE: Once = Once::new();

    ONCE.call_once(|| {
        let tell = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            PANICS.set(PANICS.get() + 1);
            tell(panic);
        }));
    });
}

fn assert_no_panic() {
    let is_stray = IS_STRAY.load(Ordering::Relaxed);
    assert!(!is_stray, "it ended on a thread that is not its own");
    assert!(thread::panicking() || PANICS.get() == 0);
}

/// Requests to a cluster that are under way, by their numbers.
#[derive(Default)]
pub(super) struct Sent {
    last: u64,
    pub(super) open: Vec<u64>,
}

impl Sent {
    pub(super) fn begin(&mut self) -> u64 {
        self.last += 1;
        self.open.push(self.last);
        self.last
    }

    /// Whether it was under way.
    pub(super) fn end(&mut self, id: u64) -> bool {
        let before = self.open.len();
        self.open.retain(|open| *open != id);
        self.open.len() < before
    }
}

/// What a scheduler brings events to. Whoever brings one holds it meanwhile, so that it may end
/// there, as all else of a request in Envoy.
#[derive(Default)]
pub(super) struct Events {
    pub(super) count: AtomicU64,
    worker: Option<ThreadId>,
    /// What was kept of a configuration that only who brings an event still holds.
    forgotten: AtomicUsize,
}

impl Events {
    fn of_worker() -> Self {
        let mut events = Self::default();
        events.worker = Some(thread::current().id());
        events
    }

    /// Lets go of what an event was brought to.
    pub(super) fn release(&self) {
        match self.forgotten.swap(0, Ordering::Acquire) {
            0 => {}
            kept => {
                unsafe { config_destroy(ptr::with_exposed_provenance(kept)) };
                // Envoy would end the rest of it here.
                IS_STRAY.store(true, Ordering::Relaxed);
            }
        }
    }

    pub(super) fn is_forgotten(&self) -> bool {
        self.forgotten.load(Ordering::Acquire) != 0
    }
}

static IS_STRAY: AtomicBool = AtomicBool::new(false);

impl Drop for Events {
    fn drop(&mut self) {
        let current = thread::current().id();
        if self.worker.is_some_and(|worker| worker != current) {
            IS_STRAY.store(true, Ordering::Relaxed);
        }
    }
}

/// Envoy's configuration of a filter.
#[derive(Default)]
pub(super) struct EnvoyConfig {
    pub(super) stats: Mutex<BTreeMap<String, usize>>,
    pub(super) values: Mutex<Vec<u64>>,
    pub(super) events: Arc<Events>,
    pub(super) sent: Mutex<Sent>,
    pub(super) kept: Mutex<usize>,
}

/// Envoy's filter of a request.
pub(super) struct EnvoyFilter {
    pub(super) address: String,
    pub(super) headers: RefCell<Vec<Line>>,
    /// What another filter has found out, under the key `role`.
    pub(super) metadata: RefCell<Option<Vec<u8>>>,
    pub(super) response: RefCell<Option<(u32, String)>>,
    pub(super) goes_on: Cell<bool>,
    pub(super) events: Arc<Events>,
    pub(super) sent: RefCell<Sent>,
    pub(super) is_complete: Cell<bool>,
    pub(super) kept: Cell<Kept>,
}

/// A filter that is configured; it is destroyed when it is dropped.
pub(super) struct Configured {
    pub(super) envoy: Arc<EnvoyConfig>,
    kept: Kept,
}

// SAFETY: by the ABI, what is handed over may be used on all threads of Envoy.
unsafe impl Sync for Configured {}

impl Configured {
    pub(super) fn new(text: &str) -> Option<Self> {
        count_panics();
        let envoy = Arc::new(EnvoyConfig::default());
        let pointer = Arc::as_ptr(&envoy).cast_mut().cast();
        let text = EnvoyBuffer::of(text.as_bytes());
        let kept = unsafe { config_new(pointer, EnvoyBuffer::EMPTY, text) };
        *envoy.kept.lock().unwrap() = kept.expose_provenance();
        (!kept.is_null()).then(|| Self { envoy, kept })
    }

    fn pointer(&self) -> ConfigPtr {
        Arc::as_ptr(&self.envoy).cast_mut().cast()
    }

    /// Brings the events that have come.
    pub(super) fn run(&self) {
        if self.envoy.events.count.swap(0, Ordering::Acquire) > 0 {
            unsafe { config_scheduled(self.pointer(), self.kept, 0) };
        }
    }

    /// The requests to a cluster that are under way.
    pub(super) fn open(&self) -> Vec<u64> {
        self.envoy.sent.lock().unwrap().open.clone()
    }

    pub(super) fn answer(&self, id: u64, part: &Part<'_>) {
        answer(part, |part| unsafe {
            let (pointer, kept) = (self.pointer(), self.kept);
            match part {
                Raw::Headers(lines, ends) => {
                    config_http_stream_headers(pointer, kept, id, lines.as_ptr(), lines.len(), ends)
                }
                Raw::Data(chunks, ends) => {
                    config_http_stream_data(pointer, kept, id, chunks.as_ptr(), chunks.len(), ends)
                }
                Raw::Trailers(lines) => {
                    config_http_stream_trailers(pointer, kept, id, lines.as_ptr(), lines.len())
                }
                Raw::Complete => config_http_stream_complete(pointer, kept, id),
                Raw::Reset => config_http_stream_reset(pointer, kept, id, 0),
            }
        });
    }

    /// Envoy forgets it while somebody brings it an event.
    pub(super) fn forget(self) -> Arc<Events> {
        let forgotten = ManuallyDrop::new(self);
        let events = Arc::clone(&forgotten.envoy.events);
        events
            .forgotten
            .store(forgotten.kept.expose_provenance(), Ordering::Release);
        events
    }

    /// What a counter or gauge is.
    pub(super) fn stat(&self, scope: &str, name: &str) -> u64 {
        let name = format!("maintenance_mode.{scope}.{name}");
        let id = *self.envoy.stats.lock().unwrap().get(&name).unwrap();
        self.envoy.values.lock().unwrap()[id]
    }

    /// A request by a client of its own.
    pub(super) fn request(&self, lines: &[(&str, &str)]) -> Request<'_> {
        static LAST: AtomicU64 = AtomicU64::new(0);

        let client = LAST.fetch_add(1, Ordering::Relaxed);
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), value.as_bytes().to_vec());
        let envoy = Rc::new(EnvoyFilter {
            address: format!("[2001:db8:0:{client:x}::1]:4711"),
            headers: RefCell::new(lines.iter().map(own).collect()),
            metadata: RefCell::default(),
            response: RefCell::default(),
            goes_on: Cell::new(false),
            events: Arc::new(Events::of_worker()),
            sent: RefCell::default(),
            is_complete: Cell::new(false),
            kept: Cell::new(ptr::null()),
        });
        let pointer = Rc::as_ptr(&envoy).cast_mut().cast();
        envoy.kept.set(unsafe { new(self.kept, pointer) });
        Request {
            envoy,
            configured: PhantomData,
        }
    }
}

impl Drop for Configured {
    fn drop(&mut self) {
        unsafe { config_destroy(self.kept) };
        assert_no_panic();
    }
}

/// A request; it ends when it is dropped.
pub(super) struct Request<'c> {
    pub(super) envoy: Rc<EnvoyFilter>,
    configured: PhantomData<&'c Configured>,
}

impl Request<'_> {
    fn pointer(&self) -> FilterPtr {
        Rc::as_ptr(&self.envoy).cast_mut().cast()
    }

    fn kept(&self) -> Kept {
        self.envoy.kept.get()
    }

    /// Its headers come; whether it goes on at once.
    pub(super) fn come(&self) -> bool {
        unsafe { request_headers(self.pointer(), self.kept(), true) == 0 }
    }

    pub(super) fn run(&self) {
        if self.envoy.events.count.swap(0, Ordering::Acquire) > 0 && !self.envoy.is_complete.get() {
            unsafe { scheduled(self.pointer(), self.kept(), 0) };
        }
    }

    pub(super) fn status(&self) -> Option<u32> {
        self.envoy.response.borrow().as_ref().map(|it| it.0)
    }

    pub(super) fn open(&self) -> Vec<u64> {
        self.envoy.sent.borrow().open.clone()
    }

    pub(super) fn answer(&self, id: u64, part: &Part<'_>) {
        if self.envoy.is_complete.get() {
            return;
        }
        answer(part, |part| unsafe {
            let (pointer, kept) = (self.pointer(), self.kept());
            match part {
                Raw::Headers(lines, ends) => {
                    http_stream_headers(pointer, kept, id, lines.as_ptr(), lines.len(), ends)
                }
                Raw::Data(chunks, ends) => {
                    http_stream_data(pointer, kept, id, chunks.as_ptr(), chunks.len(), ends)
                }
                Raw::Trailers(lines) => {
                    http_stream_trailers(pointer, kept, id, lines.as_ptr(), lines.len())
                }
                Raw::Complete => http_stream_complete(pointer, kept, id),
                Raw::Reset => http_stream_reset(pointer, kept, id, 0),
            }
        });
    }
}

impl Drop for Request<'_> {
    fn drop(&mut self) {
        self.envoy.complete();
        unsafe { destroy(self.kept()) };
        assert_no_panic();
    }
}

impl EnvoyFilter {
    /// It is over, as it also is by what answers it.
    pub(super) fn complete(&self) {
        if !self.is_complete.replace(true) {
            let pointer = ptr::from_ref(self).cast_mut().cast();
            unsafe { stream_complete(pointer, self.kept.get()) };
        }
    }
}

/// A part of the answer to a request to a cluster.
pub(super) enum Part<'p> {
    Headers(&'p [(&'p [u8], &'p [u8])], bool),
    Data(&'p [&'p [u8]], bool),
    Trailers(&'p [(&'p [u8], &'p [u8])]),
    Complete,
    Reset,
}

enum Raw<'r> {
    Headers(&'r [HeaderLine], bool),
    Data(&'r [EnvoyBuffer], bool),
    Trailers(&'r [HeaderLine]),
    Complete,
    Reset,
}

fn answer(part: &Part<'_>, hook: impl FnOnce(Raw<'_>)) {
    let raw = |lines: &[(&[u8], &[u8])]| -> Vec<HeaderLine> {
        let line = |(name, value): &(&[u8], &[u8])| HeaderLine {
            name: EnvoyBuffer::of(name),
            value: EnvoyBuffer::of(value),
        };
        lines.iter().map(line).collect()
    };
    match part {
        Part::Headers(lines, ends) => hook(Raw::Headers(&raw(lines), *ends)),
        Part::Data(chunks, ends) => {
            let chunks: Vec<EnvoyBuffer> = chunks.iter().map(|it| EnvoyBuffer::of(it)).collect();
            hook(Raw::Data(&chunks, *ends));
        }
        Part::Trailers(lines) => hook(Raw::Trailers(&raw(lines))),
        Part::Complete => hook(Raw::Complete),
        Part::Reset => hook(Raw::Reset),
    }
}
