//! The admin endpoint: authorise the caller, read the call, carry it out.

use crate::admin::answer::{Access, Answer};
use crate::admin::caller::Caller;
use crate::admin::change_call::ChangeCall;
use crate::admin::console::page;
use crate::admin::link::{mint, minted_reply};
use crate::admin::off::off;
use crate::admin::on::on;
use crate::admin::query::Query;
use crate::admin::refusal::Refusal;
use crate::admin::status::Status;
use crate::admin::{link, public};
use crate::config::mode::Mode;
use crate::policy::endpoint::Endpoint;
use crate::policy::outlook::Outlook;
use crate::policy::policy::Policy;
use crate::request::head::RequestHead;
use crate::request::headers::Headers;
use crate::state::change::{Edit, Precondition, StateChange};
use crate::state::state::State;
use crate::store::state_store::StateStore;

const READ: &str = "GET, HEAD";
const WRITE: &str = "POST";

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
    outlook: &Outlook,
    endpoint: &Endpoint,
    store: &dyn StateStore,
    state: &State,
    request: &impl RequestHead,
) -> Received {
    let open = |reply| Received::Answer(Answer::new(Access::Open, reply));
    if let Some(reply) = link::follow(policy, endpoint, state, request) {
        return open(reply);
    }
    if let Some(reply) = public::reply(policy, outlook, endpoint, state, request) {
        return open(reply);
    }
    let caller = Caller::of(endpoint, request);
    let received = if page::is_opened(endpoint, request) {
        let admitted = caller.check_address(endpoint);
        admitted.map(|()| open(page::page(policy, endpoint, request)))
    } else {
        carry_out(&caller, policy, outlook, endpoint, store, state, request)
    };
    received.unwrap_or_else(|refusal| Received::Answer(caller.refuse(&refusal)))
}

/// Of several errors the first of these is answered: of the caller, an unknown path, a method
/// that the path does not have, a parameter, a state that is locked.
fn carry_out(
    caller: &Caller,
    policy: &Policy,
    outlook: &Outlook,
    endpoint: &Endpoint,
    store: &dyn StateStore,
    state: &State,
    request: &impl RequestHead,
) -> Result<Received, Refusal> {
    let name = caller.authorise(endpoint)?;
    let path = endpoint.call(request.path()).unwrap_or_default();
    let expect = |methods| Query::of_call(request, methods, &[]);
    let edit = match (path, &policy.bypass) {
        (b"", _) => {
            expect(READ)?;
            let status = Status::new(policy, store, state, outlook, request.now());
            let answer = Answer::new(Access::Granted, status.reply());
            return Ok(Received::Answer(answer));
        }
        (b"/counters", _) => return expect(READ).map(|_| Received::Counters),
        (b"/on", _) => Edit::Set(on(endpoint, name, request)?),
        (b"/off", _) => off(policy, endpoint, name, request)?,
        (b"/reset", _) => expect(WRITE).map(|_| Edit::Reset)?,
        (b"/bypass", Some(bypass)) => {
            let minted = mint(bypass, state, request)?;
            let event = format!("bypass, a token until {}", minted.expires);
            let reply = minted_reply(&minted, endpoint, request.headers());
            return Ok(Received::Answer(caller.grant_change(reply, &event)));
        }
        (b"/bypass/revoke", Some(_)) => {
            expect(WRITE)?;
            Edit::RevokeBypass(request.now())
        }
        _ => {
            let path = String::from_utf8_lossy(path);
            return Err(Refusal::UnknownCall(path.into_owned()));
        }
    };
    let if_match = request.headers().get("if-match");
    let change = StateChange {
        edit,
        precondition: Precondition::parse(if_match.as_deref()),
    };
    if policy.mode != Mode::Auto && change.sets_flag() {
        return Err(Refusal::Locked(policy.mode.as_str()));
    }
    Ok(Received::Change(ChangeCall {
        caller: caller.clone(),
        change,
    }))
}

#[cfg(test)]
mod tests;
