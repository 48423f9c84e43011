//! `windows`

use serde::Deserialize;

use crate::config::seconds::Seconds;

/// An entry of `windows`.
#[derive(Debug, PartialEq, Deserialize)]
pub struct WindowConfig {
    /// What people call it.
    pub name: Option<String>,
    /// When it begins again and again, as cron writes it; once without.
    pub schedule: Option<String>,
    /// How long each of several lasts.
    pub duration: Option<Seconds>,
    /// Whose clocks the schedule goes by, an IANA name; UTC without.
    pub time_zone: Option<String>,
    /// RFC 3339; open without. Of several the first moment at which one may begin.
    pub start: Option<String>,
    /// RFC 3339; open without. Of several the moment from which on none begins.
    pub end: Option<String>,
    /// The message of the replies.
    pub message: Option<String>,
}
