//! The filters of a worker, and the requests of them that wait.

use std::cell::RefCell;
use std::rc::Rc;

use crate::filter::filter::{BRISK, CALM, Filter};
use crate::filter::host::{Host, Stream};
use crate::filter::outcome::{Outcome, PendingCall};
use crate::store::grpc::{CallError, CallId};

/// The requests of a worker that wait, whatever filter they are of: a filter that was configured
/// anew answers those that it has begun.
pub struct Waiting<H: Host> {
    /// For a store.
    calls: RefCell<Vec<Waiter<H>>>,
    /// The filters of which requests wait for the end of maintenance.
    holding: RefCell<Vec<Rc<Filter<H>>>>,
}

/// A request that waits for a store, and the filter that answers it.
pub struct Waiter<H: Host> {
    filter: Rc<Filter<H>>,
    stream: H::Stream,
    call: Box<PendingCall>,
}

impl<H: Host> Waiter<H> {
    /// The caller has left.
    pub fn abandon(&self) {
        self.filter.abandon(&self.call);
    }
}

impl<H: Host> Default for Waiting<H> {
    fn default() -> Self {
        Self::new()
    }
}

impl<H: Host> Waiting<H> {
    /// Nobody waits.
    pub const fn new() -> Self {
        Self {
            calls: RefCell::new(Vec::new()),
            holding: RefCell::new(Vec::new()),
        }
    }

    /// A request comes; whether it goes on.
    pub fn handle(&self, filter: &Rc<Filter<H>>, stream: H::Stream) -> Progress {
        match filter.handle(&stream) {
            Outcome::Passed => Progress::Continue,
            Outcome::Answered => Progress::Stop,
            Outcome::Held => {
                self.add_holding(filter);
                Progress::Hold
            }
            Outcome::Waiting(call) => {
                self.calls.borrow_mut().push(Waiter {
                    filter: Rc::clone(filter),
                    stream,
                    call,
                });
                Progress::Stop
            }
        }
    }

    /// Before each tick: lets those go on that wait for the end of maintenance no longer.
    pub fn look_at_held(&self) {
        self.each_holding(Filter::look_at_held);
    }

    /// Where a host tells that a request has left: it waits no longer.
    pub fn forget_closed(&self) {
        self.take_closed().iter().for_each(Waiter::abandon);
        self.each_holding(Filter::forget_closed);
    }

    /// Time passes for a filter, faster while requests wait for the end of maintenance.
    pub fn tick(&self, filter: &Filter<H>) {
        filter.tick();
        let is_any_held = !self.holding.borrow().is_empty();
        filter.set_pace(if is_any_held { BRISK } else { CALM });
    }

    /// Hands over what came of a call of a store; returns it where nobody waits for it.
    pub fn resume<'m>(
        &self,
        id: CallId,
        answer: Result<&'m [u8], CallError>,
    ) -> Option<Result<&'m [u8], CallError>> {
        let Some(mut waiter) = self.take(id) else {
            return Some(answer);
        };
        if !waiter.stream.is_open() {
            waiter.abandon();
            return None;
        }
        let call = &mut waiter.call;
        if waiter.filter.resume(&waiter.stream, call, answer).is_none() {
            self.calls.borrow_mut().push(waiter);
        }
        None
    }

    /// Those that have left, which are forgotten.
    pub fn take_closed(&self) -> Vec<Waiter<H>> {
        let is_closed = |waiter: &mut Waiter<H>| !waiter.stream.is_open();
        self.calls.borrow_mut().extract_if(.., is_closed).collect()
    }

    /// Forgets those of which nobody waits after it.
    fn each_holding(&self, look: impl Fn(&Filter<H>)) {
        // To answer a request may end it, which leads back to here, where those that are still to
        // be looked at seem to be gone.
        let looked_at = self.holding.borrow().clone();
        looked_at.iter().for_each(|filter| look(filter));
        looked_at.iter().for_each(|filter| self.add_holding(filter));
        let mut holding = self.holding.borrow_mut();
        holding.retain(|filter| filter.holds_any());
    }

    fn add_holding(&self, filter: &Rc<Filter<H>>) {
        let mut holding = self.holding.borrow_mut();
        if !holding.iter().any(|other| Rc::ptr_eq(other, filter)) {
            holding.push(Rc::clone(filter));
        }
    }

    fn take(&self, id: CallId) -> Option<Waiter<H>> {
        let mut waiting = self.calls.borrow_mut();
        let at = waiting.iter().position(|waiter| waiter.call.awaits(id))?;
        Some(waiting.swap_remove(at))
    }
}

/// Whether a request goes on, and what follows its headers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// To the upstream.
    Continue,
    /// No further.
    Stop,
    /// No further, until maintenance ends or its wait does.
    Hold,
}
