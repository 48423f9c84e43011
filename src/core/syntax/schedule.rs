//! Schedules, as [`crontab`](https://pubs.opengroup.org/onlinepubs/9799919799/utilities/crontab.html)
//! writes them.

use crate::syntax::date::{Date, weekday};
use crate::syntax::invalid::{Compiled, refuse};
use crate::syntax::schedule_field::{
    DAY_OF_MONTH, DAY_OF_WEEK, HOUR, MINUTE, MONTH, ScheduleField,
};

/// The minutes that a schedule names, by a clock that goes evenly. Of a set, the bit of each
/// number that is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedule {
    minutes: u64,
    hours: u64,
    /// What is in this or the other.
    days_of_month: u64,
    days_of_week: u64,
    months: u64,
}

/// Where the nearest is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Toward {
    /// From here on.
    Later,
    /// Up to here.
    Sooner,
}

const MINUTES: i64 = 24 * 60;

/// 29 February comes again after eight years at the latest.
const MONTHS: i64 = 8 * 12;

impl Schedule {
    /// Reads five fields.
    pub fn parse(text: &str) -> Compiled<Self> {
        if let Some(problem) = other_cron(text) {
            return refuse(format!("{text:?} {problem}"));
        }
        let fields: Vec<&str> = text.split_ascii_whitespace().collect();
        let &[minute, hour, day_of_month, month, day_of_week] = fields.as_slice() else {
            return refuse(format!("{text:?} {}", too_many_or_few(&fields)));
        };
        if text.contains('?') {
            let plain = text.replace('?', "*");
            return refuse(format!("{text:?}: `?` is not known: write {plain:?}"));
        }
        let read = |field: &ScheduleField, part: &str| {
            let read = field.read(part);
            read.or_else(|problem| refuse(format!("{text:?}: {problem}")))
        };
        let mut schedule = Self {
            minutes: read(&MINUTE, minute)?,
            hours: read(&HOUR, hour)?,
            days_of_month: read(&DAY_OF_MONTH, day_of_month)?,
            months: read(&MONTH, month)?,
            days_of_week: read(&DAY_OF_WEEK, day_of_week)?,
        };
        match (day_of_month, day_of_week) {
            ("*", "*") => {}
            ("*", _) => schedule.days_of_month = 0,
            (_, "*") => schedule.days_of_week = 0,
            _ => {}
        }
        if schedule.nearest(0, Toward::Later).is_none() {
            let last = schedule.longest_month();
            let plain = [minute, hour, &last.to_string(), month, day_of_week].join(" ");
            return refuse(format!("{text:?} never comes: write {plain:?}"));
        }
        Ok(schedule)
    }

    /// The nearest of its minutes, this one included.
    #[inline(never)]
    pub fn nearest(&self, from: i64, toward: Toward) -> Option<i64> {
        let (today, minute) = (from.div_euclid(MINUTES), from.rem_euclid(MINUTES));
        let mut day = self.day(today, toward)?;
        if day == today {
            if let Some(minute) = self.minute(minute, toward) {
                return Some(day * MINUTES + minute);
            }
            day = self.day(today + toward.step(), toward)?;
        }
        Some(day * MINUTES + self.minute(toward.first(MINUTES), toward)?)
    }

    /// Of a day.
    fn minute(&self, from: i64, toward: Toward) -> Option<i64> {
        let mut hour = toward.nearest(self.hours, from / 60)?;
        if hour == from / 60 {
            if let Some(minute) = toward.nearest(self.minutes, from % 60) {
                return Some(hour * 60 + minute);
            }
            hour = toward.nearest(self.hours, hour + toward.step())?;
        }
        Some(hour * 60 + toward.nearest(self.minutes, toward.first(60))?)
    }

    /// Since the Unix epoch.
    fn day(&self, from: i64, toward: Toward) -> Option<i64> {
        let date = Date::from_unix_days(from);
        let mut day = date.day;
        for months in 0..=MONTHS {
            let first = date.month_after(months * toward.step());
            if let Some(day) = toward.nearest(self.days_of(first), day) {
                return Some(first.unix_days() + day - 1);
            }
            day = toward.first(32);
        }
        None
    }

