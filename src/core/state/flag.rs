//! The flag: whether maintenance is on, what says so, and what is known of it.

use serde::Serialize;

use crate::state::setting::Setting;

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
    /// The place of the window in its list, where one decided.
    pub window: Option<usize>,
}
