//! How long what the windows say holds.

use crate::policy::occurrence::End;
use crate::syntax::timestamp::Timestamp;

/// A time in which nothing changes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stretch {
    pub silenced_at: Option<Timestamp>,
    pub from: Timestamp,
    /// In milliseconds, no more than an `i64` holds.
    pub length: u64,
    pub active: Option<Running>,
}

/// What is under way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Running {
    /// The place in the list of the window that decides.
    pub index: usize,
    pub begin: Option<Timestamp>,
    /// Up to here at least one is under way.
    pub covered: End,
    pub until: Option<Timestamp>,
}

impl Stretch {
    /// A clock that was set back is far past the end, too.
    pub(super) fn holds(&self, now: Timestamp) -> bool {
        let passed = now.unix_millis().wrapping_sub(self.from.unix_millis());
        passed.cast_unsigned() < self.length
    }

    /// Up to when one is under way at any time from a moment on, as far as that was found out.
    pub(super) fn covered(&self, now: Timestamp) -> Option<End> {
        let covered = self.active?.covered;
        (self.from <= now && End::At(now) < covered).then_some(covered)
    }
}
