//! Windows that recur: each day is looked at, and each minute of it that the schedule names.

use serde_json::Value;

use super::time;

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];
const WEEKDAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/// The begins and ends of a window between two moments, and what is then under way.
pub fn occurrences(window: &Value, from: i64, to: i64) -> Vec<(i64, i64)> {
    let schedule = window["schedule"].as_str().unwrap();
    let fields: Vec<&str> = schedule.split_whitespace().collect();
    let [minutes, hours, days, months, weekdays] = fields[..] else {
        panic!("{schedule}");
    };
    let length = time::seconds(&window["duration"]) as i64 * 1000;
    let bound = |key: &str| window[key].as_str().map(time::parse);
    let zone = Zone::named(
        window["time_zone"].as_str().unwrap_or("UTC"),
        from - length,
        to,
    );
    let (minutes, hours) = (numbers(minutes, 0, 59, &[]), numbers(hours, 0, 23, &[]));
    let months = numbers(months, 1, 12, &MONTHS);
    let named_days = numbers(days, 1, 31, &[]);
    let named_weekdays = numbers(weekdays, 0, 6, &WEEKDAYS);
    let mut begins = Vec::new();
    let mut day = (from - length) / DAY * DAY - DAY;
    while day < to + DAY {
        let date = time::format(day);
        let part = |from: usize, to: usize| -> i64 { date[from..to].parse().unwrap() };
        let of_month = named_days.contains(&part(8, 10));
        let weekday = (day / DAY + 4) % 7;
        let of_week = named_weekdays.iter().any(|named| named % 7 == weekday);
        let is_day = match (days, weekdays) {
            ("*", _) => of_week,
            (_, "*") => of_month,
            _ => of_month || of_week,
        };
        if is_day && months.contains(&part(5, 7)) {
            for hour in &hours {
                for minute in &minutes {
                    begins.push(zone.utc(day + (hour * 60 + minute) * MINUTE));
                }
            }
        }
        day += DAY;
    }
    begins.sort_unstable();
    begins.dedup();
    begins.retain(|begin| {
        bound("start").is_none_or(|start| start <= *begin)
            && bound("end").is_none_or(|end| *begin < end)
    });
    begins
        .iter()
        .map(|begin| (*begin, begin + length))
        .collect()
}

/// The numbers that a field names, from first to last; names count from the first.
fn numbers(field: &str, first: i64, last: i64, names: &[&str]) -> Vec<i64> {
    let number = |text: &str| {
        let name = names
            .iter()
            .position(|name| text.eq_ignore_ascii_case(name));
        name.map_or_else(|| text.parse().unwrap(), |at| first + at as i64)
    };
    let mut all = Vec::new();
    for entry in field.split(',') {
        let (range, step) = entry.split_once('/').unwrap_or((entry, ""));
        let (from, to) = match range.split_once('-') {
            Some((from, to)) => (number(from), number(to)),
            None if range == "*" => (first, last),
            None if step.is_empty() => (number(range), number(range)),
            None => (number(range), last),
        };
        let mut next = from;
        while next <= to {
            all.push(next);
            next += step.parse().unwrap_or(1);
        }
    }
    all.sort_unstable();
    all
}

/// Clocks, with the summers of some years.
struct Zone {
    winter: i64,
    summer: i64,
    summers: Vec<(i64, i64)>,
}

impl Zone {
    fn named(name: &str, from: i64, to: i64) -> Self {
        let (winter, summer) = match name {
            "UTC" => (0, 0),
            "Europe/Berlin" => (60, 120),
            "America/New_York" => (-300, -240),
            "Asia/Kolkata" | "Asia/Calcutta" => (330, 330),
            other => panic!("{other}"),
        };
        let year = |moment: i64| -> i64 { time::format(moment)[..4].parse().unwrap() };
        let summers = (year(from) - 1..=year(to) + 1).filter_map(|year| match name {
            // The last Sundays of March and October, at one.
            "Europe/Berlin" => Some((
                sunday_from(year, "03-25") + 60 * MINUTE,
                sunday_from(year, "10-25") + 60 * MINUTE,
            )),
            // The second Sunday of March and the first of November, at two by their clocks.
            "America/New_York" => Some((
                sunday_from(year, "03-08") + 420 * MINUTE,
                sunday_from(year, "11-01") + 360 * MINUTE,
            )),
            _ => None,
        });
        Self {
            winter: winter * MINUTE,
            summer: summer * MINUTE,
            summers: summers.collect(),
        }
    }

    /// When they show a time: the earlier of two moments; what they skip, by the offset before.
    fn utc(&self, local: i64) -> i64 {
        let earlier = local - self.summer;
        let mut summers = self.summers.iter();
        match summers.any(|(begin, end)| *begin <= earlier && earlier < *end) {
            true => earlier,
            false => local - self.winter,
        }
    }
}

fn sunday_from(year: i64, date: &str) -> i64 {
    let mut day = time::parse(&format!("{year}-{date}T00:00:00Z"));
    while (day / DAY + 4) % 7 != 0 {
        day += DAY;
    }
    day
}
