//! The status of an endpoint.

use maintenance_mode_core::state::setting::Setting;
use serde::Deserialize;
use serde_json::Value;

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct EndpointStatus {
    /// What the endpoint answered.
    pub(crate) document: Value,
    pub(crate) decided_by: String,
    pub(crate) generation: u64,
    /// The flag as it is, and what is known of it.
    pub(crate) setting: Setting,
}

impl EndpointStatus {
    pub(super) fn read(document: Value) -> Option<Self> {
        Some(Self {
            decided_by: document.get("decided_by")?.as_str()?.to_owned(),
            generation: document.get("generation")?.as_u64()?,
            setting: Setting::deserialize(&document).ok()?,
            document,
        })
    }
}

#[cfg(test)]
pub(crate) mod testing {
    //! Statuses for unit tests.

    use super::*;

    /// A status of generation 1, decided by the state.
    pub(crate) fn status(json: &str) -> EndpointStatus {
        let mut document: Value = serde_json::from_str(json).unwrap();
        document["generation"] = 1.into();
        document["decided_by"] = "state".into();
        EndpointStatus::read(document).unwrap()
    }
}
