//! The flag: what was set, what is planned, and what decides.

use serde_json::Value;

use super::{
    case::{Call, On, What},
    path, recurring, time,
};

/// What the calls have left.
#[derive(Clone, Debug, Default)]
pub struct State {
    pub set: Option<Set>,
    pub revoked_at: Option<i64>,
}

#[derive(Clone, Debug)]
pub enum Set {
    Off {
        since: i64,
        opening: Option<Opening>,
    },
    On {
        on: On,
        off_at: Option<i64>,
    },
}

/// A slow opening.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opening {
    /// Nobody has passed before.
    pub start: i64,
    /// All pass.
    pub until: i64,
}

fn is_in_force(on: &On, now: i64) -> bool {
    on.start.is_none_or(|start| start <= now) && on.until.is_none_or(|until| now < until)
}

/// The seconds that a slow opening is to take: none at all is an opening at once.
fn opening_seconds(query: &str) -> Option<u64> {
    let mut given = None;
    for parameter in query.split('&').filter(|parameter| !parameter.is_empty()) {
        let value = parameter.strip_prefix("ramp=")?;
        let plain = path::decoded(value.as_bytes(), b"");
        let seconds = time::typed(&String::from_utf8(plain).ok()?)?;
        if given.replace(seconds).is_some() {
            return None;
        }
    }
    Some(given.unwrap_or(0))
}

const DAY: u64 = 24 * 3600;

impl State {
    pub fn after(all: &Value, calls: &[Call]) -> Self {
        let mut state = Self::default();
        for call in calls {
            state.apply(all, call);
        }
        state
    }

    /// What a call is answered; what it changes.
    pub fn apply(&mut self, all: &Value, call: &Call) -> u16 {
        self.try_apply(all, call).err().unwrap_or(200)
    }

    fn try_apply(&mut self, all: &Value, call: &Call) -> Result<(), u16> {
        let now = call.at;
        let longest = all["admin"]["max_on_seconds"].as_u64();
        let is_locked = is_fixed(all, "on") || is_fixed(all, "off");
        let unlocked = if is_locked { Err(409_u16) } else { Ok(()) };
        match &call.what {
            What::Off(query) => {
                let seconds = opening_seconds(query).ok_or(400_u16)?;
                if seconds > longest.unwrap_or(DAY).min(DAY) {
                    return Err(400);
                }
                unlocked?;
                self.off(all, now, seconds);
            }
            What::Reset => {
                unlocked?;
                self.set = None;
            }
            What::Revoke => self.revoked_at = Some(now),
            What::On(on) => {
                let begin = on.start.unwrap_or(now);
                let latest = longest.map(|seconds| begin + seconds as i64 * 1000);
                let until = on.until.or(latest);
                let is_past = until.is_some_and(|until| until <= now || until <= begin);
                if is_past
                    || until
                        .zip(latest)
                        .is_some_and(|(until, latest)| until > latest)
                {
                    return Err(400);
                }
                unlocked?;
                let is_planned = begin > now;
                let is_on = match &self.set {
                    Some(Set::On { on, .. }) => is_in_force(on, now),
                    _ => self.opening(now).is_some(),
                };
                if is_planned && is_on {
                    return Err(409);
                }
                let off_at = is_planned.then(|| self.off_at()).flatten();
                let on = On {
                    until,
                    ..on.clone()
                };
                self.set = Some(Set::On { on, off_at });
            }
        }
        Ok(())
    }

    /// Opens in so many seconds, where there is anything to open.
    fn off(&mut self, all: &Value, now: i64, seconds: u64) {
        let until = now + seconds as i64 * 1000;
        let is_on = Flag::at(all, self, now).on;
        let opening = match self.opening(now) {
            _ if seconds == 0 => None,
            _ if is_on => Some(Opening { start: now, until }),
            Some(opening) if until >= opening.until => return,
            Some(opening) => Some(Opening { until, ..opening }),
            None => None,
        };
        self.set = Some(Set::Off {
            since: now,
            opening,
        });
    }

    /// The slow opening that was set and is not over, though a window may have taken over.
    pub fn opening(&self, now: i64) -> Option<Opening> {
        match self.set {
            Some(Set::Off { opening, .. }) => opening.filter(|opening| now < opening.until),
            _ => None,
        }
    }

    /// When somebody said `off`, and nothing has taken it back.
    fn off_at(&self) -> Option<i64> {
        match self.set {
            Some(Set::Off { since, .. }) => Some(since),
            Some(Set::On { off_at, .. }) => off_at,
            None => None,
        }
    }
}

