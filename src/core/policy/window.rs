//! A window of planned maintenance.

use std::iter;

use crate::config::number::Number;
use crate::config::seconds::Seconds;
use crate::config::windows::WindowConfig;
use crate::policy::occurrence::{End, Occurrence};
use crate::policy::recurrence::Recurrence;
use crate::state::setting::Setting;
use crate::syntax::invalid::{Compiled, InvalidConfig, Located, optional, refuse};
use crate::syntax::schedule::Schedule;
use crate::syntax::time_zone::TimeZone;
use crate::syntax::timestamp::Timestamp;

/// A window of planned maintenance.
#[derive(Clone, Debug)]
pub struct Window {
    /// What people call it.
    pub name: Option<Box<str>>,
    /// What it sets.
    pub setting: Setting,
    plan: Plan,
}

#[derive(Clone, Debug)]
enum Plan {
    Once(Occurrence),
    Again(Recurrence),
}

/// In seconds, of each of several: 31 days.
const LONGEST: u64 = 31 * 24 * 3600;

impl Window {
    /// Compiles an entry of `windows`; refuses one that is never open.
    pub(super) fn compile(config: &WindowConfig) -> Compiled<Self> {
        let start = optional(config.start.as_deref(), moment).at("start")?;
        let end = optional(config.end.as_deref(), moment).at("end")?;
        if let (Some(start), Some(end)) = (start, end)
            && start >= end
        {
            return refuse(format!("the end, {end}, is not after the start, {start}"));
        }
        let plan = match (&config.schedule, config.duration, &config.time_zone) {
            (Some(schedule), Some(duration), zone) => {
                let zone = zone.as_deref().unwrap_or("UTC");
                Plan::Again(Recurrence {
                    schedule: Schedule::parse(schedule).at("schedule")?,
                    duration: length(duration).at("duration")?,
                    zone: time_zone(zone).at("time_zone")?,
                    start,
                    end,
                })
            }
            (Some(_), None, _) => {
                return refuse(
                    "expected `duration` beside `schedule`: write how long it lasts, such as \"90m\"",
                );
            }
            (None, Some(_), _) => return refuse(without_schedule("duration")),
            (None, None, Some(_)) => return refuse(without_schedule("time_zone")),
            (None, None, None) if start.is_none() && end.is_none() => {
                return refuse("expected `start`, `end` or both, or `schedule` and `duration`");
            }
            (None, None, None) => Plan::Once(Occurrence {
                begin: start,
                end: end.map_or(End::Never, End::At),
            }),
        };
        if let Plan::Again(recurrence) = &plan
            && let Some(start) = start
            && recurrence.next(start.minus_millis(1)).is_none()
        {
            return refuse("none begins between `start` and `end`");
        }
        Ok(Self {
            name: config.name.as_deref().map(Into::into),
            setting: Setting {
                maintenance: true,
                message: config.message.clone(),
                ..Setting::default()
            },
            plan,
        })
    }

    /// What is open at a moment, the last to begin first: one may begin before another has ended.
    pub fn open_at(&self, now: Timestamp) -> impl Iterator<Item = Occurrence> {
        let before = |open: &Occurrence| self.last(open.begin?.minus_millis(1));
        let last = iter::successors(self.last(now), before);
        last.take_while(move |open| open.covers(now))
    }

    /// Whether it is never open again.
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.open_at(now).next().is_none() && self.next(now).is_none()
    }

    /// The last that began at a moment or before.
    pub fn last(&self, at: Timestamp) -> Option<Occurrence> {
        match &self.plan {
            Plan::Once(occurrence) => (occurrence.begin <= Some(at)).then_some(*occurrence),
            Plan::Again(recurrence) => recurrence.last(at),
        }
    }

    /// The first that begins after a moment.
    pub fn next(&self, after: Timestamp) -> Option<Occurrence> {
        match &self.plan {
            Plan::Once(occurrence) => (occurrence.begin > Some(after)).then_some(*occurrence),
            Plan::Again(recurrence) => recurrence.next(after),
        }
    }
}

fn without_schedule(key: &str) -> String {
    format!("`{key}` is only for what has a `schedule`: expected both, or `start`, `end` or both")
}

fn moment(text: &str) -> Compiled<Timestamp> {
    let expected = "an RFC 3339 date-time with offset like \"2026-01-31T22:00:00Z\"";
    Timestamp::parse(text).ok_or_else(|| InvalidConfig::is_not(text, expected))
}

/// In milliseconds.
fn length(Seconds(seconds): Seconds) -> Compiled<u64> {
    let seconds = Number(seconds).within(60..=LONGEST, "a number of seconds");
    seconds.map(|seconds| seconds * 1000)
}

fn time_zone(name: &str) -> Compiled<TimeZone> {
    TimeZone::named(name).ok_or_else(|| {
        let instead = match TimeZone::meant_by(name) {
            Some(meant) => format!(": write {meant:?}"),
            None => " such as \"Europe/Berlin\"".to_owned(),
        };
        InvalidConfig::is_not(name, &format!("an IANA time zone{instead}"))
    })
}
