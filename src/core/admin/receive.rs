//! The admin endpoint: authorise the caller, read the call, carry it out.

use crate::admin::answer::{Access, Answer};
use crate::admin::call::Call;
use crate::admin::caller::Caller;
use crate::admin::change_call::ChangeCall;
use crate::admin::link::minted_reply;
use crate::admin::refusal::Refusal;
use crate::admin::status::Status;
use crate::admin::{console, link};
use crate::config::mode::Mode;
use crate::policy::endpoint::Endpoint;
use crate::policy::policy::Policy;
use crate::request::head::RequestHead;
use crate::state::state::State;
use crate::store::state_store::StateStore;

/// What becomes of a call.
#[derive(Debug)]
pub enum Received {
    /// It is answered.
    Answer(Answer),
    /// It is answered when the change is made.
    Change(ChangeCall),
    /// It is answered with what was counted.
    Counters,
}

/// Receives a call of the endpoint.
pub fn receive(
    policy: &Policy,
    endpoint: &Endpoint,
    store: &dyn StateStore,
    state: &State,
    request: &impl RequestHead,
) -> Received {
    let open = |reply| Received::Answer(Answer::new(Access::Open, reply));
    if let Some(reply) = link::follow(policy, endpoint, state, request) {
        return open(reply);
    }
    let caller = Caller::of(endpoint, request);
    let received = if console::is_opened(endpoint, request) {
        let admitted = caller.check_address(endpoint);
        admitted.map(|()| open(console::page()))
    } else {
        carry_out(&caller, policy, endpoint, store, state, request)
    };
    received.unwrap_or_else(|refusal| Received::Answer(caller.refuse(&refusal)))
}

fn carry_out(
    caller: &Caller,
    policy: &Policy,
    endpoint: &Endpoint,
    store: &dyn StateStore,
    state: &State,
    request: &impl RequestHead,
) -> Result<Received, Refusal> {
    let name = caller.authorise(endpoint)?;
    let path = endpoint.call(request.path()).unwrap_or_default();
    match Call::parse(path, policy, endpoint, name, request)? {
        Call::Status => {
            let status = Status::new(policy, store, state, request.now());
            Ok(Received::Answer(Answer::new(
                Access::Granted,
                status.reply(),
            )))
        }
        Call::Counters => Ok(Received::Counters),
        Call::Mint {
            bypass,
            name,
            ttl_seconds,
        } => {
            let minted = bypass.mint(&name, request.now(), ttl_seconds, state.bypass_revoked_at());
            let minted = minted.ok_or_else(|| {
                let problem = "ttl: the end, or the last revocation, is past the year 9999";
                Refusal::Parameter(problem.into())
            })?;
            let event = format!("bypass, a token until {}", minted.expires);
            let reply = minted_reply(&minted, endpoint, request.headers());
            Ok(Received::Answer(caller.grant_change(reply, &event)))
        }
        Call::Change(change) if policy.mode != Mode::Auto && change.sets_flag() => {
            Err(Refusal::Locked(policy.mode.as_str()))
        }
        Call::Change(change) => Ok(Received::Change(ChangeCall {
            caller: caller.clone(),
            change,
        })),
    }
}

#[cfg(test)]
mod tests;
