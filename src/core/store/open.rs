//! How the store of a policy is opened.

use std::rc::Rc;

use crate::policy::fleet_store::FleetStore;
use crate::policy::policy::Policy;
use crate::store::etcd::etcd::Etcd;
use crate::store::etcd::follower::EtcdFollower;
use crate::store::follower::Follower;
use crate::store::grpc::Client;
use crate::store::shared_map::SharedMap;
use crate::store::shared_state::SharedState;
use crate::store::state_store::StateStore;

/// A store as one worker has it.
pub struct Opened<M: SharedMap> {
    /// What requests read.
    pub state: Rc<SharedState<M>>,
    /// Where changes are made.
    pub store: Box<dyn StateStore>,
    /// What brings the changes that others make, where the process alone does not.
    pub follower: Option<Box<dyn Follower>>,
}

impl<M: SharedMap + Clone + 'static> Opened<M> {
    /// Opens the store of a policy; `random` is a number that no other worker has.
    pub fn new(policy: &Policy, map: M, client: impl Client + 'static, random: u64) -> Self {
        let Some(fleet) = policy.store.clone() else {
            let state = Rc::new(SharedState::of_scope(map, &policy.scope));
            return Self {
                store: Box::new(Rc::clone(&state)),
                state,
                follower: None,
            };
        };
        let (state, store, follower): (_, Box<dyn StateStore>, Box<dyn Follower>) = match fleet {
            FleetStore::Etcd(settings) => {
                let etcd = Rc::new(Etcd::new(settings, client, map, &policy.scope, random));
                let state = Rc::clone(etcd.state());
                let follower = EtcdFollower::new(Rc::clone(&etcd), random);
                (state, Box::new(etcd), Box::new(follower))
            }
        };
        Self {
            state,
            store,
            follower: Some(follower),
        }
    }
}
