//! What brings the changes that others make.

use crate::store::grpc::{CallError, CallId};
use crate::store::notice::Notices;
use crate::syntax::timestamp::Timestamp;

/// Follows a store, in each worker; one of them is at work.
pub trait Follower {
    /// Does what is due.
    fn tick(&mut self, now: Timestamp) -> Notices;

    /// Takes what came of a call or a stream; an error ends it.
    fn on_answer(
        &mut self,
        id: CallId,
        answer: Result<&[u8], CallError>,
        now: Timestamp,
    ) -> Notices;
}
