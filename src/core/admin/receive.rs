//! The admin endpoint: authorise the caller, read the call, carry it out.

use crate::admin::answer::Answer;
use crate::admin::call::Call;
use crate::admin::caller::Caller;
use crate::admin::change_call::ChangeCall;
use crate::admin::console;
use crate::admin::counters::CountersCall;
use crate::admin::link::{Link, minted_reply};
use crate::admin::refusal::Refusal;
use crate::admin::status::Status;
use crate::config::mode::Mode;
use crate::policy::endpoint::Endpoint;
use crate::policy::policy::Policy;
use crate::reply::local_reply::LocalReply;
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
    Counters(CountersCall),
}

/// Receives a call of the endpoint.
pub fn receive(
    policy: &Policy,
    endpoint: &Endpoint,
    store: &dyn StateStore,
    state: &State,
    request: &impl RequestHead,
) -> Received {
    if let Some(link) = Link::of(policy, endpoint, request) {
        return Received::Answer(Answer::open(link.follow(state, request)));
    }
    let caller = Caller::of(endpoint, request);
    let received = if console::is_opened(endpoint, request) {
        caller
            .check_address(endpoint)
            .map(|()| Received::Answer(Answer::open(console::page())))
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
            Ok(Received::Answer(caller.grant(status.reply())))
        }
        Call::Counters => Ok(Received::Counters(CountersCall {
            caller: caller.clone(),
        })),
        Call::Mint { name, ttl_seconds } => {
            let (reply, event) = mint(&name, ttl_seconds, policy, endpoint, state, request)?;
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

/// The reply to a call that mints a token, and what goes to the log.
fn mint(
    name: &str,
    ttl_seconds: u64,
    policy: &Policy,
    endpoint: &Endpoint,
    state: &State,
    request: &impl RequestHead,
) -> Result<(LocalReply<'static>, String), Refusal> {
    let minted = policy
        .bypass
        .as_ref()
        .and_then(|bypass| bypass.mint(name, request.now(), ttl_seconds, state.bypass_revoked_at()))
        .ok_or_else(|| {
            Refusal::Parameter("ttl: the end, or the last revocation, is past the year 9999".into())
        })?;
    let event = format!("bypass, a token until {}", minted.expires);
    let reply = minted_reply(&minted, endpoint, request.headers());
    Ok((reply, event))
}

#[cfg(test)]
mod tests;
