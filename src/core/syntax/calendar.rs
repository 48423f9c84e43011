//! The two ways of writing a moment in the Gregorian calendar, in UTC.

use std::fmt;

use crate::syntax::date::Date;

/// A moment between the years 0 and 9999.
#[derive(Clone, Copy, Debug)]
pub struct DateTime {
    date: Date,
    /// Of the day.
    millis: i64,
}

const SECOND: i64 = 1000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
const WEEKDAYS: [&[u8; 3]; 7] = [b"Thu", b"Fri", b"Sat", b"Sun", b"Mon", b"Tue", b"Wed"];

const MONTHS: [&[u8; 3]; 12] = [
    b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec",
];

impl DateTime {
    /// The moment `millis` after the Unix epoch.
    pub fn from_unix_millis(millis: i64) -> Self {
        Self {
            date: Date::from_unix_days(millis.div_euclid(DAY)),
            millis: millis.rem_euclid(DAY),
        }
    }

    /// Reads an [RFC 3339](https://www.rfc-editor.org/rfc/rfc3339) date-time with its
    /// offset, as milliseconds since the Unix epoch. A leap second is the millisecond before
    /// its end.
    pub fn parse_rfc3339(text: &str) -> Option<i64> {
        let mut text = Scanner(text.as_bytes());
        let year = text.number(4)?;
        let month = text.after(b"-")?.number(2)?;
        let day = text.after(b"-")?.number(2)?;
        let date = Date::new(year, month, day)?;
        let (mut millis, second) = text.after(b"Tt")?.time()?;
        if text.after(b".").is_some() {
            millis += text.fraction()?;
        }
        if second == 60 {
            millis = millis / MINUTE * MINUTE - 1;
        }
        let offset = match text.one_of(b"Zz+-")? {
            sign @ (b'+' | b'-') => {
                let hours = text.below(24)?;
                let minutes = text.after(b":")?.below(60)?;
                (hours * HOUR + minutes * MINUTE) * if sign == b'-' { -1 } else { 1 }
            }
            _ => 0,
        };
        let moment = date.unix_days() * DAY + millis - offset;
        let next = Self::from_unix_millis(moment + 1);
        let ends_month = (next.date.day, next.millis) == (1, 0);
        (text.0.is_empty() && (second < 60 || ends_month)).then_some(moment)
    }

    /// Whether a text is an IMF-fixdate, [RFC 9110 section 5.6.7](https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7),
    /// of 1900 or later.
    pub fn is_imf_fixdate(text: &str) -> bool {
        let read = || {
            let mut text = Scanner(text.as_bytes());
            let weekday = text.name(&WEEKDAYS)?;
            let day = text.after(b",")?.after(b" ")?.number(2)?;
            let month = text.after(b" ")?.name(&MONTHS)? + 1;
            let year = text.after(b" ")?.number(4)?;
            let date = Date::new(year, month, day)?;
            let (_, second) = text.after(b" ")?.time()?;
            let fits = date.unix_days().rem_euclid(7) == weekday && year >= 1900 && second < 60;
            (text.0 == b" GMT").then_some(fits)
        };
        read() == Some(true)
    }
}

/// RFC 3339 in UTC.
impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Date { year, month, day } = self.date;
        let [hour, minute, second] = [HOUR, MINUTE, SECOND].map(|unit| self.millis / unit % 60);
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"
        )?;
        match self.millis % SECOND {
            0 => {}
            tenths if tenths % 100 == 0 => write!(f, ".{}", tenths / 100)?,
            hundredths if hundredths % 10 == 0 => write!(f, ".{:02}", hundredths / 10)?,
            thousandths => write!(f, ".{thousandths:03}")?,
        }
        f.write_str("Z")
    }
}

/// What is left to read.
struct Scanner<'a>(&'a [u8]);

