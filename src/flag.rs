//! The flag: whether maintenance is on, and what says so.

use serde::Serialize;

use crate::{
    config::{Mode, Switch},
    policy::Policy,
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
    /// What was set, where that decided.
    pub setting: Option<&'s Setting>,
}

impl<'s> Flag<'s> {
    /// Decides the flag; the clock is only read where a start or an end depends on it.
    pub fn decide(policy: &Policy, state: &'s State, now: impl FnOnce() -> Timestamp) -> Self {
        let fixed = |on, decided_by| Self {
            on,
            decided_by,
            setting: None,
        };
        match (policy.mode, &state.setting) {
            (Mode::On, _) => fixed(true, DecidedBy::Mode),
            (Mode::Off, _) => fixed(false, DecidedBy::Mode),
            (Mode::Auto, None) => fixed(policy.initial == Switch::On, DecidedBy::Initial),
            (Mode::Auto, Some(setting)) => Self {
                on: is_on(setting, now),
                decided_by: DecidedBy::State,
                setting: Some(setting),
            },
        }
    }
}

fn is_on(setting: &Setting, now: impl FnOnce() -> Timestamp) -> bool {
    setting.maintenance
        && match (setting.start, setting.until) {
            (None, None) => true,
            (start, until) => {
                let now = now();
                start.is_none_or(|start| start <= now) && until.is_none_or(|until| now < until)
            }
        }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::policy;

    fn state(setting: &str) -> State {
        State {
            generation: 1,
            setting: Some(serde_json::from_str(setting).unwrap()),
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
            assert!(flag.setting.is_some());
        }
    }
}
