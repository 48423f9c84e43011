//! What brings the changes that others make.

use crate::store::grpc::{CallError, CallId};
use crate::store::notice::Notices;
use crate::syntax::timestamp::Timestamp;

/// Follows a store, in each worker; one of them is at work.
pub trait Follower {
    /// Does what is due.
    fn tick(&mut self, now: Timestamp) -> Notices;

    /// Takes what came of a call or a stream.
    fn on_message(&mut self, id: CallId, message: &[u8], now: Timestamp) -> Notices;

    /// A call has failed, or a stream has ended.
    fn on_end(&mut self, id: CallId, error: CallError, now: Timestamp) -> Notices;
}
