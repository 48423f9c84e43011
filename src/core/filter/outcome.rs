//! What becomes of a request.

use crate::admin::change_call::ChangeCall;
use crate::store::grpc::CallId;
use crate::store::state_store::PendingChange;

/// What becomes of a request.
pub enum Outcome {
    /// It goes on to the upstream.
    Passed,
    /// It goes no further.
    Answered,
    /// It goes no further, until maintenance ends or its wait does.
    Held,
    /// It goes no further, and is answered when the store has answered.
    Waiting(Box<PendingCall>),
}

/// A call of the admin endpoint that waits for the store.
pub struct PendingCall {
    pub(crate) call: ChangeCall,
    pub(crate) change: Box<dyn PendingChange>,
}

impl PendingCall {
    /// Whether the answer to this call of the store is awaited.
    pub fn awaits(&self, call: CallId) -> bool {
        self.change.awaits(call)
    }
}
