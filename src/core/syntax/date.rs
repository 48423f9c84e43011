//! The Gregorian calendar.

/// A day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Date {
    /// The year.
    pub year: i64,
    /// From 1 to 12.
    pub month: i64,
    /// From 1.
    pub day: i64,
}

/// The calendar repeats itself after 400 years. Years begin in March here, so that the leap
/// day is their last.
impl Date {
    const DAYS_IN_400_YEARS: i64 = 146_097;
    /// From 1 March of the year 0 to the Unix epoch.
    const DAYS_TO_EPOCH: i64 = 719_468;

    /// The day that is written so; `None` where the month has no such day.
    pub fn new(year: i64, month: i64, day: i64) -> Option<Self> {
        let date = Self { year, month, day };
        ((1..=12).contains(&month) && Self::from_unix_days(date.unix_days()) == date)
            .then_some(date)
    }

    /// Days since the Unix epoch.
    pub fn unix_days(self) -> i64 {
        let year = self.year - i64::from(self.month <= 2);
        let months = (self.month + 9) % 12;
        365 * year + year.div_euclid(4) - year.div_euclid(100)
            + year.div_euclid(400)
            + days_of_months(months)
            + self.day
            - 1
            - Self::DAYS_TO_EPOCH
    }

    /// The day so many days after the Unix epoch.
    pub fn from_unix_days(days: i64) -> Self {
        let days = days + Self::DAYS_TO_EPOCH;
        let cycle = days.div_euclid(Self::DAYS_IN_400_YEARS);
        let days = days.rem_euclid(Self::DAYS_IN_400_YEARS);
        let leap_days = days / 1_460 - days / 36_524 + days / 146_096;
        let year = (days - leap_days) / 365;
        let days = days - (365 * year + year / 4 - year / 100);
        let months = (5 * days + 2) / 153;
        let month = (months + 2) % 12 + 1;
        Self {
            year: 400 * cycle + year + i64::from(month <= 2),
            month,
            day: days - days_of_months(months) + 1,
        }
    }

    /// The first day of the month that is so many months later.
    pub fn month_after(self, months: i64) -> Self {
        let months = self.year * 12 + self.month - 1 + months;
        Self {
            year: months.div_euclid(12),
            month: months.rem_euclid(12) + 1,
            day: 1,
        }
    }
}

/// The day of the week of a day since the Unix epoch: 0 is Sunday.
pub fn weekday(unix_days: i64) -> i64 {
    // The epoch was a Thursday.
    (unix_days + 4).rem_euclid(7)
}

/// The days of so many months from March on: five of them have 153.
fn days_of_months(months: i64) -> i64 {
    (153 * months + 2) / 5
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn days_are_those_of_another_library(days in -719_528i64..=2_932_896) {
            let date = Date::from_unix_days(days);
            let other = time::Date::from_julian_day(2_440_588 + days as i32).unwrap();
            let month = i64::from(u8::from(other.month()));
            prop_assert_eq!(
                (date.year, date.month, date.day),
                (i64::from(other.year()), month, i64::from(other.day()))
            );
            let weekday_of_other = other.weekday().number_days_from_sunday();
            prop_assert_eq!(weekday(days), i64::from(weekday_of_other));
            prop_assert_eq!(date.unix_days(), days);
        }
    }

    #[test]
    fn months_follow_each_other_through_the_years() {
        let date = Date::new(2026, 11, 30).unwrap();
        for (months, expected) in [
            (0, (2026, 11)),
            (2, (2027, 1)),
            (-11, (2025, 12)),
            (97, (2034, 12)),
        ] {
            let first = date.month_after(months);
            assert_eq!(
                (first.year, first.month, first.day),
                (expected.0, expected.1, 1)
            );
        }
    }
}
