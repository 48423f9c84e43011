//! The requests of a filter that wait for the end of maintenance.

use std::cell::RefCell;
use std::vec;

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
    pub(crate) fn take(&self, is_over: impl FnMut(&mut Held<S>) -> bool) -> Taken<'_, S> {
        let taken: Vec<Held<S>> = self.0.borrow_mut().extract_if(.., is_over).collect();
        Taken {
            requests: self,
            rest: taken.into_iter(),
        }
    }
}

/// Those that were taken out. Where a panic ends it, the rest of them wait on.
pub(crate) struct Taken<'r, S> {
    requests: &'r HeldRequests<S>,
    rest: vec::IntoIter<Held<S>>,
}

impl<S> Iterator for Taken<'_, S> {
    type Item = Held<S>;

    fn next(&mut self) -> Option<Held<S>> {
        self.rest.next()
    }
}

impl<S> Drop for Taken<'_, S> {
    fn drop(&mut self) {
        self.requests.0.borrow_mut().extend(&mut self.rest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_that_were_not_come_to_wait_on() {
        let requests = HeldRequests::default();
        for stream in 0..4 {
            requests.push(Held {
                stream,
                until: Timestamp::from_unix_millis(0),
                look_at: Timestamp::from_unix_millis(0),
                ramp: None,
            });
        }
        let mut taken = requests.take(|held| held.stream > 0);
        assert_eq!(taken.next().map(|held| held.stream), Some(1));
        drop(taken);
        let left: Vec<i32> = requests.take(|_| true).map(|held| held.stream).collect();
        assert_eq!(left, [0, 2, 3]);
    }
}
