//! How the flag is decided.

use crate::config::mode::{Mode, Switch};
use crate::policy::outlook::Outlook;
use crate::policy::policy::Policy;
use crate::state::change::Fallback;
use crate::state::flag::{DecidedBy, Flag, Next};
use crate::state::setting::Setting;
use crate::state::state::State;
use crate::syntax::timestamp::Timestamp;

impl Policy {
    /// Decides the flag; the clock is only read where a start or an end depends on it.
    pub fn flag<'s>(
        &'s self,
        state: &'s State,
        outlook: &Outlook,
        now: impl Fn() -> Timestamp,
    ) -> Flag<'s> {
        let flag = |on, decided_by, setting: Option<&'s Setting>| Flag {
            on,
            decided_by,
            setting,
            since: setting.and_then(|setting| setting.since),
            start: setting.and_then(|setting| setting.start),
            until: setting.and_then(|setting| setting.until),
            ramp: None,
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
            && let Some(active) = outlook.active(&self.windows, now(), silenced_at(setting))
        {
            return Flag {
                since: active.begin,
                start: active.begin,
                until: active.until,
                window: Some(active.index),
                ..flag(true, DecidedBy::Window, Some(active.setting))
            };
        }
        match setting {
            Some(off) => Flag {
                ramp: off.ramp(now),
                ..flag(false, DecidedBy::State, setting)
            },
            None => flag(self.initial == Switch::On, DecidedBy::Initial, None),
        }
    }

    /// What decides the flag at a moment where the state leaves it to the configuration.
    pub fn fallback(&self, now: Timestamp) -> Fallback {
        Fallback {
            initial: self.initial,
            window_since: self.windows.last_begin(now),
        }
    }

    /// What is the first to come of an `on` that is planned and the windows; none while nothing
    /// planned can change the flag.
    pub fn next<'s>(&'s self, state: &'s State, now: Timestamp) -> Option<Next<'s>> {
        let setting = state.setting.as_ref();
        let is_endless = |on: &Setting| on.until.is_none() && is_in_force(on, || now);
        if self.mode != Mode::Auto || setting.is_some_and(is_endless) {
            return None;
        }
        let on = setting.filter(|setting| setting.maintenance);
        let begin = |on: &Setting| on.start.filter(|start| *start > now && on.covers(*start));
        let planned = on.and_then(|on| {
            Some(Next {
                start: begin(on)?,
                until: on.until,
                name: None,
                message: on.message.as_deref(),
            })
        });
        let window = self.windows.next(now, silenced_at(setting));
        let both = [planned, window].into_iter().flatten();
        both.min_by_key(|next| next.start)
    }
}

/// An `on` counts from its start to its end.
fn is_in_force(setting: &Setting, now: impl Fn() -> Timestamp) -> bool {
    let is_open = setting.start.is_none() && setting.until.is_none();
    setting.maintenance && (is_open || setting.covers(now()))
}

