//! What the windows say, as long as it holds.

use std::cell::Cell;

use crate::policy::stretch::Stretch;
use crate::policy::windows::Windows;
use crate::state::setting::Setting;
use crate::syntax::timestamp::Timestamp;

/// What a worker has found out of the windows last. As long as it holds, a request compares the
/// clock with one number, however many windows there are.
#[derive(Debug, Default)]
pub struct Outlook(Cell<Option<Stretch>>);

/// The windows under way, as one of them decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Active<'p> {
    /// The place in the list of the one that decides.
    pub index: usize,
    /// What it sets.
    pub setting: &'p Setting,
    /// When it began; `None` if it always was under way.
    pub begin: Option<Timestamp>,
    /// When none is under way, if that is known.
    pub until: Option<Timestamp>,
}

impl Outlook {
    /// The windows under way, but for those that began before they were silenced. The one that
    /// ends last decides, of several the first listed.
    pub(super) fn active<'p>(
        &self,
        windows: &'p Windows,
        now: Timestamp,
        silenced_at: Option<Timestamp>,
    ) -> Option<Active<'p>> {
        let known = self
            .0
            .get()
            .filter(|known| known.silenced_at == silenced_at);
        let stretch = match known {
            Some(known) if known.holds(now) => known,
            _ => {
                let stretch = windows.look(now, silenced_at, known.and_then(|it| it.covered(now)));
                self.0.set(Some(stretch));
                stretch
            }
        };
        let running = stretch.active?;
        windows.get(running.index).map(|window| Active {
            index: running.index,
            setting: &window.setting,
            begin: running.begin,
            until: running.until,
        })
    }
}
