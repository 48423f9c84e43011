//! Where the state of a scope is kept: in the shared map, or for a fleet in a store
//! that the shared map follows. Requests read the shared map in either case.

use std::rc::Rc;

use crate::state::change::{Conflict, StateChange};
use crate::state::state::State;
use crate::store::grpc::{CallError, CallId};
use crate::syntax::timestamp::Timestamp;

/// Where changes of the state are made.
pub trait StateStore {
    /// Whether changes that others make arrive.
    fn is_connected(&self) -> bool;

    /// Changes the state, for every process that shares the store.
    fn change(&self, change: StateChange, now: Timestamp) -> Changing;
}

/// The state after a change.
pub type Changed = Result<Rc<State>, ChangeError>;

/// How far a change is.
pub enum Changing {
    /// It is made, or it is not.
    Done(Changed),
    /// The store was asked, and what it answers must be handed over.
    Waiting(Box<dyn PendingChange>),
}

/// A change that waits for the answer of a store.
pub trait PendingChange {
    /// Whether the answer to this call is awaited.
    fn awaits(&self, call: CallId) -> bool;

    /// Takes the answer, and goes on; `None` where there is more to wait for.
    fn on_answer(&mut self, answer: Result<&[u8], CallError>, now: Timestamp) -> Option<Changed>;
}

/// Why a change was not made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChangeError {
    /// The state is not one that can be changed so.
    #[error(transparent)]
    Conflict(#[from] Conflict),
    /// Others were always faster.
    #[error(transparent)]
    Contended(#[from] Contended),
    /// The store could not be asked; nothing was changed.
    #[error("the store cannot be reached, so nothing was changed: {0}")]
    Unreachable(String),
    /// The store was told, but did not answer.
    #[error("the store did not confirm the change, so look at the status: {0}")]
    Unconfirmed(String),
}

/// Others changed the state at each try.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the state could not be changed: too many changes at once")]
pub struct Contended;