impl Scanner<'_> {
    fn one_of(&mut self, bytes: &[u8]) -> Option<u8> {
        self.0.first().filter(|byte| bytes.contains(byte))?;
        self.0.split_off_first().copied()
    }

    fn after(&mut self, bytes: &[u8]) -> Option<&mut Self> {
        self.one_of(bytes).map(|_| self)
    }

    fn digit(&mut self) -> Option<i64> {
        self.one_of(b"0123456789")
            .map(|digit| i64::from(digit - b'0'))
    }

    fn number(&mut self, digits: usize) -> Option<i64> {
        (0..digits).try_fold(0, |number, _| Some(10 * number + self.digit()?))
    }

    fn below(&mut self, limit: i64) -> Option<i64> {
        self.number(2).filter(|&number| number < limit)
    }

    /// One digit or more after a point, in milliseconds.
    fn fraction(&mut self) -> Option<i64> {
        let mut unit = 100;
        let mut millis = unit * self.digit()?;
        while let Some(digit) = self.digit() {
            unit /= 10;
            millis += unit * digit;
        }
        Some(millis)
    }

    /// `hh:mm:ss` in milliseconds, and its second, which may be a leap second.
    fn time(&mut self) -> Option<(i64, i64)> {
        let hour = self.below(24)?;
        let minute = self.after(b":")?.below(60)?;
        let second = self.after(b":")?.below(61)?;
        Some((hour * HOUR + minute * MINUTE + second * SECOND, second))
    }

    /// The index of a name.
    fn name(&mut self, names: &[&[u8; 3]]) -> Option<i64> {
        let name = self.0.split_off(..3)?;
        let index = names.iter().position(|other| *other == name)?;
        i64::try_from(index).ok()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::OffsetDateTime;
    use time::format_description::well_known::{Rfc2822, Rfc3339};

    use super::*;

    fn of_another_library(text: &str) -> Option<i128> {
        let moment = OffsetDateTime::parse(text, &Rfc3339).ok()?;
        Some(moment.unix_timestamp_nanos().div_euclid(1_000_000))
    }

    #[test]
    fn only_the_last_second_of_a_month_can_be_a_leap_second() {
        for (text, is_date) in [
            ("2016-12-31T23:59:60Z", true),
            ("2016-12-31T23:59:60.5Z", true),
            ("2017-01-01T01:59:60+02:00", true),
            ("2016-12-30T23:59:60Z", false),
            ("2016-12-31T23:58:60Z", false),
            ("2016-12-31T23:59:61Z", false),
        ] {
            let read = DateTime::parse_rfc3339(text).map(i128::from);
            assert_eq!(read.is_some(), is_date, "{text}");
            assert_eq!(read, of_another_library(text), "{text}");
        }
    }

    #[test]
    fn an_imf_fixdate_has_one_form() {
        assert!(DateTime::is_imf_fixdate("Sun, 06 Nov 1994 08:49:37 GMT"));
        for text in [
            "",
            "Mon, 06 Nov 1994 08:49:37 GMT",
            "Sun, 6 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 08:49:37 UTC",
            "Sun, 06 Nov 1994 08:49:37 GMT ",
            "sun, 06 Nov 1994 08:49:37 GMT",
            "Sun, 06 nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 08:49 GMT",
            "Sat, 31 Dec 2016 23:59:60 GMT",
            "Fri, 31 Dec 1899 23:59:59 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
            "Sun, 06 Nov 1994 08:49:37 +0000",
            "Sun, 32 Nov 1994 08:49:37 GMT",
            "06 Nov 1994 08:49:37 GMT",
            "3600",
            "GMT",
        ] {
            assert!(!DateTime::is_imf_fixdate(text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn writes_and_reads_as_another_library(
            millis in -62_167_219_200_000i64..=253_402_300_799_999,
            round in prop::sample::select(vec![1, 10, 100, 1000, 86_400_000]),
        ) {
            let millis = millis / round * round;
            let moment = DateTime::from_unix_millis(millis);
            let other = OffsetDateTime::from_unix_timestamp_nanos(i128::from(millis) * 1_000_000);
            let other = other.unwrap();
            prop_assert_eq!(moment.to_string(), other.format(&Rfc3339).unwrap());
            prop_assert_eq!(DateTime::parse_rfc3339(&moment.to_string()), Some(millis));
            if let Ok(text) = other.format(&Rfc2822) {
                let text = text.replace("+0000", "GMT");
                prop_assert!(DateTime::is_imf_fixdate(&text), "{}", text);
            }
        }

        #[test]
        fn reads_what_another_library_reads(
            text in "[0-9]{3}[0-9]-[01][0-9]-[0-3][0-9][Tt][0-2][0-9]:[0-6][0-9]:[0-6][0-9](\\.[0-9]{0,12})?([Zz]|[+-][0-2][0-9]:[0-6][0-9]).?",
        ) {
            let read = DateTime::parse_rfc3339(&text).map(i128::from);
            prop_assert_eq!(read, of_another_library(&text));
        }

        #[test]
        fn any_text_can_be_read(text: String) {
            let _ = DateTime::parse_rfc3339(&text);
            let _ = DateTime::is_imf_fixdate(&text);
        }
    }
}
