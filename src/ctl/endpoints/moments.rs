//! Moments as people say them: by the clock on their wall, and how far away they are.

use jiff::fmt::friendly::{Designator, Spacing, SpanPrinter};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, SpanRound, Unit, ZonedDateTime};
use maintenance_mode_core::syntax::timestamp::Timestamp;

use crate::ctl::process::clock::{now, zone};

/// The present, somewhere.
pub(crate) struct Moments {
    pub(super) now: Timestamp,
    zone: TimeZone,
}

/// Two moments that are no further apart need no date.
const NEAR: SignedDuration = SignedDuration::from_hours(12);
static DISTANCE: SpanPrinter = SpanPrinter::new()
    .designator(Designator::Verbose)
    .spacing(Spacing::BetweenUnitsAndDesignators);

impl Moments {
    /// Here and now.
    pub(crate) fn here() -> Self {
        Self {
            now: now(),
            zone: zone(),
        }
    }

    #[cfg(test)]
    pub(super) fn at(now: &str, zone: &str) -> Self {
        Self {
            now: Timestamp::parse(now).unwrap(),
            zone: TimeZone::get(zone).unwrap(),
        }
    }

    /// When it is, and how far from now: `02:00 CET, in 3 hours`.
    pub(super) fn seen_from_now(&self, moment: Timestamp) -> String {
        let time = self.zoned(moment);
        let date = self.date_unless_near(&time, &self.zoned(self.now));
        format!(
            "{date}{}, {}",
            time.strftime("%H:%M %Z"),
            self.distance(moment)
        )
    }

    /// When it is, for those who have just read when something earlier is: `04:00`.
    pub(super) fn seen_from(&self, earlier: Timestamp, moment: Timestamp) -> String {
        let (earlier, time) = (self.zoned(earlier), self.zoned(moment));
        let date = self.date_unless_near(&time, &earlier);
        let zone = |time: &ZonedDateTime| time.strftime("%Z").to_string();
        let clock = match date.is_empty() && zone(&earlier) == zone(&time) {
            true => time.strftime("%H:%M"),
            false => time.strftime("%H:%M %Z"),
        };
        format!("{date}{clock}")
    }

    /// How far from now: `in 3 hours`, `25 minutes ago`.
    fn distance(&self, moment: Timestamp) -> String {
        let millis = moment.unix_millis().saturating_sub(self.now.unix_millis());
        let distance = SignedDuration::from_millis(millis);
        let smallest = match distance.unsigned_abs().as_secs() {
            0..60 => Unit::Second,
            60..86_400 => Unit::Minute,
            _ => Unit::Hour,
        };
        let round = SpanRound::new().smallest(smallest).largest(Unit::Day);
        let span = jiff::Span::new().milliseconds(millis);
        match span.round(round.days_are_24_hours()) {
            Ok(span) if span.is_zero() => "now".to_owned(),
            Ok(span) if span.is_positive() => format!("in {}", DISTANCE.span_to_string(&span)),
            Ok(span) => DISTANCE.span_to_string(&span),
            Err(_) => "far away".to_owned(),
        }
    }

    fn date_unless_near(&self, moment: &ZonedDateTime, other: &ZonedDateTime) -> String {
        match moment.duration_since(other).abs() > NEAR {
            true => moment.strftime("%a %Y-%m-%d ").to_string(),
            false => String::new(),
        }
    }

    /// The last day or two of the year 9999 are one moment here.
    fn zoned(&self, moment: Timestamp) -> ZonedDateTime {
        let moment = jiff::Timestamp::from_millisecond(moment.unix_millis());
        let moment = moment.unwrap_or(jiff::Timestamp::MAX);
        moment.to_zoned_datetime(self.zone.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    #[test]
    fn a_moment_is_by_the_local_clock_and_relative() {
        let night = Moments::at("2026-11-30T22:00:00Z", "Europe/Berlin");
        for (text, told) in [
            ("2026-12-01T01:00:00Z", "02:00 CET, in 3 hours"),
            ("2026-12-01T00:59:59.9Z", "01:59 CET, in 3 hours"),
            ("2026-11-30T21:35:00Z", "22:35 CET, 25 minutes ago"),
            ("2026-11-30T22:00:00Z", "23:00 CET, now"),
            ("2026-11-30T22:00:01Z", "23:00 CET, in 1 second"),
            ("2026-11-30T23:25:00Z", "00:25 CET, in 1 hour 25 minutes"),
            (
                "2026-12-06T01:10:00Z",
                "Sun 2026-12-06 02:10 CET, in 5 days 3 hours",
            ),
            (
                "2027-07-01T22:00:00Z",
                "Fri 2027-07-02 00:00 CEST, in 213 days",
            ),
        ] {
            assert_eq!(night.seen_from_now(moment(text)), told);
        }
        let far = night.seen_from_now(moment("9999-12-31T23:59:59Z"));
        assert!(far.contains("9999-12-3"), "{far}");
        let elsewhere = Moments::at("2026-11-30T22:00:00Z", "America/Sao_Paulo");
        let told = elsewhere.seen_from_now(moment("2026-11-30T22:00:00Z"));
        assert_eq!(told, "19:00 -03, now", "a zone without letters");
    }

    #[test]
    fn an_end_says_what_its_beginning_has_not() {
        let night = Moments::at("2026-10-24T22:00:00Z", "Europe/Berlin");
        let from = |start: &str, end: &str| night.seen_from(moment(start), moment(end));
        assert_eq!(
            from("2026-11-30T01:00:00Z", "2026-11-30T03:00:00Z"),
            "04:00"
        );
        assert_eq!(
            from("2026-11-30T22:00:00Z", "2026-12-01T03:00:00Z"),
            "04:00"
        );
        assert_eq!(
            from("2026-10-25T00:30:00Z", "2026-10-25T02:00:00Z"),
            "03:00 CET"
        );
        assert_eq!(
            from("2026-11-30T01:00:00Z", "2026-12-01T03:00:00Z"),
            "Tue 2026-12-01 04:00 CET"
        );
    }
}
