//! What the upstream is told of maintenance that is to come.

use std::cell::RefCell;

use crate::policy::policy::Policy;
use crate::state::state::State;
use crate::syntax::timestamp::Timestamp;

/// What was found out last, so that a request compares the clock with two numbers.
#[derive(Default)]
pub(crate) struct Announcement(RefCell<Option<Known>>);

struct Known {
    generation: u64,
    /// From then on, and before the other, it holds.
    from: Timestamp,
    to: Option<Timestamp>,
    value: Option<String>,
}

impl Announcement {
    /// `soon; …` where something is announced, given to a function.
    pub(crate) fn with<T>(
        &self,
        policy: &Policy,
        state: &State,
        now: Timestamp,
        tell: impl FnOnce(Option<&str>) -> T,
    ) -> T {
        let mut known = self.0.borrow_mut();
        let holds = |known: &Known| {
            known.generation == state.generation
                && known.from <= now
                && known.to.is_none_or(|to| now < to)
        };
        if !known.as_ref().is_some_and(holds) {
            *known = Some(Known::at(policy, state, now));
        }
        tell(known.as_ref().and_then(|known| known.value.as_deref()))
    }
}

impl Known {
    fn at(policy: &Policy, state: &State, now: Timestamp) -> Self {
        let next = policy.next(state, now);
        let begin = next.map(|next| policy.announced_from(next.start));
        let known = |to, value| Self {
            generation: state.generation,
            from: now,
            to,
            value,
        };
        match (next, begin) {
            (Some(next), Some(begin)) if begin <= now => {
                let until = next.until.map(|until| format!("; until={until}"));
                let until = until.unwrap_or_default();
                let value = format!("soon; starts={}{until}", next.start);
                known(Some(next.start), Some(value))
            }
            (_, begin) => known(begin, None),
        }
    }
}
