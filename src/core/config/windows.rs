//! `windows`

#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::Deserialize;
#[cfg(feature = "schema")]
use serde_json::json;

use crate::config::seconds::Seconds;
#[cfg(feature = "schema")]
use crate::config::values::{Cron, Duration, Moment, NonEmpty, TimeZoneName, each_required};

/// Planned maintenance: once, from `start` to `end`, or again and again, by `schedule` and `duration`.
#[derive(Debug, PartialEq, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[cfg_attr(
    feature = "schema",
    schemars(extend(
        "anyOf" = each_required(&["start", "end", "schedule"]),
        "dependentRequired" = json!({
            "duration": ["schedule"],
            "schedule": ["duration"],
            "time_zone": ["schedule"],
        }),
    ))
)]
pub struct WindowConfig {
    /// What people call it. No two windows share one.
    #[cfg_attr(feature = "schema", schemars(with = "Option<NonEmpty>"))]
    pub name: Option<String>,
    /// When it begins again and again: minute, hour, day of the month, month and day of the week, as
    /// cron writes them, such as `0 2 * * SUN`.
    #[cfg_attr(feature = "schema", schemars(with = "Option<Cron>"))]
    pub schedule: Option<String>,
    /// How long each of several lasts, from a minute to 31 days: seconds, or like `90m`.
    #[cfg_attr(feature = "schema", schemars(with = "Option<Duration<60, 2_678_400>>"))]
    pub duration: Option<Seconds>,
    /// Whose clocks `schedule` goes by: a name of the IANA database, such as `Europe/Berlin`; UTC
    /// without.
    #[cfg_attr(feature = "schema", schemars(with = "Option<TimeZoneName>"))]
    pub time_zone: Option<String>,
    /// When it begins, RFC 3339 with offset; open without. Of several the first moment at which one
    /// may begin.
    #[cfg_attr(feature = "schema", schemars(with = "Option<Moment>"))]
    pub start: Option<String>,
    /// When it ends, RFC 3339 with offset; open without. Of several the moment from which on none
    /// begins.
    #[cfg_attr(feature = "schema", schemars(with = "Option<Moment>"))]
    pub end: Option<String>,
    /// The message of the replies.
    pub message: Option<String>,
}
