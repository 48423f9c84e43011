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
use crate::state::state::State;
use crate::store::etcd::lease::Lease;
use crate::store::etcd::messages::KeyState;
use crate::store::etcd::value::decode;
use crate::store::grpc::Client;
use crate::store::shared_map::{SharedMap, UNCONDITIONAL};
use crate::store::shared_state::SharedState;
use crate::syntax::invalid::InvalidConfig;
use crate::syntax::wire;

/// The store of a scope, as one worker reaches it.
pub struct Etcd<D: SharedMap> {
    pub(crate) settings: EtcdSettings,
    pub(crate) client: Box<dyn Client>,
    pub(crate) data: D,
    token_key: String,
    /// The state in the shared map, which requests read.
    pub state: Rc<SharedState<D>>,
    pub(crate) lease: Lease<D>,
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

    /// The state that the key makes; no key is a reset.
    pub(crate) fn state_of(&self, key: &KeyState) -> Result<State, InvalidConfig> {
        let latest = self.latest();
        Ok(match key.key_value {
            Some(key_value) => decode(key_value.value, key_value.mod_revision)?,
            // The key is not there, and was not before: nothing changed.
            None if latest.setting.is_none() => (*latest).clone(),
            None => State {
                generation: key.revision,
                ..State::default()
            },
        })
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