    /// The days of a month, from 1.
    fn days_of(&self, first: Date) -> u64 {
        if self.months >> first.month & 1 == 0 {
            return 0;
        }
        let begin = first.unix_days();
        let length = first.month_after(1).unix_days() - begin;
        let two_weeks = self.days_of_week | self.days_of_week << 7;
        let week = two_weeks >> weekday(begin) & 0x7f;
        let weeks = [0, 7, 14, 21, 28]
            .iter()
            .fold(0, |all, days| all | week << days);
        (self.days_of_month | weeks << 1) & ((1 << (length + 1)) - 2)
    }

    /// How many days the longest of its months has in most years.
    fn longest_month(&self) -> i64 {
        let months = (1..=12).filter(|month| self.months >> month & 1 == 1);
        let length = |month| {
            let first = Date {
                year: 2001,
                month,
                day: 1,
            };
            first.month_after(1).unix_days() - first.unix_days()
        };
        months.map(length).max().unwrap_or(28)
    }
}

impl Toward {
    /// The one that comes first.
    pub fn first_of(self, one: i64, other: i64) -> i64 {
        match self {
            Self::Later => one.min(other),
            Self::Sooner => one.max(other),
        }
    }

    /// To what follows.
    pub fn step(self) -> i64 {
        match self {
            Self::Later => 1,
            Self::Sooner => -1,
        }
    }

    /// Of so many, from 0.
    fn first(self, count: i64) -> i64 {
        match self {
            Self::Later => 0,
            Self::Sooner => count - 1,
        }
    }

    /// The nearest in a set.
    fn nearest(self, set: u64, from: i64) -> Option<i64> {
        let from = u32::try_from(from).ok()?;
        let set = match self {
            Self::Later => set & u64::MAX.checked_shl(from)?,
            Self::Sooner => set & u64::MAX.checked_shr(63_u32.checked_sub(from)?)?,
        };
        let bit = match self {
            Self::Later => set.trailing_zeros(),
            Self::Sooner => 63_u32.checked_sub(set.leading_zeros())?,
        };
        (set != 0).then_some(i64::from(bit))
    }
}

/// What only some crons know, and what to write.
fn other_cron(text: &str) -> Option<String> {
    if let Some((variable, rest)) = text.trim_start().split_once(' ')
        && let Some((_, zone)) = variable.split_once("TZ=")
    {
        return Some(format!(
            "names a time zone: write {:?}, and the zone beside it, as `\"time_zone\": {zone:?}`",
            rest.trim_start()
        ));
    }
    let name = text.trim().strip_prefix('@')?;
    let fields = match name.to_ascii_lowercase().as_str() {
        "yearly" | "annually" => "0 0 1 1 *",
        "monthly" => "0 0 1 * *",
        "weekly" => "0 0 * * 0",
        "daily" | "midnight" => "0 0 * * *",
        "hourly" => "0 * * * *",
        _ => return Some("is not known: write five fields, such as \"0 2 * * SUN\"".to_owned()),
    };
    Some(format!("is not known: write {fields:?}"))
}

#[cold]
#[inline(never)]
fn too_many_or_few(fields: &[&str]) -> String {
    let is_year = |field: &&&str| field.len() == 4 && field.bytes().all(|b| b.is_ascii_digit());
    let fitting = match (fields, fields.last().filter(is_year)) {
        ([rest @ .., _], Some(_)) if rest.len() == 5 => rest.join(" "),
        ([_, rest @ ..], _) if rest.len() == 5 => rest.join(" "),
        _ => "0 2 * * SUN".to_owned(),
    };
    format!(
        "has {} fields: write five, minute, hour, day of month, month and day of week, such as \
         {fitting:?}",
        fields.len()
    )
}

#[cfg(test)]
mod tests;
