//! The clock of the machine, which the filter reads, too.

use std::time::Duration;

use time::OffsetDateTime;

pub type Moment = OffsetDateTime;

pub fn now() -> Moment {
    Moment::now_utc()
}

/// How long after an earlier moment a later one is.
pub fn after(earlier: Moment, later: Moment) -> Duration {
    (later - earlier).try_into().unwrap_or_default()
}
