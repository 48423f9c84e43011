//! The flag: whether maintenance is on, what says so, and what is known of it.

use serde::Serialize;

use crate::state::ramp::Ramp;
use crate::state::setting::Setting;
use crate::syntax::timestamp::Timestamp;

/// What decided the flag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum DecidedBy {
    /// `mode` of the plugin configuration.
    Mode,
    /// What somebody set.
    State,
    /// A window of the plugin configuration.
    Window,
    /// `initial` of the plugin configuration.
    Initial,
}

/// Whether maintenance is on.
#[derive(Clone, Copy, Debug)]
pub struct Flag<'s> {
    /// On or off.
    pub on: bool,
    /// What decided it.
    pub decided_by: DecidedBy,
    /// What somebody, or a window, has set.
    pub setting: Option<&'s Setting>,
    /// When that was set, or the window began.
    pub since: Option<Timestamp>,
    /// When it begins, or began.
    pub start: Option<Timestamp>,
    /// When it ends, where that is known.
    pub until: Option<Timestamp>,
    /// The slow opening under way, while it is off.
    pub ramp: Option<Ramp>,
    /// The place of the window in its list, where one decided.
    pub window: Option<usize>,
}

impl Flag<'_> {
    /// Whether it stops requests that follow it: all, or in a slow opening those whose turn has not
    /// come.
    pub fn stops(&self) -> bool {
        self.on || self.ramp.is_some()
    }

    /// Whether it is on as planned: by a window, or by an `on` that was to begin later than it was
    /// set, and to end.
    pub fn is_planned(&self) -> bool {
        let is_plan = |on: &Setting| on.is_planned() && on.until.is_some();
        match self.decided_by {
            DecidedBy::Window => true,
            DecidedBy::State => self.on && self.setting.is_some_and(is_plan),
            DecidedBy::Mode | DecidedBy::Initial => false,
        }
    }
}

/// The maintenance that is the first to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Next<'s> {
    /// When it begins.
    pub start: Timestamp,
    /// When it ends, unless it is open.
    pub until: Option<Timestamp>,
    /// The name of the window, where it is one that has a name.
    pub name: Option<&'s str>,
    /// The message of the replies, where it has one of its own.
    pub message: Option<&'s str>,
}
