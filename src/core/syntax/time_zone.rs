//! Time zones of the IANA database, as they are from 2026 on.

use crate::syntax::date::{Date, weekday};
use crate::syntax::nearest::nearest;

include!(concat!(env!("OUT_DIR"), "/time_zones.rs"));

/// A time zone. Times are whole minutes since the Unix epoch, which all its clocks show.
#[derive(Clone, Copy, Debug)]
pub struct TimeZone(&'static Zone);

/// Zones whose clocks go alike.
#[derive(Debug)]
struct Zone {
    /// Separated by spaces.
    names: &'static str,
    /// What no rule says, before it holds: up to which minute of UTC the clocks are so many
    /// minutes ahead.
    irregular: &'static [(i32, i16)],
    /// Minutes ahead of UTC.
    standard: i16,
    daylight: Option<Daylight>,
}

/// What takes the place of standard time for a part of the year, which may go round its end.
#[derive(Debug)]
struct Daylight {
    offset: i16,
    begin: Yearly,
    end: Yearly,
}

/// When the clocks change each year.
#[derive(Debug)]
struct Yearly {
    month: u8,
    /// From 1; 5 is the last.
    week: u8,
    /// 0 is Sunday.
    weekday: u8,
    /// By the clock before the change; of another day than its own where it is below 0 or past 24 hours.
    minute: i16,
}

const DAY: i64 = 24 * 60;

/// What people write in the place of a name, and a name they may mean.
const ABBREVIATIONS: [(&str, &str); 17] = [
    ("AEST", "Australia/Sydney"),
    ("BST", "Europe/London"),
    ("CDT", "America/Chicago"),
    ("CEST", "Europe/Berlin"),
    ("CST", "America/Chicago"),
    ("EDT", "America/New_York"),
    ("EEST", "Europe/Helsinki"),
    ("IST", "Asia/Kolkata"),
    ("JST", "Asia/Tokyo"),
    ("KST", "Asia/Seoul"),
    ("LOCAL", "UTC"),
    ("MDT", "America/Denver"),
    ("MESZ", "Europe/Berlin"),
    ("MEZ", "Europe/Berlin"),
    ("PDT", "America/Los_Angeles"),
    ("PST", "America/Los_Angeles"),
    ("Z", "UTC"),
];

impl TimeZone {
    /// The zone of a name, as the database spells it.
    pub fn named(name: &str) -> Option<Self> {
        let is_named = |zone: &&Zone| zone.names.split(' ').any(|other| other == name);
        ZONES.iter().find(is_named).map(Self)
    }

    /// The name that was meant by one that no zone has, if that can be told.
    #[cold]
    #[inline(never)]
    pub fn meant_by(name: &str) -> Option<String> {
        let abbreviation = |(short, _): &&(&str, &str)| short.eq_ignore_ascii_case(name);
        if let Some((_, zone)) = ABBREVIATIONS.iter().find(abbreviation) {
            return Some((*zone).to_owned());
        }
        if let Some(zone) = of_offset(name) {
            return Self::named(&zone).map(|_| zone);
        }
        let names: Vec<&str> = Self::names().collect();
        if let Some(same) = names.iter().find(|other| other.eq_ignore_ascii_case(name)) {
            return Some((*same).to_owned());
        }
        let towns: Vec<&str> = names.iter().map(|name| town(name)).collect();
        let Some(town) = nearest(name, &towns).filter(|_| !name.contains('/')) else {
            return nearest(name, &names).map(str::to_owned);
        };
        let at = towns.iter().position(|other| *other == town)?;
        names.get(at).map(|name| (*name).to_owned())
    }

    /// All names.
    pub fn names() -> impl Iterator<Item = &'static str> {
        ZONES.iter().flat_map(|zone| zone.names.split(' '))
    }

    /// So many minutes the clocks are ahead of UTC.
    #[inline(never)]
    pub fn offset_at(self, utc: i64) -> i64 {
        let Self(zone) = self;
        let index = zone
            .irregular
            .partition_point(|(until, _)| i64::from(*until) <= utc);
        let offset = match (zone.irregular.get(index), &zone.daylight) {
            (Some((_, offset)), _) => *offset,
            (None, Some(daylight)) if daylight.holds(utc, zone.standard) => daylight.offset,
            (None, _) => zone.standard,
        };
        i64::from(offset)
    }

    /// When the clocks show a time: the first of two moments, and where they skip it, what they
    /// would show had they not been changed,
    /// [RFC 5545 section 3.3.5](https://www.rfc-editor.org/rfc/rfc5545#section-3.3.5).
    #[inline(never)]
    pub fn utc_of(self, local: i64) -> i64 {
        // No zone changes its clocks twice within two days.
        let before = self.offset_at(local - DAY);
        let after = self.offset_at(local + DAY);
        let is_shown = |offset: i64| self.offset_at(local - offset) == offset;
        if before != after && !is_shown(before) && is_shown(after) {
            return local - after;
        }
        local - before
    }
}

impl Daylight {
    fn holds(&self, utc: i64, standard: i16) -> bool {
        let year = Date::from_unix_days((utc + i64::from(standard)).div_euclid(DAY)).year;
        let begin = self.begin.in_year(year) - i64::from(standard);
        let end = self.end.in_year(year) - i64::from(self.offset);
        match begin < end {
            true => (begin..end).contains(&utc),
            false => !(end..begin).contains(&utc),
        }
    }
}

impl Yearly {
    /// By the clock before the change.
    fn in_year(&self, year: i64) -> i64 {
        let month = i64::from(self.month);
        let first = Date {
            year,
            month,
            day: 1,
        };
        let days_later = |days: i64| (i64::from(self.weekday) - days).rem_euclid(7);
        let day = match self.week {
            5 => {
                let next = first.month_after(1).unix_days();
                next - 7 + days_later(weekday(next))
            }
            week => {
                let first = first.unix_days();
                first + days_later(weekday(first)) + 7 * i64::from(week - 1)
            }
        };
        day * DAY + i64::from(self.minute)
    }
}

/// `Berlin` of `Europe/Berlin`.
fn town(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

/// The zone that is always as `+02:00`, `UTC+2` or `GMT-5` say. Its name has the sign of POSIX.
fn of_offset(text: &str) -> Option<String> {
    let offset = text
        .strip_prefix("UTC")
        .or_else(|| text.strip_prefix("GMT"));
    let offset = offset.unwrap_or(text);
    let (sign, hours) = match offset.strip_prefix('+') {
        Some(hours) => ('-', hours),
        None => ('+', offset.strip_prefix('-')?),
    };
    let hours = match hours.get(2..) {
        Some("00" | ":00") => hours.get(..2)?,
        _ => hours,
    };
    match hours.parse::<u8>().ok()? {
        0 => Some("UTC".to_owned()),
        hours => Some(format!("Etc/GMT{sign}{hours}")),
    }
}

#[cfg(test)]
mod tests;
