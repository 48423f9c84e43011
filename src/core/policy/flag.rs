//! How the flag is decided.

use crate::config::mode::{Mode, Switch};
use crate::policy::policy::Policy;
use crate::state::flag::{DecidedBy, Flag};
use crate::state::setting::Setting;
use crate::state::state::State;
use crate::syntax::timestamp::Timestamp;

impl Policy {
    /// Decides the flag; the clock is only read where a start or an end depends on it.
    pub fn flag<'s>(&'s self, state: &'s State, now: impl Fn() -> Timestamp) -> Flag<'s> {
        let flag = |on, decided_by, setting| Flag {
            on,
            decided_by,
            setting,
            window: None,
        };
        let setting = state.setting.as_ref();
        match self.mode {
            Mode::On => return flag(true, DecidedBy::Mode, None),
            Mode::Off => return flag(false, DecidedBy::Mode, None),
            Mode::Auto => {}
        }
        if setting.is_some_and(|setting| is_in_force(setting, &now)) {
            return flag(true, DecidedBy::State, setting);
        }
        if !self.windows.is_empty()
            && let Some((index, window)) = self.windows.active(now(), silenced_at(setting))
        {
            return Flag {
                window: Some(index),
                ..flag(true, DecidedBy::Window, Some(window))
            };
        }
        match setting {
            Some(_) => flag(false, DecidedBy::State, setting),
            None => flag(self.initial == Switch::On, DecidedBy::Initial, None),
        }
    }
}

/// An `on` counts from its start to its end.
fn is_in_force(setting: &Setting, now: impl Fn() -> Timestamp) -> bool {
    let is_open = setting.start.is_none() && setting.until.is_none();
    setting.maintenance && (is_open || setting.covers(now()))
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
    use crate::policy::policy::policy;

    fn state(setting: &str) -> State {
        State {
            generation: 1,
            setting: Some(crate::syntax::json_reader::read(setting)),
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
            let flag = policy.flag(state, no_clock);
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
            let flag = policy.flag(&planned, || at(now));
            assert_eq!((flag.on, flag.decided_by), (on, DecidedBy::State), "{now}");
            assert!(flag.setting.unwrap().until.is_some());
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
            let flag = policy.flag(&state, || at(&format!("2026-01-01T{now}:00:00Z")));
            assert_eq!((flag.on, flag.decided_by), expected, "{state:?} at {now}");
            let by_window = flag.decided_by == DecidedBy::Window;
            assert_eq!(flag.window, by_window.then_some(0));
            assert_eq!(
                flag.setting
                    .is_some_and(|setting| setting.message.is_some() && setting.until.is_some()),
                by_window
            );
        }
    }
}
