//! The value of the key in etcd: JSON that people and tools may write.

use serde::{Deserialize, Deserializer, Serialize};

use crate::{
    json::Json,
    policy::InvalidConfig,
    state::{Setting, State},
    timestamp::Timestamp,
};

/// `{"maintenance": true}` is enough. Keys of a later version are left alone.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Document {
    /// `null` after a reset that has a revocation to keep.
    #[serde(deserialize_with = "required")]
    maintenance: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    since: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    start: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    until: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    retry_after: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    changed_by: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    bypass_revoked_at: Option<i64>,
}

/// Unlike serde's own reading of an [`Option`], an absent key is an error.
fn required<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    Option::deserialize(deserializer)
}

impl Document {
    /// Reads the value of the key.
    ///
    /// # Errors
    /// It is no such JSON; the text names line and column.
    pub(super) fn read(value: &[u8]) -> Result<Self, InvalidConfig> {
        Json::parse(value)
            .map_err(|error| InvalidConfig::syntax(&error))?
            .read_leniently()
    }

    /// The value of the key.
    pub(super) fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The state that a value of this revision makes.
    pub(super) fn into_state(self, generation: u64) -> State {
        let setting = self.maintenance.map(|maintenance| Setting {
            maintenance,
            since: self.since,
            start: self.start,
            until: self.until,
            retry_after: self.retry_after,
            message: self.message,
            changed_by: self.changed_by,
        });
        State {
            generation,
            setting,
            bypass_revoked_at: self.bypass_revoked_at,
        }
    }
}

impl From<&State> for Document {
    fn from(state: &State) -> Self {
        let setting = state.setting.clone();
        Self {
            maintenance: setting.as_ref().map(|setting| setting.maintenance),
            since: setting.as_ref().and_then(|setting| setting.since),
            start: setting.as_ref().and_then(|setting| setting.start),
            until: setting.as_ref().and_then(|setting| setting.until),
            retry_after: setting.as_ref().and_then(|setting| setting.retry_after),
            message: setting.as_ref().and_then(|setting| setting.message.clone()),
            changed_by: setting.and_then(|setting| setting.changed_by),
            bypass_revoked_at: state.bypass_revoked_at,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(value: &str) -> Result<State, String> {
        Document::read(value.as_bytes())
            .map(|document| document.into_state(7))
            .map_err(|error| error.to_string())
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
            assert_eq!(Document::from(&state).to_json(), value);
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
        assert!(Document::read(b"\xff").is_err());
    }
}