/// One time of a window; one without start or end has been, or lasts, for ever.
#[derive(Clone, Debug)]
struct Window {
    start: i64,
    end: i64,
    message: Option<String>,
}

const NEVER: i64 = i64::MAX;
/// How far ahead an end of all is looked for: 31 days, in milliseconds.
const FAR: i64 = 31 * 24 * 3600 * 1000;
/// And more.
const YEAR: i64 = 12 * FAR;

/// In the order of the list; of what recurs what is under way, or begins so far ahead.
fn windows(all: &Value, now: i64, ahead: i64) -> Vec<Window> {
    let listed = all["windows"].as_array().into_iter().flatten();
    let moment = |text: &Value| text.as_str().map(time::parse);
    let times = |window: &Value| match window["schedule"].is_null() {
        true => vec![(
            moment(&window["start"]).unwrap_or(i64::MIN),
            moment(&window["end"]).unwrap_or(NEVER),
        )],
        false => recurring::occurrences(window, now, now + ahead),
    };
    let windows = listed.flat_map(|window| {
        let times = times(window).into_iter();
        times.map(|(start, end)| Window {
            start,
            end,
            message: window["message"].as_str().map(str::to_owned),
        })
    });
    windows.collect()
}

/// Whether maintenance is on, and what is known of it.
#[derive(Clone, Debug)]
pub struct Flag {
    pub on: bool,
    pub decided_by: &'static str,
    pub until: Option<i64>,
    pub message: Option<String>,
    pub retry_after: Option<u64>,
    pub hold: Option<u64>,
    /// The slow opening under way, while it is off.
    pub opening: Option<Opening>,
}

/// Whether `mode` fixes the flag to `on` or `off`.
fn is_fixed(all: &Value, switch: &str) -> bool {
    let mode = &all["mode"];
    mode == switch || *mode == (switch == "on")
}

impl Flag {
    fn plain(on: bool, decided_by: &'static str) -> Self {
        Self {
            on,
            decided_by,
            until: None,
            message: None,
            retry_after: None,
            hold: None,
            opening: None,
        }
    }

    pub fn at(all: &Value, state: &State, now: i64) -> Self {
        for (switch, on) in [("on", true), ("off", false)] {
            if is_fixed(all, switch) {
                return Self::plain(on, "mode");
            }
        }
        if let Some(Set::On { on, .. }) = &state.set
            && is_in_force(on, now)
        {
            return Self {
                until: on.until,
                message: on.message.clone(),
                retry_after: on.retry_after,
                hold: on.hold,
                ..Self::plain(true, "state")
            };
        }
        let off_at = state.off_at();
        let counts = |window: &&Window| off_at.is_none_or(|off| off < window.start);
        let windows = windows(all, now, FAR);
        let windows: Vec<&Window> = windows.iter().filter(counts).collect();
        let is_active = |at: i64| move |w: &&&Window| w.start <= at && at < w.end;
        let active = windows.iter().filter(is_active(now));
        let last = active.fold(None, |last: Option<&&Window>, window| match last {
            Some(last) if last.end >= window.end => Some(last),
            _ => Some(window),
        });
        if let Some(window) = last {
            let mut end = window.end;
            let mut in_order = windows.clone();
            in_order.sort_by_key(|window| window.start);
            for next in in_order.iter().filter(|next| next.end > now) {
                if next.start <= end && end <= now.saturating_add(FAR) {
                    end = end.max(next.end);
                }
            }
            return Self {
                until: (end <= now.saturating_add(FAR)).then_some(end),
                message: window.message.clone(),
                ..Self::plain(true, "window")
            };
        }
        match &state.set {
            Some(_) => Self {
                opening: state.opening(now),
                ..Self::plain(false, "state")
            },
            None => Self::plain(all["initial"] == "on" || all["initial"] == true, "initial"),
        }
    }
}

/// When what comes next begins, if anything does.
pub fn next(all: &Value, state: &State, now: i64) -> Option<i64> {
    if !all["mode"].is_null() && all["mode"] != "auto" {
        return None;
    }
    let mut begins: Vec<i64> = windows(all, now, YEAR)
        .iter()
        .map(|window| window.start)
        .collect();
    if let Some(Set::On { on, .. }) = &state.set {
        if is_in_force(on, now) && on.until.is_none() {
            return None;
        }
        begins.extend(on.start);
    }
    begins.into_iter().filter(|begin| *begin > now).min()
}
