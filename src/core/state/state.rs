//! The state: what was set through the admin endpoint, and how often.

use serde::{Deserialize, Serialize};

use crate::state::setting::Setting;
use crate::syntax::json::Json;
use crate::syntax::timestamp::Timestamp;

/// The state of a scope, replaced as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// Grows with every change and never goes back; 0 before the first.
    pub generation: u64,
    /// What was set last; `None` before the first change and after a reset.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub setting: Option<Setting>,
    /// The moment up to which bypass tokens were revoked, in milliseconds since the Unix
    /// epoch. A reset does not bring them back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bypass_revoked_at: Option<i64>,
}

/// The first byte of an encoded state: the version of what follows.
const VERSION: u8 = b'1';

/// Bytes that are no state of a version this module knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the stored state cannot be read: it is none, or of another version of this filter")]
pub struct UnreadableState;

impl State {
    /// The moment up to which bypass tokens were revoked.
    pub fn bypass_revoked_at(&self) -> Option<Timestamp> {
        self.bypass_revoked_at.map(Timestamp::from_unix_millis)
    }

    /// Takes over what another state revoked: that is never taken back.
    pub fn keep_revocation(&mut self, other: &Self) {
        self.bypass_revoked_at = self.bypass_revoked_at.max(other.bypass_revoked_at);
    }

    /// Reads an encoded state; no bytes are the state before the first change.
    ///
    /// # Errors
    /// The bytes are no state of a known version.
    pub fn decode(bytes: &[u8]) -> Result<Self, UnreadableState> {
        match bytes {
            [] => Ok(Self::default()),
            [VERSION, json @ ..] => {
                let json = Json::parse(json).map_err(|_| UnreadableState)?;
                json.read_leniently().map_err(|_| UnreadableState)
            }
            _ => Err(UnreadableState),
        }
    }

