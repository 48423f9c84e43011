//! A call that changes the state.

use crate::admin::answer::Answer;
use crate::admin::caller::Caller;
use crate::admin::status::Status;
use crate::policy::outlook::Outlook;
use crate::policy::policy::Policy;
use crate::state::change::StateChange;
use crate::store::state_store::{Changed, StateStore};
use crate::syntax::timestamp::Timestamp;

/// A call that changes the state.
#[derive(Debug)]
pub struct ChangeCall {
    pub(crate) caller: Caller,
    /// The change.
    pub change: StateChange,
}

impl ChangeCall {
    /// The answer, once the change is made or not.
    pub fn answer(
        &self,
        policy: &Policy,
        outlook: &Outlook,
        store: &dyn StateStore,
        changed: Changed,
        now: Timestamp,
    ) -> Answer {
        match changed {
            Ok(state) => {
                let status = Status::new(policy, store, &state, outlook, now);
                let event = format!("{}, {status}", self.change.as_str());
                self.caller.grant_change(status.reply(), &event)
            }
            Err(error) => self.caller.refuse(&error.into()),
        }
    }

    /// The line for the log of a caller who has left before the answer.
    pub fn abandoned(&self) -> String {
        let change = self.change.as_str();
        let event = format!("{change}, but the caller left before the store answered");
        self.caller.audit(&event)
    }
}
