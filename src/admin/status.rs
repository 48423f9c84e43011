//! The status of a scope.

use std::fmt;

use serde::Serialize;

use crate::{
    flag::{DecidedBy, Flag},
    policy::Policy,
    state::State,
    store::StateStore,
    timestamp::Timestamp,
};

/// What `GET` of the endpoint and every change answers; what is not known is `null`.
#[derive(Debug, Serialize)]
pub(super) struct Status<'a> {
    maintenance: bool,
    decided_by: DecidedBy,
    mode: &'static str,
    scope: &'a str,
    pub(super) generation: u64,
    since: Option<Timestamp>,
    start: Option<Timestamp>,
    until: Option<Timestamp>,
    retry_after: Option<u64>,
    message: Option<&'a str>,
    changed_by: Option<&'a str>,
    store: &'static str,
    store_connected: bool,
    version: &'static str,
}

impl<'a> Status<'a> {
    /// The status at a moment.
    pub(super) fn new(
        policy: &'a Policy,
        store: &dyn StateStore,
        state: &'a State,
        now: Timestamp,
    ) -> Self {
        let flag = Flag::decide(policy, state, || now);
        Self {
            maintenance: flag.on,
            decided_by: flag.decided_by,
            mode: policy.mode.as_str(),
            scope: &policy.scope,
            generation: state.generation,
            since: flag.since,
            start: flag.start,
            until: flag.until,
            retry_after: flag.retry_after,
            message: flag.message,
            changed_by: flag.changed_by,
            store: store.name(),
            store_connected: store.is_connected(),
            version: env!("CARGO_PKG_VERSION"),
        }
    }

    /// The JSON document.
    pub(super) fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// For the log.
impl fmt::Display for Status<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let flag = if self.maintenance { "on" } else { "off" };
        write!(
            f,
            "maintenance of scope {} is {flag}, generation {}",
            self.scope, self.generation
        )?;
        if let Some(start) = self.start {
            write!(f, ", start {start}")?;
        }
        if let Some(until) = self.until {
            write!(f, ", until {until}")?;
        }
        Ok(())
    }
}
