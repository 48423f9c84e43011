//! The admin endpoint: authorise the caller, read the call, carry it out.

mod call;
mod console;
mod counters;
mod link;
mod query;
mod refusal;
mod status;

use std::{borrow::Cow, net::IpAddr};

pub use self::counters::{Counters, CountersCall};
use self::{call::Call, link::Link, refusal::Refusal, status::Status};
use crate::{
    config::Mode,
    policy::{Endpoint, Policy},
    problem::Problem,
    reply::LocalReply,
    request::RequestHead,
    state::{State, StateChange},
    store::{Changed, StateStore},
    timestamp::Timestamp,
};

/// What becomes of a call.
#[derive(Debug)]
pub enum Received {
    /// It is answered.
    Answer(Answer),
    /// It is answered when the change is made.
    Change(ChangeCall),
    /// It is answered with what the host has counted.
    Counters(CountersCall),
}

/// The answer to a call.
#[derive(Debug)]
pub struct Answer {
    /// What the caller gets.
    pub reply: LocalReply<'static>,
    /// Whether token and address were good; `None` for the bypass link and the console, which
    /// need no token.
    pub granted: Option<bool>,
    /// The line that goes to the log: of every change and of every refusal.
    pub audit: Option<String>,
}

const DETAILS: &str = "maintenance_mode_admin";

/// Receives a call of the endpoint.
pub fn receive(
    policy: &Policy,
    endpoint: &Endpoint,
    store: &dyn StateStore,
    state: &State,
    request: &impl RequestHead,
) -> Received {
    if let Some(link) = Link::of(policy, endpoint, request) {
        return Received::Answer(Answer {
            reply: link.follow(state, request),
            granted: None,
            audit: None,
        });
    }
    let authorization = request.headers().get("authorization").unwrap_or_default();
    let caller = Caller {
        name: endpoint.authenticate(&authorization).map(str::to_owned),
        client: request.client_ip(),
    };
    if console::is_opened(endpoint, request) {
        return Received::Answer(match caller.check_address(endpoint) {
            Ok(()) => Answer {
                reply: console::page(),
                granted: None,
                audit: None,
            },
            Err(refusal) => caller.refuse(&refusal, false),
        });
    }
    let name = match caller.authorise(endpoint) {
        Ok(name) => name,
        Err(refusal) => return Received::Answer(caller.refuse(&refusal, false)),
    };
    let path = endpoint.call(request.path()).unwrap_or_default();
    let received = Call::parse(path, policy, endpoint, name, request).and_then(|call| match call {
        Call::Status => {
            let status = Status::new(policy, store, state, request.now());
            Ok(Received::Answer(caller.grant(status_reply(&status), None)))
        }
        Call::Counters => Ok(Received::Counters(CountersCall {
            caller: caller.clone(),
        })),
        Call::Mint { name, ttl_seconds } => {
            let (reply, event) = mint(&name, ttl_seconds, policy, endpoint, state, request)?;
            Ok(Received::Answer(caller.grant(reply, Some(&event))))
        }
        Call::Change(change) if policy.mode != Mode::Auto && change.sets_flag() => {
            Err(Refusal::Locked(policy.mode.as_str()))
        }
        Call::Change(change) => Ok(Received::Change(ChangeCall {
            caller: caller.clone(),
            change,
        })),
    });
    received.unwrap_or_else(|refusal| Received::Answer(caller.refuse(&refusal, true)))
}

/// A call that changes the state.
#[derive(Debug)]
pub struct ChangeCall {
    caller: Caller,
    /// The change.
    pub change: StateChange,
}

impl ChangeCall {
    /// The answer, once the change is made or not.
    pub fn answer(
        &self,
        policy: &Policy,
        store: &dyn StateStore,
        changed: Changed,
        now: Timestamp,
    ) -> Answer {
        match changed {
            Ok(state) => {
                let status = Status::new(policy, store, &state, now);
                let event = format!("{}, {status}", self.change.as_str());
                self.caller.grant(status_reply(&status), Some(&event))
            }
            Err(error) => self.caller.refuse(&error.into(), true),
        }
    }

    /// The line for the log of a caller who has left before the answer.
    pub fn abandoned(&self) -> String {
        let change = self.change.as_str();
        let event = format!("{change}, but the caller left before the store answered");
        self.caller.audit(&event)
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
    let reply = link::minted_reply(&minted, endpoint, request.headers());
    Ok((reply, event))
}

/// Who calls.
#[derive(Clone, Debug)]
struct Caller {
    /// The name of the token, if it is one.
    name: Option<String>,
    client: Option<IpAddr>,
}

impl Caller {
    fn authorise(&self, endpoint: &Endpoint) -> Result<&str, Refusal> {
        let name = self.name.as_deref().ok_or(Refusal::Unauthorized)?;
        self.check_address(endpoint)?;
        Ok(name)
    }

    fn check_address(&self, endpoint: &Endpoint) -> Result<(), Refusal> {
        if endpoint.admits(self.client) {
            Ok(())
        } else {
            Err(Refusal::Address(self.client))
        }
    }

    fn grant(&self, reply: LocalReply<'static>, event: Option<&str>) -> Answer {
        Answer {
            reply,
            granted: Some(true),
            audit: event.map(|event| self.audit(event)),
        }
    }

    fn refuse(&self, refusal: &Refusal, granted: bool) -> Answer {
        let status = refusal.status();
        Answer {
            audit: Some(self.audit(&format!("refused with {status}, {refusal}"))),
            granted: Some(granted),
            reply: problem_reply(refusal),
        }
    }

    /// One line, in which nothing is the client's text.
    fn audit(&self, event: &str) -> String {
        let name = self
            .name
            .as_deref()
            .map_or("nobody".into(), |name| format!("{name:?}"));
        let from = self
            .client
            .map_or("an unknown address".into(), |ip| ip.to_string());
        format!("admin call by {name} from {from}: {event}")
    }
}

fn status_reply(status: &Status) -> LocalReply<'static> {
    let mut reply = no_store(200, "application/json", status.to_json());
    reply.set("etag", &format!("\"{}\"", status.generation));
    reply
}

fn problem_reply(refusal: &Refusal) -> LocalReply<'static> {
    let status = refusal.status();
    let detail = refusal.detail();
    let problem = Problem::new(status, refusal.title(), &detail);
    let mut reply = no_store(status, Problem::CONTENT_TYPE, problem.to_json());
    if let Some((name, value)) = refusal.header() {
        reply.set(name, &value);
    }
    reply
}

fn no_store(
    status: u16,
    content_type: &'static str,
    body: impl Into<Cow<'static, str>>,
) -> LocalReply<'static> {
    let mut reply = LocalReply::new(status, body, DETAILS);
    reply.set("content-type", content_type);
    reply.set("cache-control", "no-store");
    reply
}

#[cfg(test)]
mod tests;
