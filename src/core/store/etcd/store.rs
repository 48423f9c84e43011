//! Changes that etcd makes.

use std::rc::Rc;

use crate::state::change::StateChange;
use crate::store::etcd::etcd::Etcd;
use crate::store::etcd::transaction::Transaction;
use crate::store::grpc;
use crate::store::shared_map::SharedMap;
use crate::store::state_store::{Changing, StateStore};
use crate::syntax::timestamp::Timestamp;

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
