//! How the store of a policy is opened.

use std::cell::RefCell;
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
    pub follower: Option<RefCell<Box<dyn Follower>>>,
}

impl<M: SharedMap> Opened<M> {
    /// Opens the store of a policy; `random` is a number that no other worker has.
    pub fn new(policy: &Policy, map: M, client: Box<dyn Client>, random: u64) -> Self {
        let scope = &policy.scope;
        let Some(fleet) = policy.store.clone() else {
            let state = Rc::new(SharedState::of_scope(map, scope));
            return Self {
                store: Box::new(Rc::clone(&state)),
                state,
                follower: None,
            };
        };
        let (state, store, follower): (_, Box<dyn StateStore>, Box<dyn Follower>) = match fleet {
            FleetStore::Etcd(settings) => {
                let etcd = Rc::new(Etcd::new(settings, client, map, scope, random));
                let follower = EtcdFollower::new(Rc::clone(&etcd), random);
                (Rc::clone(&etcd.state), Box::new(etcd), Box::new(follower))
            }
        };
        Self {
            state,
            store,
            follower: Some(RefCell::new(follower)),
        }
    }
}
