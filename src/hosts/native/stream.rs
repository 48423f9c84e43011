//! A request, as Envoy has it.

use std::borrow::Cow;
use std::cell::{Cell, RefCell, RefMut};
use std::rc::Rc;
use std::sync::Arc;

use maintenance_mode_core::filter::host::Stream;
use maintenance_mode_core::reply::local_reply::LocalReply;
use maintenance_mode_core::request::attribute::{Attribute, AttributePath};
use maintenance_mode_core::request::headers::Headers;
use maintenance_mode_core::syntax::wire;

use crate::hosts::abi::grpc::of_http;
use crate::hosts::abi::module_attribute::SOURCE_ADDRESS;
use crate::hosts::native::attribute;
use crate::hosts::native::callbacks::{FilterHandle, Lines};
use crate::hosts::native::clock::Beat;
use crate::hosts::native::filter_config::FilterConfig;

/// The key of the filter state, as access logs name it.
const FILTER_STATE: &str = "wasm.maintenance_mode";

/// A request; its clones are the same one.
#[derive(Clone, Debug)]
pub(super) struct HttpStream(pub(super) Rc<StreamState>);

/// A request, and what is known of it.
#[derive(Debug)]
pub(super) struct StreamState {
    filter: FilterHandle,
    /// What it has come to.
    config: Arc<FilterConfig>,
    is_open: Cell<bool>,
    fate: Cell<Fate>,
    was_stopped: Cell<bool>,
    ends_with_headers: Cell<bool>,
    /// Its headers, once they were asked for.
    lines: RefCell<Lines>,
    /// What wakes its worker while it waits.
    beat: RefCell<Option<Beat>>,
}

/// What becomes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Undecided,
    /// It goes on.
    Passed,
    Answered,
}

thread_local! {
    /// The requests of this worker that are to go on once all else is done: what they then pass
    /// may lead back to here.
    static RESUMED: RefCell<Vec<HttpStream>> = const { RefCell::new(Vec::new()) };
    /// The memory of a request that is over, for the next one.
    static SPARE: Cell<Option<Rc<StreamState>>> = const { Cell::new(None) };
}

impl StreamState {
    fn new(filter: FilterHandle, config: Arc<FilterConfig>, mut lines: Lines) -> Self {
        lines.clear();
        Self {
            filter,
            config,
            is_open: Cell::new(true),
            fate: Cell::new(Fate::Undecided),
            was_stopped: Cell::new(false),
            ends_with_headers: Cell::new(false),
            lines: lines.into(),
            beat: RefCell::default(),
        }
    }
}

impl HttpStream {
    pub(super) fn new(filter: FilterHandle, config: Arc<FilterConfig>) -> Self {
        let Some(mut spare) = SPARE.take() else {
            return Self(Rc::new(StreamState::new(filter, config, Lines::default())));
        };
        match Rc::get_mut(&mut spare) {
            Some(over) => *over = StreamState::new(filter, config, over.lines.take()),
            None => spare = Rc::new(StreamState::new(filter, config, Lines::default())),
        }
        Self(spare)
    }

    /// Envoy has forgotten it.
    pub(super) fn end(self) {
        SPARE.set(Some(self.0));
    }

    pub(super) fn filter(&self) -> FilterHandle {
        self.0.filter
    }

    pub(super) fn config(&self) -> &Arc<FilterConfig> {
        &self.0.config
    }

    pub(super) fn set_end(&self, ends_with_headers: bool) {
        self.0.ends_with_headers.set(ends_with_headers);
    }

    pub(super) fn is(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }

    /// It goes on.
    pub(super) fn pass(&self) {
        self.0.fate.set(Fate::Passed);
    }

    /// It goes no further for now.
    pub(super) fn stop(&self) {
        self.0.was_stopped.set(true);
    }

    pub(super) fn was_stopped(&self) -> bool {
        self.0.was_stopped.get()
    }

    /// Whether nothing more is to become of it.
    pub(super) fn is_decided(&self) -> bool {
        self.0.fate.get() != Fate::Undecided
    }

    /// Its worker is to be woken again and again.
    pub(super) fn wake(&self) {
        let mut beat = self.0.beat.borrow_mut();
        if beat.is_none() {
            *beat = Some(Beat::of_worker(self.0.filter.scheduler()));
        }
    }

