//! What comes again and again.

use crate::policy::occurrence::{End, Occurrence};
use crate::syntax::schedule::{Schedule, Toward};
use crate::syntax::time_zone::TimeZone;
use crate::syntax::timestamp::Timestamp;

/// What comes again and again, by the clocks of a zone.
#[derive(Clone, Debug)]
pub struct Recurrence {
    /// When it begins, by these clocks.
    pub schedule: Schedule,
    /// Whose clocks.
    pub zone: TimeZone,
    /// How long it lasts, in milliseconds.
    pub duration: u64,
    /// The first moment at which one may begin.
    pub start: Option<Timestamp>,
    /// From when on none begins.
    pub end: Option<Timestamp>,
}

const MINUTE: i64 = 60_000;
/// In minutes.
const DAY: i64 = 24 * 60;
/// In minutes, and less than a day by more than any change of clocks.
const NEAR: u64 = 12 * 60;

impl Recurrence {
    /// The last that began at a moment or before.
    pub fn last(&self, at: Timestamp) -> Option<Occurrence> {
        let before_end = self.end.map(|end| end.minus_millis(1));
        let at = before_end.map_or(at, |last| at.min(last));
        let minute = at.unix_millis().div_euclid(MINUTE);
        let occurrence = self.beginning(self.nearest(minute, Toward::Sooner)?)?;
        (occurrence.begin >= self.start).then_some(occurrence)
    }

    /// The first that begins after a moment.
    pub fn next(&self, after: Timestamp) -> Option<Occurrence> {
        let earliest = after.unix_millis() + 1;
        let start = self.start.map_or(earliest, Timestamp::unix_millis);
        let minute = -(-earliest.max(start)).div_euclid(MINUTE);
        let occurrence = self.beginning(self.nearest(minute, Toward::Later)?)?;
        let is_in_time = self.end.is_none_or(|end| occurrence.begin < Some(end));
        is_in_time.then_some(occurrence)
    }

    /// `None` outside the years that can be written.
    fn beginning(&self, minute: i64) -> Option<Occurrence> {
        let millis = minute * MINUTE;
        let begin = Timestamp::from_unix_millis(millis);
        (begin.unix_millis() == millis).then(|| Occurrence {
            begin: Some(begin),
            end: End::At(begin.plus_millis(self.duration)),
        })
    }

    /// The nearest minute of UTC at which one begins, this one included.
    fn nearest(&self, utc: i64, toward: Toward) -> Option<i64> {
        let Self { schedule, zone, .. } = self;
        let is_past = |minute: i64| minute != utc && toward.first_of(minute, utc) == minute;
        let [before, now, after] = [utc - DAY, utc, utc + DAY].map(|at| zone.offset_at(at));
        // By clocks that have not been changed yet, or have just been.
        let from = utc + toward.first_of(before, now);
        let mut local = schedule.nearest(from, toward)?;
        if before == after && local.abs_diff(from) < NEAR {
            return Some(local - now);
        }
        while is_past(zone.utc_of(local)) {
            local = schedule.nearest(local + toward.step(), toward)?;
        }
        let mut nearest = zone.utc_of(local);
        // What the clocks skip begins among what they show after it.
        let bound = match toward {
            Toward::Later => nearest + zone.offset_at(nearest),
            Toward::Sooner => nearest + zone.offset_at(nearest - DAY),
        };
        while let Some(next) = schedule.nearest(local + toward.step(), toward)
            && next != bound
            && toward.first_of(next, bound) == next
        {
            local = next;
            let minute = zone.utc_of(local);
            if !is_past(minute) {
                nearest = toward.first_of(nearest, minute);
            }
        }
        Some(nearest)
    }
}

#[cfg(test)]
mod tests;
