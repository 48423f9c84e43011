//! etcd as the store of a fleet: a change on one process is a change on all of them.
//!
//! ```text
//! admin call ─ transaction ─▶ Range, Txn ──▶ etcd ─┬─ Range, Watch ─▶ follower ─▶ SharedState
//!                                                  └─ the same on every other process
//! ```
//!
//! Of the workers of one process the one with the lease follows. etcd is reached by
//! [its gRPC API](https://etcd.io/docs/v3.5/learning/api/) through a cluster.

use std::rc::Rc;

use crate::policy::fleet_store::EtcdSettings;
use crate::state::setting::Setting;
use crate::state::state::State;
use crate::store::etcd::lease::Lease;
use crate::store::etcd::messages::{Event, KeyValue, Keys, Presence};
use crate::store::etcd::value::{decode, decode_revocation};
use crate::store::grpc::Client;
use crate::store::shared_map::{SharedMap, UNCONDITIONAL};
use crate::store::shared_state::SharedState;
use crate::syntax::invalid::InvalidConfig;
use crate::syntax::timestamp::Timestamp;
use crate::syntax::wire;

/// The store of a scope, as one worker reaches it.
pub struct Etcd<D: SharedMap> {
    pub(crate) settings: EtcdSettings,
    pub(crate) client: Box<dyn Client>,
    pub(crate) data: D,
    revocation_key: String,
    token_key: String,
    /// The state in the shared map, which requests read.
    pub state: Rc<SharedState<D>>,
    pub(crate) lease: Lease<D>,
}

/// What was read of the keys.
pub(crate) struct Decoded {
    pub(crate) state: State,
    /// The revisions of what cannot be read, and what is wrong.
    pub(crate) unreadable: Vec<(u64, InvalidConfig)>,
}

/// What follows the key of the flag in the key of the revocations.
const REVOCATION: &str = "/bypass-revoked-at";

/// An `off` that does not say since when counts from when this process learnt of it.
fn since(setting: Setting, mod_revision: u64, latest: &State, now: Timestamp) -> Setting {
    let is_undated = |off: &Setting| !off.maintenance && off.since.is_none();
    if !is_undated(&setting) || setting.off_at.is_some() {
        return setting;
    }
    let known = latest.setting.as_ref();
    let known = known.filter(|off| mod_revision <= latest.generation && is_undated(off));
    let learnt_at = known.and_then(|off| off.off_at).unwrap_or(now);
    Setting {
        off_at: Some(learnt_at),
        ..setting
    }
}

impl<D: SharedMap> Etcd<D> {
    /// The store of a scope; `worker` is a number that no other worker has.
    pub fn new(
        settings: EtcdSettings,
        client: Box<dyn Client>,
        data: D,
        scope: &str,
        worker: u64,
    ) -> Self {
        let EtcdSettings { cluster, key, .. } = &settings;
        let username = settings.login.as_ref().map_or("", |login| &login.username);
        // Another key is another state, also while both are configured during an update.
        let prefix = format!("{}.{scope}.etcd.{cluster}.{key}", wire::PREFIX);
        Self {
            client,
            state: Rc::new(SharedState::new(data.clone(), scope, &prefix)),
            lease: Lease::new(data.clone(), &prefix, worker),
            revocation_key: format!("{key}{REVOCATION}"),
            token_key: format!("{prefix}.token.{username}"),
            data,
            settings,
        }
    }

    /// The state in the shared map as it is.
    pub(crate) fn latest(&self) -> Rc<State> {
        // What cannot be read is reported by those who read it to decide.
        let _ = self.state.reload();
        self.state.snapshot()
    }

    /// The keys: of the flag, and of the revocations.
    pub(crate) fn keys(&self) -> [&str; 2] {
        [&self.settings.key, &self.revocation_key]
    }

    /// What an event tells of them; nothing if it is of another key between the two.
    pub(crate) fn keys_after<'a>(&self, event: &Event<'a>) -> Option<Keys<'a>> {
        let [flag, revocation] = self.keys().map(|key| key.as_bytes() == event.key);
        let seen = |is_it| if is_it { event.seen } else { Presence::Nothing };
        (flag || revocation).then(|| Keys {
            revision: event.revision,
            flag: seen(flag),
            revocation: seen(revocation),
        })
    }

    /// What the keys make of the state. No key of the flag is a reset; what cannot be read leaves
    /// the last state known, and nothing takes a revocation back.
    pub(crate) fn state_of(&self, keys: &Keys, now: Timestamp) -> Decoded {
        let latest = self.latest();
        let mut state = (*latest).clone();
        let mut unreadable = Vec::new();
        match keys.flag {
            Presence::Nothing => {}
            Presence::There(KeyValue {
                mod_revision,
                value,
            }) => match decode(value) {
                Ok(value) => {
                    state.generation = mod_revision;
                    state.setting = value
                        .setting
                        .map(|setting| since(setting, mod_revision, &latest, now));
                    state.bypass_revoked_at = state.bypass_revoked_at.max(value.bypass_revoked_at);
                    unreadable.extend(value.problem.map(|problem| (mod_revision, problem)));
                }
                Err(problem) => unreadable.push((mod_revision, problem)),
            },
            // The key is not there, and was not before: nothing changed.
            Presence::Absent if latest.setting.is_none() => {}
            Presence::Absent => {
                state.generation = keys.revision;
                state.setting = None;
            }
        }
        if let Presence::There(KeyValue {
            mod_revision,
            value,
        }) = keys.revocation
        {
            match decode_revocation(value) {
                Ok(revoked_at) => {
                    state.generation = state.generation.max(mod_revision);
                    state.bypass_revoked_at = state.bypass_revoked_at.max(Some(revoked_at));
                }
                Err(problem) => unreadable.push((mod_revision, problem)),
            }
        }
        Decoded { state, unreadable }
    }

    /// The token of a login that a worker of this process made.
    pub(crate) fn token(&self) -> Option<Vec<u8>> {
        self.settings.login.as_ref()?;
        let (token, _) = self.data.get(&self.token_key)?;
        (!token.is_empty()).then_some(token)
    }

    pub(crate) fn keep_token(&self, token: &[u8]) {
        self.data.set(&self.token_key, token, UNCONDITIONAL);
    }
}
