//! The time of day.

use std::time::{SystemTime, UNIX_EPOCH};

use jiff::tz::TimeZone;
use maintenance_mode_core::syntax::timestamp::Timestamp;

pub(crate) fn now() -> Timestamp {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH);
    let millis = since_epoch.map_or(0, |elapsed| elapsed.as_millis());
    Timestamp::from_unix_millis(i64::try_from(millis).unwrap_or(i64::MAX))
}

/// The time zone of this machine, or what `TZ` says; UTC where neither is known.
pub(crate) fn zone() -> TimeZone {
    TimeZone::try_system().unwrap_or(TimeZone::UTC)
}