fn silenced_at(setting: Option<&Setting>) -> Option<Timestamp> {
    setting.and_then(Setting::silenced_at)
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
            let flag = policy.flag(state, &Outlook::default(), no_clock);
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
            let flag = policy.flag(&planned, &Outlook::default(), || at(now));
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
            (
                setting(r#"{"maintenance":true,"since":"T10Z","start":"T14Z","off_at":"T10Z"}"#),
                "11",
                (false, DecidedBy::State),
            ),
            (
                setting(r#"{"maintenance":false,"off_at":"T10Z"}"#),
                "11",
                (false, DecidedBy::State),
            ),
            (
                setting(r#"{"maintenance":false}"#),
                "11",
                (true, DecidedBy::Window),
            ),
        ] {
            let now = at(&format!("2026-01-01T{now}:00:00Z"));
            let flag = policy.flag(&state, &Outlook::default(), || now);
            assert_eq!((flag.on, flag.decided_by), expected, "{state:?} at {now}");
            let by_window = flag.decided_by == DecidedBy::Window;
            assert_eq!(flag.window, by_window.then_some(0));
            assert_eq!(
                flag.setting
                    .is_some_and(|setting| setting.message.is_some() && flag.until.is_some()),
                by_window
            );
        }
    }

    #[test]
    fn planned_is_a_window_and_an_on_that_began_later_and_is_to_end() {
        const WINDOWS: &str = r#"{"start":"2026-01-01T10:00:00Z","end":"2026-01-01T11:00:00Z"},{"start":"2026-01-01T12:00:00Z"}"#;
        let policy = policy(&format!(r#"{{"initial":"on","windows":[{WINDOWS}]}}"#));
        let on = |more: &str| {
            let json = format!(r#"{{"maintenance":true{more}}}"#);
            state(&json.replace('T', "2026-01-01T").replace('Z', ":00:00Z"))
        };
        for (state, hour, expected) in [
            (State::default(), 9, false),
            (State::default(), 10, true),
            (State::default(), 11, false),
            (State::default(), 12, true),
            (on(""), 10, false),
            (on(r#","since":"T08Z","until":"T20Z""#), 10, false),
            (
                on(r#","since":"T08Z","start":"T08Z","until":"T20Z""#),
                10,
                false,
            ),
            (
                on(r#","since":"T08Z","start":"T09Z","until":"T20Z""#),
                10,
                true,
            ),
            (on(r#","start":"T09Z","until":"T20Z""#), 10, true),
            (on(r#","since":"T08Z","start":"T09Z""#), 10, false),
            (
                on(r#","since":"T08Z","start":"T13Z","until":"T20Z""#),
                9,
                false,
            ),
        ] {
            let now = at(&format!("2026-01-01T{hour:02}:00:00Z"));
            let flag = policy.flag(&state, &Outlook::default(), || now);
            assert_eq!(flag.is_planned(), expected, "{state:?} at {hour}");
        }
    }

    #[test]
    fn what_comes_next_is_a_planned_on_or_a_window_whichever_begins_first() {
        const WINDOW: &str = r#""windows":[{"name":"w","start":"2026-01-01T12:00:00Z","end":"2026-01-01T13:00:00Z"}]"#;
        let next = |mode: &str, setting: &str, hour: u32| {
            let policy = policy(&format!("{{\"mode\":\"{mode}\",{WINDOW}}}"));
            let date = setting.replace('T', "2026-01-01T").replace('Z', ":00:00Z");
            let state = match setting {
                "" => State::default(),
                _ => state(&date),
            };
            let now = at(&format!("2026-01-01T{hour:02}:00:00Z"));
            let next = policy.next(&state, now)?;
            let hour = next.start.to_string().split(['T', ':']).nth(1)?.to_owned();
            Some((hour, next.name.map(str::to_owned)))
        };
        let planned = |hour: &str| Some((hour.to_owned(), None));
        let window = Some(("12".to_owned(), Some("w".to_owned())));
        for (setting, hour, expected) in [
            ("", 11, window.clone()),
            ("", 12, None),
            (r#"{"maintenance":true,"start":"T11Z"}"#, 10, planned("11")),
            (r#"{"maintenance":true,"start":"T12Z"}"#, 10, planned("12")),
            (r#"{"maintenance":true,"start":"T14Z"}"#, 10, window.clone()),
            (r#"{"maintenance":true,"start":"T14Z"}"#, 12, planned("14")),
            (r#"{"maintenance":true,"start":"T14Z"}"#, 14, None),
            (
                r#"{"maintenance":true,"start":"T14Z","until":"T14Z"}"#,
                12,
                None,
            ),
            (r#"{"maintenance":true}"#, 10, None),
            (r#"{"maintenance":true,"until":"T11Z"}"#, 10, window.clone()),
            (
                r#"{"maintenance":false,"since":"T10Z"}"#,
                10,
                window.clone(),
            ),
            (r#"{"maintenance":false,"since":"T12Z"}"#, 10, None),
        ] {
            assert_eq!(next("auto", setting, hour), expected, "{setting} at {hour}");
            for mode in ["on", "off"] {
                assert_eq!(next(mode, setting, hour), None);
            }
        }
    }
}
