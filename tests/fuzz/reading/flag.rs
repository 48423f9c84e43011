//! The flag: what was set, what is planned, and what decides.

use serde_json::Value;

use super::{
    case::{Call, On, What},
    recurring, time,
};

/// What the calls have left.
#[derive(Clone, Debug, Default)]
pub struct State {
    pub set: Option<Set>,
    pub revoked_at: Option<i64>,
    /// Whether each call was made.
    pub made: Vec<bool>,
}

#[derive(Clone, Debug)]
pub enum Set {
    Off { since: i64 },
    On { on: On, off_at: Option<i64> },
}

fn is_in_force(on: &On, now: i64) -> bool {
    on.start.is_none_or(|start| start <= now) && on.until.is_none_or(|until| now < until)
}

impl State {
    pub fn after(calls: &[Call]) -> Self {
        let mut state = Self::default();
        for call in calls {
            let made = state.apply(call);
            state.made.push(made);
        }
        state
    }

    fn apply(&mut self, call: &Call) -> bool {
        let now = call.at;
        match &call.what {
            What::Off => self.set = Some(Set::Off { since: now }),
            What::Reset => self.set = None,
            What::Revoke => self.revoked_at = Some(now),
            What::On(on) => {
                let is_planned = on.start.is_some_and(|start| start > now);
                let is_on = |set: &Set| matches!(set, Set::On { on, .. } if is_in_force(on, now));
                if is_planned && self.set.as_ref().is_some_and(is_on) {
                    return false;
                }
                let off_at = is_planned.then(|| self.off_at()).flatten();
                self.set = Some(Set::On {
                    on: on.clone(),
                    off_at,
                });
            }
        }
        true
    }

    /// When somebody said `off`, and nothing has taken it back.
    fn off_at(&self) -> Option<i64> {
        match self.set {
            Some(Set::Off { since }) => Some(since),
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
        }
    }

    pub fn at(all: &Value, state: &State, now: i64) -> Self {
        match &all["mode"] {
            mode if mode == "on" || *mode == true => return Self::plain(true, "mode"),
            mode if mode == "off" || *mode == false => return Self::plain(false, "mode"),
            _ => {}
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
            Some(_) => Self::plain(false, "state"),
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
