//! Planned maintenance.

use std::cmp::Reverse;
use std::sync::Mutex;

use crate::config::windows::WindowConfig;
use crate::state::flag::Next;
use crate::state::setting::Setting;
use crate::syntax::invalid::{Compiled, InvalidConfig, Located, each_named, optional, refuse};
use crate::syntax::timestamp::Timestamp;

/// The compiled `windows`.
#[derive(Debug, Default)]
pub struct Windows {
    /// The first to begin first, of several the last to end, of these the first listed.
    windows: Vec<Window>,
    memo: Mutex<Option<Memo>>,
}

#[derive(Clone, Debug)]
struct Window {
    /// Its place in the list.
    index: usize,
    name: Option<Box<str>>,
    setting: Setting,
}

/// The windows under way, as one of them decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Active<'p> {
    /// The place in the list of the one that decides.
    pub index: usize,
    /// What it sets.
    pub setting: &'p Setting,
    /// When none is under way, if that is known.
    pub until: Option<Timestamp>,
}

/// What was found out last, which holds for some time.
#[derive(Clone, Copy, Debug)]
struct Memo {
    silenced_at: Option<Timestamp>,
    from: Timestamp,
    /// `None` for ever.
    to: Option<Timestamp>,
    /// The place in [`Windows::windows`], and when none is under way.
    active: Option<(usize, Option<Timestamp>)>,
}

/// How far ahead an end of all is looked for, in milliseconds: 31 days.
const HORIZON: u64 = 31 * 24 * 3600 * 1000;

/// The memo is of one worker.
impl Clone for Windows {
    fn clone(&self) -> Self {
        Self {
            windows: self.windows.clone(),
            memo: Mutex::default(),
        }
    }
}

impl Windows {
    /// Compiles `windows`; refuses one with neither start nor end, an end not after the start, or
    /// the name of another.
    pub fn compile(config: &[WindowConfig]) -> Compiled<Self> {
        let mut windows = each_named(config, Window::compile, |window| window.name.as_deref())?;
        windows.sort_by_key(|window| (window.setting.start, Reverse(window.end()), window.index));
        Ok(Self {
            windows,
            memo: Mutex::default(),
        })
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.windows.is_empty()
    }

    /// The windows under way, but for those that began before they were silenced. The one that
    /// ends last decides, of several the first listed.
    pub fn active(&self, now: Timestamp, silenced_at: Option<Timestamp>) -> Option<Active<'_>> {
        let (at, until) = match self.memo.try_lock() {
            Ok(mut memo) => match &*memo {
                Some(memo) if memo.holds(now, silenced_at) => memo.active,
                _ => memo.insert(self.look(now, silenced_at)).active,
            },
            Err(_) => self.look(now, silenced_at).active,
        }?;
        self.windows.get(at).map(|window| Active {
            index: window.index,
            setting: &window.setting,
            until,
        })
    }

    /// The first window to come that is not silenced by then.
    pub fn next(&self, now: Timestamp, silenced_at: Option<Timestamp>) -> Option<Next<'_>> {
        let after = Some(now).max(silenced_at);
        let next = self.windows.iter().find(|it| it.setting.start > after)?;
        Some(Next {
            start: next.setting.start?,
            until: next.setting.until,
            name: next.name.as_deref(),
            message: next.setting.message.as_deref(),
        })
    }

    fn look(&self, now: Timestamp, silenced_at: Option<Timestamp>) -> Memo {
        let is_silenced = |window: &Window| {
            silenced_at.is_some_and(|silenced| window.setting.has_begun(silenced))
        };
        let audible = self.windows.iter().enumerate();
        let audible = audible.filter(|(_, window)| !is_silenced(window));
        let under_way = audible.clone().filter(|(_, it)| it.setting.covers(now));
        let decisive = under_way.max_by_key(|(_, it)| (it.end(), Reverse(it.index)));
        let edges = self.windows.iter().map(|Window { setting, .. }| setting);
        let edges = edges.flat_map(|setting| [setting.start, setting.until]);
        let edge = edges.flatten().filter(|edge| *edge > now).min();
        let memo = Memo {
            silenced_at,
            from: now,
            to: edge,
            active: None,
        };
        let Some((at, decisive)) = decisive else {
            return memo;
        };
        let end = audible.fold(decisive.end(), |end, (_, next)| {
            let joins = End::At(next.setting.start) <= end;
            if joins { end.max(next.end()) } else { end }
        });
        let End::At(end) = end else {
            return Memo {
                active: Some((at, None)),
                ..memo
            };
        };
        let until = end.filter(|end| *end <= now.plus_millis(HORIZON));
        // From then on the end is near enough.
        let near = end.filter(|_| until.is_none());
        let near = near.map(|end| end.minus_millis(HORIZON));
        Memo {
            to: [edge, near].into_iter().flatten().min(),
            active: Some((at, until)),
            ..memo
        }
    }
}

/// When a window ends, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum End {
    At(Option<Timestamp>),
    Never,
}

impl Memo {
    fn holds(&self, now: Timestamp, silenced_at: Option<Timestamp>) -> bool {
        self.silenced_at == silenced_at && self.from <= now && self.to.is_none_or(|to| now < to)
    }
}

impl Window {
    fn compile(index: usize, config: &WindowConfig) -> Compiled<Self> {
        if config.name.as_deref() == Some("") {
            return refuse("is empty: leave it out, or write one").at("name");
        }
        let start = optional(config.start.as_deref(), parse).at("start")?;
        let end = optional(config.end.as_deref(), parse).at("end")?;
        match (start, end) {
            (None, None) => return refuse("expected `start`, `end` or both"),
            (Some(start), Some(end)) if start >= end => {
                return refuse(format!("the end, {end}, is not after the start, {start}"));
            }
            _ => {}
        }
        Ok(Self {
            index,
            name: config.name.as_deref().map(Into::into),
            setting: Setting {
                maintenance: true,
                since: start,
                start,
                until: end,
                message: config.message.clone(),
                ..Setting::default()
            },
        })
    }

    fn end(&self) -> End {
        self.setting
            .until
            .map_or(End::Never, |until| End::At(Some(until)))
    }
}

fn parse(text: &str) -> Compiled<Timestamp> {
    let expected = "an RFC 3339 date-time with offset like \"2026-01-31T22:00:00Z\"";
    Timestamp::parse(text).ok_or_else(|| InvalidConfig::is_not(text, expected))
}

#[cfg(test)]
mod tests;
