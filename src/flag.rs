//! The flag: whether maintenance is on, what says so, and what is known of it.

use serde::Serialize;

use crate::{
    config::{Mode, Switch},
    policy::{Policy, Window},
    state::{Setting, State},
    timestamp::Timestamp,
};

/// What decided the flag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum DecidedBy {
    /// `mode` of the plugin configuration.
    Mode,
    /// What somebody set.
    State,
    /// A window of the plugin configuration.
    Window,
    /// `initial` of the plugin configuration.
    Initial,
}

/// Whether maintenance is on.
#[derive(Clone, Copy, Debug)]
pub struct Flag<'s> {
    /// On or off.
    pub on: bool,
    /// What decided it.
    pub decided_by: DecidedBy,
    /// When that was set.
    pub since: Option<Timestamp>,
    /// From when an `on` counts.
    pub start: Option<Timestamp>,
    /// To when an `on` counts.
    pub until: Option<Timestamp>,
    /// `Retry-After` in seconds.
    pub retry_after: Option<u64>,
    /// What people are told.
    pub message: Option<&'s str>,
    /// The name of the token that set it.
    pub changed_by: Option<&'s str>,
}

impl<'s> Flag<'s> {
    /// Decides the flag; the clock is only read where a start or an end depends on it.
    pub fn decide(policy: &'s Policy, state: &'s State, now: impl Fn() -> Timestamp) -> Self {
        let setting = state.setting.as_ref();
        match policy.mode {
            Mode::On => return Self::fixed(true, DecidedBy::Mode),
            Mode::Off => return Self::fixed(false, DecidedBy::Mode),
            Mode::Auto => {}
        }
        if let Some(setting) = setting.filter(|setting| is_in_force(setting, &now)) {
            return Self::set(setting, true);
        }
        if !policy.windows.is_empty()
            && let Some(window) = policy.windows.active(now(), silenced_at(setting))
        {
            return Self::planned(window);
        }
        match setting {
            Some(setting) => Self::set(setting, false),
            None => Self::fixed(policy.initial == Switch::On, DecidedBy::Initial),
        }
    }

    fn fixed(on: bool, decided_by: DecidedBy) -> Self {
        Self {
            on,
            decided_by,
            since: None,
            start: None,
            until: None,
            retry_after: None,
            message: None,
            changed_by: None,
        }
    }

    fn set(setting: &'s Setting, on: bool) -> Self {
        Self {
            since: setting.since,
            start: setting.start,
            until: setting.until,
            retry_after: setting.retry_after,
            message: setting.message.as_deref(),
            changed_by: setting.changed_by.as_deref(),
            ..Self::fixed(on, DecidedBy::State)
        }
    }

    fn planned(window: &'s Window) -> Self {
        Self {
            since: window.start,
            start: window.start,
            until: window.end,
            message: window.message.as_deref(),
            ..Self::fixed(true, DecidedBy::Window)
        }
    }
}

/// An `on` counts from its start to its end.
fn is_in_force(setting: &Setting, now: impl Fn() -> Timestamp) -> bool {
    setting.maintenance
        && match (setting.start, setting.until) {
            (None, None) => true,
            (start, until) => {
                let now = now();
                start.is_none_or(|start| start <= now) && until.is_none_or(|until| now < until)
            }
        }
}

/// Only an explicit `off` silences windows.
fn silenced_at(setting: Option<&Setting>) -> Option<Timestamp> {
    setting
        .filter(|setting| !setting.maintenance)
        .and_then(|setting| setting.since)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::policy;

    fn state(setting: &str) -> State {
        State {
            generation: 1,
            setting: Some(crate::json::read(setting)),
            bypass_revoked_at: None,
        }
    }

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    fn no_clock() -> Timestamp {
        panic!("the clock was read")
    }

    #[test]
    fn mode_beats_the_state_and_the_state_beats_initial() {
        let on = state(r#"{"maintenance":true}"#);
        let off = state(r#"{"maintenance":false,"start":"2026-01-01T00:00:00Z"}"#);
        for (json, state, expected) in [
            ("{}", &State::default(), (false, DecidedBy::Initial)),
            (
                r#"{"initial":"on"}"#,
                &State::default(),
                (true, DecidedBy::Initial),
            ),
            (r#"{"initial":"on"}"#, &off, (false, DecidedBy::State)),
            ("{}", &on, (true, DecidedBy::State)),
            (r#"{"mode":"off"}"#, &on, (false, DecidedBy::Mode)),
            (r#"{"mode":"on"}"#, &off, (true, DecidedBy::Mode)),
        ] {
            let policy = policy(json);
            let flag = Flag::decide(&policy, state, no_clock);
            assert_eq!((flag.on, flag.decided_by), expected, "{json} {state:?}");
        }
    }

    #[test]
    fn an_on_counts_from_its_start_to_its_end() {
        let planned = state(
            r#"{"maintenance":true,"start":"2026-01-01T10:00:00Z","until":"2026-01-01T12:00:00Z"}"#,
        );
        let policy = policy("{}");
        for (now, on) in [
            ("2026-01-01T09:59:59.999Z", false),
            ("2026-01-01T10:00:00Z", true),
            ("2026-01-01T11:59:59.999Z", true),
            ("2026-01-01T12:00:00Z", false),
        ] {
            let flag = Flag::decide(&policy, &planned, || at(now));
            assert_eq!((flag.on, flag.decided_by), (on, DecidedBy::State), "{now}");
            assert!(flag.until.is_some());
        }
    }

    #[test]
    fn a_window_decides_unless_somebody_set_off_since_it_began() {
        let policy = policy(
            r#"{"windows":[{"start":"2026-01-01T10:00:00Z","end":"2026-01-01T12:00:00Z","message":"m"}]}"#,
        );
        let setting = |json: &str| state(&json.replace('T', "2026-01-01T").replace("Z", ":00:00Z"));
        for (state, now, expected) in [
            (State::default(), "11", (true, DecidedBy::Window)),
            (State::default(), "13", (false, DecidedBy::Initial)),
            (
                setting(r#"{"maintenance":false,"since":"T09Z"}"#),
                "11",
                (true, DecidedBy::Window),
            ),
            (
                setting(r#"{"maintenance":false,"since":"T10Z"}"#),
                "11",
                (false, DecidedBy::State),
            ),
            (
                setting(r#"{"maintenance":true,"since":"T10Z"}"#),
                "11",
                (true, DecidedBy::State),
            ),
            (
                setting(r#"{"maintenance":true,"since":"T10Z","until":"T11Z"}"#),
                "11",
                (true, DecidedBy::Window),
            ),
            (
                setting(r#"{"maintenance":true,"since":"T10Z","start":"T14Z"}"#),
                "11",
                (true, DecidedBy::Window),
            ),
            (
                setting(r#"{"maintenance":true,"since":"T10Z","start":"T14Z"}"#),
                "13",
                (false, DecidedBy::State),
            ),
        ] {
            let flag = Flag::decide(&policy, &state, || at(&format!("2026-01-01T{now}:00:00Z")));
            assert_eq!((flag.on, flag.decided_by), expected, "{state:?} at {now}");
            let by_window = flag.decided_by == DecidedBy::Window;
            assert_eq!(flag.message.is_some() && flag.until.is_some(), by_window);
        }
    }
}
