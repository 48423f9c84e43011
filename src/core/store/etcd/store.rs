//! Changes that etcd makes.

use std::rc::Rc;

use crate::{
    state::change::StateChange,
    store::{
        etcd::{etcd::Etcd, transaction::Transaction},
        grpc,
        shared_map::SharedMap,
        state_store::{Changing, StateStore},
    },
    syntax::timestamp::Timestamp,
};

impl<D, C> StateStore for Rc<Etcd<D, C>>
where
    D: SharedMap + Clone + 'static,
    C: grpc::Client + 'static,
{
    fn name(&self) -> &'static str {
        "etcd"
    }

    fn is_connected(&self) -> bool {
        self.lease.is_connected()
    }

    fn change(&self, change: StateChange, now: Timestamp) -> Changing {
        match Transaction::begin(Rc::clone(self), change, now) {
            Ok(transaction) => Changing::Waiting(Box::new(transaction)),
            Err(error) => Changing::Done(Err(error)),
        }
    }
}
