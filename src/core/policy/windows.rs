//! Planned maintenance.

use std::cmp::Reverse;
use std::iter;

use crate::config::windows::WindowConfig;
use crate::policy::occurrence::{End, Occurrence};
use crate::policy::stretch::{Running, Stretch};
use crate::policy::window::Window;
use crate::state::flag::Next;
use crate::syntax::invalid::{Compiled, each_named};
use crate::syntax::timestamp::Timestamp;

/// The compiled `windows`, in their order.
#[derive(Clone, Debug, Default)]
pub struct Windows(Vec<Window>);

/// How far ahead an end of all is looked for, in milliseconds: 31 days.
const HORIZON: u64 = 31 * 24 * 3600 * 1000;

impl Windows {
    /// Compiles `windows`; refuses one that has the name of another.
    pub fn compile(config: &[WindowConfig]) -> Compiled<Self> {
        let compile = |_, config| Window::compile(config);
        each_named(config, compile, |config| config.name.as_deref()).map(Self)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The one at a place in the list.
    pub fn get(&self, index: usize) -> Option<&Window> {
        self.0.get(index)
    }

    /// The first window to come that is not silenced by then; of several the last to end, of
    /// these the first listed.
    pub fn next(&self, now: Timestamp, silenced_at: Option<Timestamp>) -> Option<Next<'_>> {
        let after = silenced_at.map_or(now, |silenced| now.max(silenced));
        let next = |window| Some((window, Window::next(window, after)?));
        let (window, occurrence) = (self.0.iter().filter_map(next))
            .min_by_key(|(_, occurrence)| (occurrence.begin, Reverse(occurrence.end)))?;
        Some(Next {
            start: occurrence.begin?,
            until: occurrence.end.at(),
            name: window.name.as_deref(),
            message: window.setting.message.as_deref(),
        })
    }

    /// What is open at a moment, then what is to come, each in the order in which it begins.
    pub fn planned(&self, from: Timestamp) -> impl Iterator<Item = (&Window, Occurrence)> {
        let mut open: Vec<_> = (self.0.iter())
            .flat_map(|window| window.open_at(from).map(move |open| (window, open)))
            .collect();
        open.sort_by_key(|(_, open)| (open.begin, Reverse(open.end)));
        let mut to_come: Vec<_> = (self.0.iter())
            .map(|window| (window, window.next(from)))
            .collect();
        let next = move || {
            let all = to_come.iter_mut().filter(|(_, next)| next.is_some());
            let key = |next: &Option<Occurrence>| next.map(|it| (it.begin, Reverse(it.end)));
            let (window, next) = all.min_by_key(|(_, next)| key(next))?;
            let occurrence = next.take()?;
            *next = occurrence.begin.and_then(|begin| window.next(begin));
            Some((*window, occurrence))
        };
        open.into_iter().chain(iter::from_fn(next))
    }

    /// When the last began of those under way; the beginning of time if it always was.
    pub(super) fn last_begin(&self, now: Timestamp) -> Option<Timestamp> {
        let last = self.0.iter().filter_map(|window| window.last(now));
        let under_way = last.filter(|occurrence| occurrence.covers(now));
        let always = Timestamp::from_unix_millis(i64::MIN);
        under_way.map(|it| it.begin.unwrap_or(always)).max()
    }

    /// What is under way, how long that holds, and up to when some are, of which a part may be
    /// known.
    #[inline(never)]
    pub(super) fn look(
        &self,
        now: Timestamp,
        silenced_at: Option<Timestamp>,
        covered: Option<End>,
    ) -> Stretch {
        let mut decisive: Option<(usize, Occurrence)> = None;
        let mut begins = Vec::with_capacity(self.0.len());
        for (index, window) in self.0.iter().enumerate() {
            begins.push(window.next(now).and_then(|next| next.begin));
            let last = window.last(now);
            if let Some(last) = last.filter(|it| it.covers(now) && it.is_audible(silenced_at))
                && decisive.is_none_or(|(_, other)| other.end < last.end)
            {
                decisive = Some((index, last));
            }
        }
        let begin = begins.iter().flatten().min().copied();
        let stretch = |to: Option<Timestamp>, active| Stretch {
            silenced_at,
            from: now,
            length: to.map_or(i64::MAX.cast_unsigned(), |to| now.millis_until(to)),
            active,
        };
        let Some((index, decisive)) = decisive else {
            return stretch(begin, None);
        };
        let horizon = now.plus_millis(HORIZON);
        let covered = covered.map_or(decisive.end, |covered| covered.max(decisive.end));
        let covered = self.covered(covered, &mut begins, silenced_at, horizon);
        let until = covered.at().filter(|end| *end <= horizon);
        // From then on the end is near enough.
        let near = covered.at().filter(|_| until.is_none());
        let near = near.map(|end| end.minus_millis(HORIZON));
        let to = [begin, decisive.end.at(), near];
        let to = to.into_iter().flatten().min();
        let active = Running {
            index,
            begin: decisive.begin,
            covered,
            until,
        };
        stretch(to, Some(active))
    }

    /// Up to when one is under way at any time, if one is up to `end`; the first that is found past
    /// the horizon. `begins` has when each is the next to begin.
    fn covered(
        &self,
        mut end: End,
        begins: &mut [Option<Timestamp>],
        silenced_at: Option<Timestamp>,
        horizon: Timestamp,
    ) -> End {
        loop {
            let before = end;
            for (window, begin) in self.0.iter().zip(&mut *begins) {
                while let End::At(at) = end
                    && at <= horizon
                    && begin.is_some_and(|begin| begin <= at)
                {
                    let last = window.last(at).filter(|it| it.is_audible(silenced_at));
                    end = last.map_or(end, |last| last.end.max(end));
                    *begin = window.next(at).and_then(|next| next.begin);
                }
            }
            if end == before {
                return end;
            }
        }
    }
}

#[cfg(test)]
mod tests;
