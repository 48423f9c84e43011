//! A point in time.

use std::fmt;

use serde::de::{Error, Unexpected};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::syntax::calendar::DateTime;
use crate::syntax::json::Json;

/// Milliseconds since the Unix epoch, within the years 0 to 9999 that
/// [RFC 3339](https://www.rfc-editor.org/rfc/rfc3339) can write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timestamp(i64);

impl Timestamp {
    const MIN: i64 = -62_167_219_200_000;
    const MAX: i64 = 253_402_300_799_999;

    /// The moment `millis` after the Unix epoch, moved into the range if it lies outside.
    pub fn from_unix_millis(millis: i64) -> Self {
        Self(millis.clamp(Self::MIN, Self::MAX))
    }

    /// Milliseconds since the Unix epoch.
    pub fn unix_millis(self) -> i64 {
        self.0
    }

    /// Reads an RFC 3339 date-time with its offset, cut to whole milliseconds.
    pub fn parse(text: &str) -> Option<Self> {
        let millis = DateTime::parse_rfc3339(text)?;
        (Self::MIN..=Self::MAX)
            .contains(&millis)
            .then_some(Self(millis))
    }

    /// The moment `seconds` later; `None` past the year 9999.
    pub fn plus_seconds(self, seconds: u64) -> Option<Self> {
        let later = self.0.checked_add_unsigned(seconds.checked_mul(1000)?)?;
        (later <= Self::MAX).then_some(Self(later))
    }

    /// The moment `millis` later, no later than the end of the year 9999.
    pub fn plus_millis(self, millis: u64) -> Self {
        Self::from_unix_millis(self.0.saturating_add_unsigned(millis))
    }

    /// The moment `millis` earlier, no earlier than the beginning of the year 0.
    pub fn minus_millis(self, millis: u64) -> Self {
        Self::from_unix_millis(self.0.saturating_sub_unsigned(millis))
    }

    /// Milliseconds from here to `later`; 0 if it is not later.
    pub fn millis_until(self, later: Self) -> u64 {
        u64::try_from(later.0.saturating_sub(self.0)).unwrap_or(0)
    }

    /// Seconds from here to `later`, rounded up; 0 if it is not later.
    pub fn seconds_until(self, later: Self) -> u64 {
        self.millis_until(later).div_ceil(1000)
    }
}

/// RFC 3339 in UTC.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        DateTime::from_unix_millis(self.0).fmt(f)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        const EXPECTED: &str = "an RFC 3339 date-time with offset";
        match Json::deserialize(deserializer)? {
            Json::String(text) => Self::parse(&text)
                .ok_or_else(|| Error::invalid_value(Unexpected::Str(&text), &EXPECTED)),
            other => Err(other.unexpected(&EXPECTED)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_any_offset_and_writes_utc() {
        let moment = Timestamp::parse("2026-11-22T10:00:00+02:00").unwrap();
        assert_eq!(moment.to_string(), "2026-11-22T08:00:00Z");
        let moment = Timestamp::parse("2026-11-22T10:00:00.1239-00:30").unwrap();
        assert_eq!(moment.to_string(), "2026-11-22T10:30:00.123Z");
    }

    #[test]
    fn refuses_what_is_not_rfc_3339_or_leaves_its_years() {
        for text in [
            "",
            "now",
            "2026-11-22",
            "2026-11-22T10:00:00",
            "2026-13-22T10:00:00Z",
            "2026-11-22T10:00:00Zx",
            "2026-11-22X10:00:00Z",
            "2026-11-22 10:00:00Z",
            "9999-12-31T23:59:59-01:00",
            "0000-01-01T00:00:00+01:00",
        ] {
            assert_eq!(Timestamp::parse(text), None, "{text}");
        }
    }

    #[test]
    fn every_representable_moment_can_be_written_and_read() {
        for millis in [i64::MIN, -1, 0, 1, i64::MAX] {
            let moment = Timestamp::from_unix_millis(millis);
            assert_eq!(Timestamp::parse(&moment.to_string()), Some(moment));
        }
    }

    #[test]
    fn seconds_are_rounded_up_and_never_negative() {
        let at = Timestamp::from_unix_millis;
        assert_eq!(at(0).seconds_until(at(1)), 1);
        assert_eq!(at(0).seconds_until(at(1000)), 1);
        assert_eq!(at(0).seconds_until(at(1001)), 2);
        assert_eq!(at(5).seconds_until(at(4)), 0);
    }

    #[test]
    fn a_sum_past_the_last_year_is_none() {
        assert_eq!(
            Timestamp::from_unix_millis(0).plus_seconds(60),
            Some(Timestamp::from_unix_millis(60_000))
        );
        assert_eq!(
            Timestamp::from_unix_millis(0).plus_seconds(u64::MAX / 1000),
            None
        );
        assert_eq!(Timestamp::from_unix_millis(0).plus_seconds(u64::MAX), None);
    }
}
