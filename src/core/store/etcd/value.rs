//! The values of the keys in etcd, which people and tools may write: JSON, and of the revocations a
//! number.

use serde::{Deserialize, Serialize};

use crate::state::setting::Setting;
use crate::syntax::invalid::{Compiled, InvalidConfig};
use crate::syntax::json::Json;

/// What a value says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Stored {
    /// `None` after a reset.
    pub(crate) setting: Option<Setting>,
    /// What version 1 wrote beside it.
    pub(crate) bypass_revoked_at: Option<i64>,
    /// What of it cannot be, and was left out.
    pub(crate) problem: Option<InvalidConfig>,
}

/// Reads a value. `{"maintenance": true}` is enough; keys of a later version are left alone.
///
/// # Errors
/// It is no such JSON; the text names line and column.
pub(crate) fn decode(value: &[u8]) -> Compiled<Stored> {
    #[derive(Deserialize)]
    struct Revocation {
        bypass_revoked_at: Option<i64>,
    }

    let mut json = Json::parse(value).map_err(|error| InvalidConfig::syntax(&error))?;
    let flag = match &mut json {
        Json::Object(entries) => entries.iter_mut().find(|(key, _)| key == "maintenance"),
        _ => None,
    };
    // `null` is a reset of which the revision is known.
    let null = flag.filter(|(_, flag)| *flag == Json::Null);
    let is_reset = null.map(|(_, flag)| *flag = Json::Bool(false)).is_some();
    let mut setting: Setting = json.read_leniently()?;
    let Revocation { bypass_revoked_at } = json.read_leniently()?;
    let opens = setting.ramp_start.is_some() && setting.ramp_key.is_some();
    let is_half = setting.ramp_until.is_some() && !opens;
    if is_half {
        setting.ramp_until = None;
    }
    let problem = "ramp_until: needs `ramp_start` and `ramp_key`, so it opens at once";
    Ok(Stored {
        setting: (!is_reset).then_some(setting),
        bypass_revoked_at,
        problem: is_half.then(|| InvalidConfig::new(problem)),
    })
}

/// The moment of a revocation, in milliseconds since the Unix epoch.
///
/// # Errors
/// It is no such number.
pub(crate) fn decode_revocation(value: &[u8]) -> Compiled<i64> {
    let text = str::from_utf8(value.trim_ascii()).ok();
    let millis = text.and_then(|text| text.parse().ok());
    millis.ok_or_else(|| InvalidConfig::new("expected milliseconds since 1970, a whole number"))
}

/// The value that stands for what is set.
pub(crate) fn encode(setting: Option<&Setting>) -> String {
    #[derive(Serialize)]
    #[serde(untagged)]
    enum Flag<'a> {
        Set(&'a Setting),
        Reset { maintenance: () },
    }

    let flag = setting.map(Flag::Set);
    let flag = flag.unwrap_or(Flag::Reset { maintenance: () });
    serde_json::to_string(&flag).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn setting(value: &str) -> Result<Option<Setting>, String> {
        let decoded = decode(value.as_bytes());
        decoded
            .map(|value| value.setting)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn a_person_need_only_write_the_flag() {
        for maintenance in [true, false] {
            let setting = setting(&format!(r#"{{"maintenance": {maintenance}}}"#)).unwrap();
            assert_eq!(setting.unwrap().maintenance, maintenance);
        }
    }

    #[test]
    fn what_is_written_reads_the_same() {
        for value in [
            r#"{"maintenance":true,"since":"2026-01-01T00:00:00Z","start":"2026-01-01T01:00:00Z","until":"2026-01-01T02:00:00Z","retry_after":60,"message":"m","changed_by":"ops","off_at":"2026-01-01T03:00:00Z"}"#,
            r#"{"maintenance":true,"hold":20}"#,
            r#"{"maintenance":false,"ramp_until":"2026-01-01T02:00:00Z","ramp_start":"2026-01-01T01:00:00Z","ramp_key":"000102030405060708090a0b0c0d0e0f"}"#,
            r#"{"maintenance":false}"#,
            r#"{"maintenance":null}"#,
        ] {
            let setting = setting(value).unwrap();
            assert_eq!(encode(setting.as_ref()), value);
        }
    }

    #[test]
    fn a_revocation_is_a_number_and_was_a_key_of_the_flag_before() {
        let value = decode(br#"{"maintenance":null,"bypass_revoked_at":5}"#).unwrap();
        assert_eq!(value.bypass_revoked_at, Some(5));
        assert_eq!(decode_revocation(b"1767225600000\n"), Ok(1_767_225_600_000));
        for value in [
            "",
            "now",
            "1.5",
            "9223372036854775808",
            "5 5",
            "{}",
            "\"5\"",
        ] {
            assert!(decode_revocation(value.as_bytes()).is_err(), "{value}");
        }
        assert!(decode_revocation(b"\xff").is_err());
    }

    #[test]
    fn half_an_opening_is_a_plain_off_and_a_fault() {
        let value = decode(br#"{"maintenance":false,"ramp_until":"2026-01-01T02:00:00Z"}"#);
        let Stored {
            setting, problem, ..
        } = value.unwrap();
        assert_eq!(setting, Some(Setting::default()));
        assert!(
            problem
                .unwrap()
                .to_string()
                .starts_with("ramp_until: needs")
        );
        assert_eq!(decode(br#"{"maintenance":false}"#).unwrap().problem, None);
    }

    #[test]
    fn a_null_flag_is_a_reset_and_an_absent_one_an_error() {
        assert_eq!(setting(r#"{"maintenance":null}"#).unwrap(), None);
        let error = setting(r#"{"maintenence":true}"#).unwrap_err();
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
            r#"{"maintenance":true,"hold":241}"#,
            r#"{"maintenance":false,"ramp_key":"00"}"#,
            r#"{"maintenance":true}}"#,
        ] {
            assert!(setting(value).is_err(), "{value}");
        }
        assert!(decode(b"\xff").is_err());
    }
}
