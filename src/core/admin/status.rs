//! The status of a scope.

use std::fmt;

use serde::Serialize;

use crate::admin::answer::json;
use crate::policy::outlook::Outlook;
use crate::policy::policy::Policy;
use crate::reply::local_reply::LocalReply;
use crate::state::flag::{DecidedBy, Next};
use crate::state::setting::{Complete, Setting};
use crate::state::state::State;
use crate::store::state_store::StateStore;
use crate::syntax::timestamp::Timestamp;

/// What `GET` of the endpoint and every change answers; what is not known is `null`.
#[derive(Debug, Serialize)]
pub(crate) struct Status<'a> {
    maintenance: bool,
    decided_by: DecidedBy,
    mode: &'static str,
    scope: &'a str,
    pub(crate) generation: u64,
    #[serde(flatten)]
    setting: Complete,
    /// Told while it opens slowly: the share that passes is that of the time from here to the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    ramp_start: Option<Timestamp>,
    next: Option<Next<'a>>,
    store: &'static str,
    store_connected: bool,
    version: &'static str,
}

impl<'a> Status<'a> {
    /// The status at a moment.
    pub(crate) fn new(
        policy: &'a Policy,
        store: &dyn StateStore,
        state: &'a State,
        outlook: &Outlook,
        now: Timestamp,
    ) -> Self {
        let flag = policy.flag(state, outlook, || now);
        Self {
            maintenance: flag.on,
            decided_by: flag.decided_by,
            mode: policy.mode.as_str(),
            scope: &policy.scope,
            generation: state.generation,
            setting: Complete(flag.setting.map(|setting| Setting {
                since: flag.since,
                start: flag.start,
                until: flag.until,
                ramp_until: flag.ramp.map(|ramp| ramp.until),
                ..setting.clone()
            })),
            ramp_start: flag.ramp.map(|ramp| ramp.start),
            next: policy.next(state, now),
            store: policy.store_name(),
            store_connected: store.is_connected(),
            version: env!("CARGO_PKG_VERSION"),
        }
    }

    /// The reply that tells it.
    pub(crate) fn reply(&self) -> LocalReply<'static> {
        let mut reply = json(self);
        reply.add("etag", format!("\"{}\"", self.generation));
        reply
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
        let Complete(setting) = &self.setting;
        let setting = setting.as_ref();
        if let Some(start) = setting.and_then(|setting| setting.start) {
            write!(f, ", start {start}")?;
        }
        if let Some(until) = setting.and_then(|setting| setting.until) {
            write!(f, ", until {until}")?;
        }
        if let Some(end) = setting.and_then(|setting| setting.ramp_until) {
            write!(f, ", opening until {end}")?;
        }
        Ok(())
    }
}
