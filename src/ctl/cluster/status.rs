//! What a configuration says of the flag, in the form of an endpoint's status.

use maintenance_mode_core::policy::outlook::Outlook;
use maintenance_mode_core::policy::policy::Policy;
use maintenance_mode_core::state::flag::{DecidedBy, Next};
use maintenance_mode_core::state::setting::{Complete, Setting};
use maintenance_mode_core::state::state::State;
use maintenance_mode_core::syntax::timestamp::Timestamp;
use serde::Serialize;
use serde_json::Value;

use crate::ctl::arguments::object::Object;
use crate::ctl::cluster::snapshot::Snapshot;

/// What is not in a configuration is `null`.
#[derive(Serialize)]
struct ObjectStatus<'a> {
    object: String,
    namespace: &'a str,
    maintenance: Option<bool>,
    decided_by: Option<DecidedBy>,
    mode: Option<&'a Value>,
    scope: Option<&'a Value>,
    generation: (),
    #[serde(flatten)]
    setting: Complete,
    next: Option<Next<'a>>,
    store: Option<&'static str>,
    store_connected: (),
    version: (),
}

/// As far as the configuration tells it: nothing of what somebody has set at an endpoint, and only
/// what is written, where the filter refuses it.
pub(crate) fn status(object: &Object, snapshot: &Snapshot, now: Timestamp) -> Value {
    let accepted = snapshot.compiled.accepted.as_ref();
    let policy = accepted.map(|(_, policy)| policy);
    let (state, outlook) = (State::default(), Outlook::default());
    let flag = policy.map(|policy| policy.flag(&state, &outlook, || now));
    let setting = flag.and_then(|flag| {
        Some(Setting {
            since: flag.since,
            start: flag.start,
            until: flag.until,
            ..flag.setting?.clone()
        })
    });
    let mode = policy.map(|policy| Value::from(policy.mode.as_str()));
    let scope = policy.map(|policy| Value::from(&*policy.scope));
    let status = ObjectStatus {
        object: object.name.to_string(),
        namespace: snapshot.metadata("namespace"),
        maintenance: flag.map(|flag| flag.on),
        decided_by: flag.map(|flag| flag.decided_by),
        mode: mode.as_ref().or_else(|| snapshot.written("mode")),
        scope: scope.as_ref().or_else(|| snapshot.written("scope")),
        generation: (),
        setting: Complete(setting),
        next: policy.and_then(|policy| policy.next(&state, now)),
        store: policy.map(Policy::store_name),
        store_connected: (),
        version: (),
    };
    serde_json::to_value(status).unwrap_or_default()
}
