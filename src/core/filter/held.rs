//! The requests of a filter that wait for the end of maintenance.

use std::cell::RefCell;

use crate::state::ramp::Ramp;
use crate::syntax::timestamp::Timestamp;

/// A request that waits.
pub(crate) struct Held<S> {
    pub(crate) stream: S,
    /// When its wait is over.
    pub(crate) until: Timestamp,
    /// When something may become of it, unless it opens slowly otherwise than it does now.
    pub(crate) look_at: Timestamp,
    pub(crate) ramp: Option<Ramp>,
}

/// Those of a filter, in the order in which they came.
pub(crate) struct HeldRequests<S>(RefCell<Vec<Held<S>>>);

impl<S> Default for HeldRequests<S> {
    fn default() -> Self {
        Self(RefCell::default())
    }
}

impl<S> HeldRequests<S> {
    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.0.borrow().len()
    }

    pub(crate) fn push(&self, held: Held<S>) {
        self.0.borrow_mut().push(held);
    }

    /// Takes out those that wait no longer.
    pub(crate) fn take(&self, is_over: impl FnMut(&mut Held<S>) -> bool) -> Vec<Held<S>> {
        self.0.borrow_mut().extract_if(.., is_over).collect()
    }
}
