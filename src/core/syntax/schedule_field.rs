//! The fields of a schedule.

use std::ops::RangeInclusive;

use crate::syntax::nearest::nearest;

/// What may stand in a field of a schedule.
#[derive(Debug)]
pub struct ScheduleField {
    /// What people call it.
    name: &'static str,
    first: u32,
    /// The last that `*` stands for.
    last: u32,
    /// The last that may be written.
    greatest: u32,
    /// Of `first` and those that follow.
    names: &'static [&'static str],
}

pub(super) const MINUTE: ScheduleField = ScheduleField::plain("minute", 0, 59);
pub(super) const HOUR: ScheduleField = ScheduleField::plain("hour", 0, 23);
pub(super) const DAY_OF_MONTH: ScheduleField = ScheduleField::plain("day of the month", 1, 31);
pub(super) const MONTH: ScheduleField = ScheduleField {
    names: &[
        "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
    ],
    ..ScheduleField::plain("month", 1, 12)
};
pub(super) const DAY_OF_WEEK: ScheduleField = ScheduleField {
    // Sunday once more.
    greatest: 7,
    names: &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"],
    ..ScheduleField::plain("day of the week", 0, 6)
};

/// What is wrong, and what to write.
type Read<T> = Result<T, String>;

impl ScheduleField {
    const fn plain(name: &'static str, first: u32, last: u32) -> Self {
        Self {
            name,
            first,
            last,
            greatest: last,
            names: &[],
        }
    }

    /// Reads a list; of each number that is in it, its bit.
    #[inline(never)]
    pub(super) fn read(&self, list: &str) -> Read<u64> {
        let mut set = 0;
        for entry in list.split(',') {
            let (range, step) = match entry.split_once('/') {
                Some((range, step)) => (range, self.step(entry, step)?),
                None => (entry, 1),
            };
            let range = self.range(entry, range, step)?;
            for number in range.step_by(step) {
                set |= 1 << self.same(number);
            }
        }
        Ok(set)
    }

    /// Sunday is 0.
    fn same(&self, number: u32) -> u32 {
        if number > self.last {
            self.first
        } else {
            number
        }
    }

    fn step(&self, entry: &str, step: &str) -> Read<usize> {
        match number(step) {
            Some(0) => Err(format!(
                "{entry:?} has no step: write {:?}",
                entry.replace("/0", "/1")
            )),
            Some(step) => Ok(step as usize),
            None => Err(format!(
                "{entry:?}: {step:?} is no step: write a number, such as \"*/15\""
            )),
        }
    }

    fn range(&self, entry: &str, range: &str, step: usize) -> Read<RangeInclusive<u32>> {
        if range == "*" {
            return Ok(self.first..=self.last);
        }
        let Some((from, to)) = range.split_once('-') else {
            let from = self.value(range)?;
            let to = if entry == range {
                from
            } else {
                self.last.max(from)
            };
            return Ok(from..=to);
        };
        let (from, to) = (self.value(from)?, self.value(to)?);
        if from > to {
            let forwards = self.forwards(from, to, step);
            return Err(format!("{entry:?} runs backwards: write {forwards:?}"));
        }
        Ok(from..=to)
    }

    /// What a range means that goes round the end.
    #[cold]
    #[inline(never)]
    fn forwards(&self, from: u32, to: u32, step: usize) -> String {
        let (from, count) = (self.same(from), self.last - self.first + 1);
        let to = if to < from { to + count } else { to };
        let round = |number: u32| {
            if number > self.last {
                number - count
            } else {
                number
            }
        };
        let numbers = (from..=to)
            .step_by(step)
            .map(|number| round(number).to_string());
        numbers.collect::<Vec<_>>().join(",")
    }

    #[inline(never)]
    fn value(&self, text: &str) -> Read<u32> {
        let is_named = |name: &&str| name.eq_ignore_ascii_case(text);
        if let Some((value, _)) = (self.first..)
            .zip(self.names)
            .find(|(_, name)| is_named(name))
        {
            return Ok(value);
        }
        if let Some(value) = number(text).filter(|it| (self.first..=self.greatest).contains(it)) {
            return Ok(value);
        }
        Err(format!(
            "{text:?} is no {}: {}",
            self.name,
            self.what_to_write(text)
        ))
    }

    #[cold]
    #[inline(never)]
    fn what_to_write(&self, text: &str) -> String {
        let Self {
            first, greatest, ..
        } = self;
        let other = [&MONTH, &DAY_OF_WEEK].into_iter().find(|other| {
            let is_name = |name: &&str| name.eq_ignore_ascii_case(text);
            other.name != self.name && other.names.iter().any(is_name)
        });
        if let Some(other) = other {
            let place = if other.name == MONTH.name {
                "fourth"
            } else {
                "fifth"
            };
            return format!("write it in the {place} field, which is the {}", other.name);
        }
        let is_letter = |byte: Option<&u8>| matches!(byte, Some(b'L' | b'W'));
        let bytes = text.as_bytes();
        let only_some_crons_know =
            bytes.contains(&b'#') || is_letter(bytes.first()) || is_letter(bytes.last());
        if only_some_crons_know && self.name != MONTH.name {
            let example = if self.names.is_empty() {
                "15,28"
            } else {
                "MON,FRI"
            };
            return format!(
                "`L`, `W` and `#` are not known: write each {}, such as {example:?}",
                self.name
            );
        }
        let begin: String = text.chars().take(3).collect();
        if let Some(name) = nearest(&begin, self.names).filter(|_| text.len() > 2) {
            return format!("write {name:?}");
        }
        match (self.names.first(), self.names.last()) {
            (Some(one), Some(other)) => format!("write {first} to {greatest}, or {one} to {other}"),
            _ => format!("write {first} to {greatest}"),
        }
    }
}

fn number(text: &str) -> Option<u32> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}
