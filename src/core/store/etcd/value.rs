//! The value of the key in etcd: JSON that people and tools may write.

use serde::{Deserialize, Serialize};

use crate::state::setting::Setting;
use crate::state::state::State;
use crate::syntax::invalid::InvalidConfig;
use crate::syntax::json::Json;

/// The state that a value of this revision makes. `{"maintenance": true}` is enough; keys of a
/// later version are left alone.
///
/// # Errors
/// It is no such JSON; the text names line and column.
pub(crate) fn decode(value: &[u8], generation: u64) -> Result<State, InvalidConfig> {
    #[derive(Deserialize)]
    struct Revocation {
        bypass_revoked_at: Option<i64>,
    }

    let mut json = Json::parse(value).map_err(|error| InvalidConfig::syntax(&error))?;
    let flag = match &mut json {
        Json::Object(entries) => entries.iter_mut().find(|(key, _)| key == "maintenance"),
        _ => None,
    };
    // `null` is a reset that has a revocation to keep.
    let null = flag.filter(|(_, flag)| *flag == Json::Null);
    let is_reset = null.map(|(_, flag)| *flag = Json::Bool(false)).is_some();
    let setting: Setting = json.read_leniently()?;
    let Revocation { bypass_revoked_at } = json.read_leniently()?;
    Ok(State {
        generation,
        setting: (!is_reset).then_some(setting),
        bypass_revoked_at,
    })
}

/// The value that stands for a state.
pub(crate) fn encode(state: &State) -> String {
    #[derive(Serialize)]
    #[serde(untagged)]
    enum Flag<'a> {
        Set(&'a Setting),
        Reset { maintenance: () },
    }

    #[derive(Serialize)]
    struct Value<'a> {
        #[serde(flatten)]
        flag: Flag<'a>,
        #[serde(skip_serializing_if = "Option::is_none")]
        bypass_revoked_at: Option<i64>,
    }

    let flag = state.setting.as_ref().map(Flag::Set);
    let value = Value {
        flag: flag.unwrap_or(Flag::Reset { maintenance: () }),
        bypass_revoked_at: state.bypass_revoked_at,
    };
    serde_json::to_string(&value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(value: &str) -> Result<State, String> {
        decode(value.as_bytes(), 7).map_err(|error| error.to_string())
    }

    #[test]
    fn a_person_need_only_write_the_flag() {
        for maintenance in [true, false] {
            let state = state(&format!(r#"{{"maintenance": {maintenance}}}"#)).unwrap();
            assert_eq!(state.generation, 7);
            assert_eq!(state.setting.unwrap().maintenance, maintenance);
        }
    }

    #[test]
    fn what_is_written_reads_the_same() {
        for value in [
            r#"{"maintenance":true,"since":"2026-01-01T00:00:00Z","start":"2026-01-01T01:00:00Z","until":"2026-01-01T02:00:00Z","retry_after":60,"message":"m","changed_by":"ops","bypass_revoked_at":5}"#,
            r#"{"maintenance":false}"#,
            r#"{"maintenance":null,"bypass_revoked_at":5}"#,
        ] {
            let state = state(value).unwrap();
            assert_eq!(encode(&state), value);
        }
    }

    #[test]
    fn a_null_flag_is_a_reset_and_an_absent_one_an_error() {
        assert_eq!(state(r#"{"maintenance":null}"#).unwrap().setting, None);
        let error = state(r#"{"maintenence":true}"#).unwrap_err();
        assert_eq!(error, "missing field `maintenance`");
    }

    #[test]
    fn what_is_no_such_json_is_an_error() {
        for value in [
            "",
            "on",
            "[]",
            "true",
            r#"{"maintenance":"true"}"#,
            r#"{"maintenance":true,"until":"tomorrow"}"#,
            r#"{"maintenance":true,"retry_after":-1}"#,
            r#"{"maintenance":true}}"#,
        ] {
            assert!(state(value).is_err(), "{value}");
        }
        assert!(decode(b"\xff", 7).is_err());
    }
}
