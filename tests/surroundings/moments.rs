//! Points in time, as windows have them.

use time::{Duration, OffsetDateTime, format_description::well_known::Rfc3339};

pub const HOUR: Duration = Duration::HOUR;

/// So long from now on, or before.
pub fn from_now(after: Duration) -> String {
    (OffsetDateTime::now_utc() + after)
        .format(&Rfc3339)
        .unwrap()
}