    /// Answers it with a status alone, unless it goes on, was answered or is over.
    pub(super) fn refuse(&self) {
        if self.is_open() && !self.is_decided() {
            self.0.fate.set(Fate::Answered);
            self.0.filter.send_response(503, &[], "", wire::FAULT);
        }
    }

    /// It is over: nothing of it may be asked any more.
    pub(super) fn close(&self) {
        self.0.is_open.set(false);
        self.sleep();
    }

    /// Its worker is woken no more.
    pub(super) fn sleep(&self) {
        self.0.beat.take();
    }

    /// Lets those go on that may.
    pub(super) fn let_go_on() {
        loop {
            let next = RESUMED.with_borrow_mut(Vec::pop);
            let Some(stream) = next else {
                return;
            };
            if stream.is_open() {
                stream.0.filter.continue_decoding();
            }
        }
    }
}

impl Stream for HttpStream {
    type Headers = Self;

    fn path(&self) -> Cow<'_, [u8]> {
        self.first(":path").unwrap_or_default().into()
    }

    fn headers(&self) -> Self {
        self.clone()
    }

    fn has_header(&self, name: &str) -> bool {
        self.first(name).is_some()
    }

    fn ends_with_headers(&self) -> bool {
        self.0.ends_with_headers.get()
    }

    fn cookies(&self) -> Option<Vec<u8>> {
        Some(self.get("cookie")?.into_owned())
    }

    fn source_address(&self) -> Option<Vec<u8>> {
        let address = self.0.filter.attribute_string(SOURCE_ADDRESS)?;
        Some(address.to_owned())
    }

    fn attribute(&self, path: &AttributePath) -> Attribute {
        attribute::read(self.0.filter, self, path.segments())
    }

    fn route_action(&self) -> Attribute {
        attribute::action(self.0.filter)
    }

    fn set_header(&self, name: &str, value: Option<&[u8]>) {
        self.0.filter.set_header(name, value.unwrap_or_default());
        self.0.lines.borrow_mut().clear();
    }

    fn set_filter_state(&self, value: &str) {
        self.0.filter.set_filter_state(FILTER_STATE, value);
    }

    fn send(&self, reply: &LocalReply<'_>) -> bool {
        self.sleep();
        if self.is_decided() {
            return false;
        }
        self.0.fate.set(Fate::Answered);
        let grpc_status = match reply.grpc_status {
            // It is among the headers.
            Some(_) => None,
            None => self.grpc_status(reply.status),
        };
        let grpc_status = grpc_status.iter().map(|status| ("grpc-status", &**status));
        let headers: Vec<(&str, &str)> = reply.headers().chain(grpc_status).collect();
        let filter = self.0.filter;
        filter.send_response(reply.status, &headers, &reply.body, reply.details);
        true
    }

    fn resume(&self) {
        self.sleep();
        self.pass();
        self.0.lines.borrow_mut().clear();
        RESUMED.with_borrow_mut(|resumed| resumed.push(self.clone()));
    }

    fn is_open(&self) -> bool {
        self.0.is_open.get()
    }
}

impl Headers for HttpStream {
    fn values<'h>(&'h self, name: &str) -> impl Iterator<Item = &'h [u8]> {
        (0..).map_while(move |index| self.lines().values(name).nth(index))
    }

    fn first(&self, name: &str) -> Option<&[u8]> {
        self.lines().values(name).next()
    }
}

impl HttpStream {
    /// The lines of its headers. Others may change those of a request that was stopped.
    fn lines(&self) -> RefMut<'_, Lines> {
        let mut lines = self.0.lines.borrow_mut();
        if lines.is_empty() || self.0.was_stopped.get() {
            lines.read(self.0.filter);
        }
        lines
    }

    /// Envoy makes gRPC of whatever answers a request of such a content type, and would take it
    /// for a success: a preflight, or a call of the endpoint.
    fn grpc_status(&self, status: u16) -> Option<String> {
        let content_type = self.first("content-type")?;
        if !content_type.starts_with(b"application/grpc") || (200..300).contains(&status) {
            return None;
        }
        Some(of_http(status.into()).to_string())
    }
}