    /// A version byte, then JSON.
    pub fn encode(&self) -> Vec<u8> {
        let json = serde_json::to_vec(self).unwrap_or_default();
        [&[VERSION], json.as_slice()].concat()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::state::change::{Conflict, Edit, Precondition, StateChange};
    use crate::state::hold::Hold;
    use crate::state::ramp::RampKey;

    fn on() -> Setting {
        Setting {
            maintenance: true,
            ..Setting::default()
        }
    }

    #[test]
    fn a_change_follows_the_generation_it_was_made_for() {
        let change = |if_match: &str| StateChange {
            edit: Edit::Set(on()),
            precondition: Precondition::parse(Some(if_match.as_bytes())),
        };
        let state = State {
            generation: 7,
            ..State::default()
        };
        for holds in ["*", "\"7\"", "\"6\", \"7\""] {
            assert_eq!(
                change(holds).apply(&state).unwrap().generation,
                8,
                "{holds}"
            );
        }
        for fails in [
            "\"6\"", "\"+7\"", "\"07\"", "W/\"7\"", "7", "", "\"\"", "\"x\"",
        ] {
            let failed = change(fails).apply(&state).unwrap_err();
            assert_eq!(failed, Conflict::Generation(7), "{fails}");
        }
        assert_eq!(Precondition::parse(None), Precondition::Any);
    }

    #[test]
    fn no_bytes_are_the_first_state_and_other_versions_are_unreadable() {
        assert_eq!(State::decode(b""), Ok(State::default()));
        for bytes in [
            &b"1"[..],
            b"1{}",
            b"2{\"generation\":1}",
            b"{}",
            b"\0\0",
            b"1{\"generation\":-1}",
        ] {
            assert_eq!(State::decode(bytes), Err(UnreadableState), "{bytes:?}");
        }
    }

    #[test]
    fn keys_of_a_later_version_are_left_alone() {
        let state =
            State::decode(br#"1{"generation":3,"setting":{"maintenance":true,"colour":"red"}}"#);
        assert_eq!(state.unwrap().setting, Some(on()));
    }

    #[test]
    fn a_reset_forgets_the_flag_but_no_revocation() {
        let apply = |state: &State, edit| {
            let precondition = Precondition::Any;
            StateChange { edit, precondition }.apply(state).unwrap()
        };
        let at = Timestamp::from_unix_millis;
        let state = apply(&State::default(), Edit::Set(on()));
        let state = apply(&state, Edit::RevokeBypass(at(5)));
        assert_eq!(state.setting, Some(on()));
        let state = apply(&state, Edit::RevokeBypass(at(3)));
        let state = apply(&state, Edit::Reset);
        assert_eq!((state.generation, state.setting.as_ref()), (4, None));
        assert_eq!(state.bypass_revoked_at(), Some(at(6)));
    }

    fn set(state: &State, setting: &str) -> Result<State, Conflict> {
        let date = setting.replace("T", "2026-01-01T").replace("Z", ":00:00Z");
        StateChange {
            edit: Edit::Set(crate::syntax::json_reader::read(&date)),
            precondition: Precondition::OneOf(vec![state.generation]),
        }
        .apply(state)
    }

    #[test]
    fn a_planned_on_keeps_what_the_last_off_silenced() {
        let silenced = |state: &State| {
            let silenced = state.setting.as_ref().and_then(Setting::silenced_at);
            silenced.map(|at| at.to_string())
        };
        let off = Some("2026-01-01T01:00:00Z".to_owned());
        let state = set(&State::default(), r#"{"maintenance":false,"since":"T01Z"}"#).unwrap();
        assert_eq!(silenced(&state), off);
        let planned = r#"{"maintenance":true,"since":"T02Z","start":"T05Z","until":"T06Z"}"#;
        let state = set(&state, planned).unwrap();
        assert_eq!(silenced(&state), off);
        let again = r#"{"maintenance":true,"since":"T03Z","start":"T07Z"}"#;
        let state = set(&state, again).unwrap();
        assert_eq!(silenced(&state), off);
        let now = set(&state, r#"{"maintenance":true,"since":"T04Z"}"#).unwrap();
        assert_eq!(silenced(&now), None);
    }

    #[test]
    fn an_on_that_is_planned_does_not_end_the_one_in_force() {
        let planned = r#"{"maintenance":true,"since":"T04Z","start":"T07Z"}"#;
        for (before, refused) in [
            (r#"{"maintenance":true,"since":"T03Z"}"#, true),
            (
                r#"{"maintenance":true,"since":"T03Z","until":"T05Z"}"#,
                true,
            ),
            (
                r#"{"maintenance":true,"since":"T03Z","until":"T04Z"}"#,
                false,
            ),
            (
                r#"{"maintenance":true,"since":"T03Z","start":"T05Z"}"#,
                false,
            ),
            (r#"{"maintenance":false,"since":"T03Z"}"#, false),
        ] {
            let before = set(&State::default(), before).unwrap();
            let changed = set(&before, planned);
            assert_eq!(changed == Err(Conflict::InForce), refused, "{before:?}");
        }
        let on = set(&State::default(), r#"{"maintenance":true,"since":"T03Z"}"#).unwrap();
        assert!(set(&on, r#"{"maintenance":true,"since":"T04Z","start":"T04Z"}"#).is_ok());
        let mut other = on.clone();
        other.generation = 9;
        let stale = StateChange {
            edit: Edit::Set(on.setting.clone().unwrap()),
            precondition: Precondition::OneOf(vec![1]),
        };
        assert_eq!(stale.apply(&other), Err(Conflict::Generation(9)));
    }

    proptest! {
        #[test]
        fn reads_what_it_wrote(
            generation: u64,
            maintenance: bool,
            millis: Option<i64>,
            message: Option<String>,
            retry_after: Option<u64>,
        ) {
            let at = millis.map(Timestamp::from_unix_millis);
            let setting = Setting {
                maintenance,
                since: at,
                start: at,
                until: at,
                retry_after,
                changed_by: message.clone(),
                message,
                hold: retry_after.and_then(Hold::new),
                off_at: at,
                ramp_start: at,
                ramp_until: at,
                ramp_key: retry_after.map(|number| RampKey::new([number; 2])),
            };
            let state = State { generation, setting: Some(setting), bypass_revoked_at: millis };
            prop_assert_eq!(State::decode(&state.encode()), Ok(state));
        }

        #[test]
        fn any_bytes_can_be_read(bytes: Vec<u8>) {
            let _ = State::decode(&bytes);
            let _ = State::decode(&[&[VERSION][..], &bytes].concat());
        }
    }
}
