//! The value of the key in etcd: JSON that people and tools may write.

use serde::{Deserialize, Deserializer, Serialize};

use crate::{
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
    pub(super) fn read(value: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(value)
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
