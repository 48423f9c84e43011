//! The admin endpoint: authorise the caller, read the call, carry it out.

mod call;
mod link;
mod query;
mod refusal;
mod status;

use std::net::IpAddr;

use self::{call::Call, link::Link, refusal::Refusal, status::Status};
use crate::{
    config::Mode,
    policy::{Endpoint, Policy},
    reply::{LocalReply, Problem},
    request::RequestHead,
    state::State,
    store::{SharedData, Store},
};

/// The answer to a call.
#[derive(Debug)]
pub struct Answer {
    /// What the caller gets.
    pub reply: LocalReply<'static>,
    /// Whether token and address were good; `None` for the bypass link, which has neither.
    pub granted: Option<bool>,
    /// The line that goes to the log: of every change and of every refusal.
    pub audit: Option<String>,
}

const DETAILS: &str = "maintenance_mode_admin";

/// Answers a call of the endpoint.
pub fn answer(
    policy: &Policy,
    endpoint: &Endpoint,
    store: &Store<impl SharedData>,
    request: &impl RequestHead,
) -> Answer {
    let headers = request.headers();
    // What this finds is counted by the requests that meet it.
    let _ = store.refresh();
    if let Some(link) = Link::of(policy, endpoint, request) {
        return Answer {
            reply: link.follow(&store.snapshot(), request),
            granted: None,
            audit: None,
        };
    }
    let authorization = headers.get("authorization").unwrap_or_default();
    let caller = Caller {
        name: endpoint.authenticate(&authorization),
        client: request.client_ip(),
    };
    let name = match caller.authorise(endpoint) {
        Ok(name) => name,
        Err(refusal) => return caller.refuse(refusal, false),
    };
    let path = endpoint.call(request.path()).unwrap_or_default();
    let done = Call::parse(path, policy, endpoint, name, request)
        .and_then(|call| carry_out(call, policy, endpoint, store, request));
    match done {
        Ok((reply, event)) => Answer {
            reply,
            granted: Some(true),
            audit: event.map(|event| caller.audit(&event)),
        },
        Err(refusal) => caller.refuse(refusal, true),
    }
}

/// The reply to a call, and for the log what it changed.
fn carry_out(
    call: Call,
    policy: &Policy,
    endpoint: &Endpoint,
    store: &Store<impl SharedData>,
    request: &impl RequestHead,
) -> Result<(LocalReply<'static>, Option<String>), Refusal> {
    let status = |state: &State| {
        let status = Status::new(policy, state, request.now());
        (status_reply(&status), status.to_string())
    };
    match call {
        Call::Status => Ok((status(&store.snapshot()).0, None)),
        Call::Change(change) => {
            if policy.mode != Mode::Auto && change.sets_flag() {
                return Err(Refusal::Locked(policy.mode.as_str()));
            }
            let (reply, outcome) = status(&*store.change(&change)?);
            Ok((reply, Some(format!("{}, {outcome}", change.as_str()))))
        }
        Call::Mint { name, ttl_seconds } => {
            let revoked_at = store.snapshot().bypass_revoked_at();
            let minted = policy
                .bypass
                .as_ref()
                .and_then(|bypass| bypass.mint(&name, request.now(), ttl_seconds, revoked_at))
                .ok_or_else(|| Refusal::Parameter("ttl: the end is past the year 9999".into()))?;
            let event = format!("bypass, a token until {}", minted.expires);
            let reply = link::minted_reply(&minted, endpoint, request.headers());
            Ok((reply, Some(event)))
        }
    }
}

/// Who calls.
struct Caller<'e> {
    /// The name of the token, if it is one.
    name: Option<&'e str>,
    client: Option<IpAddr>,
}

impl<'e> Caller<'e> {
    fn authorise(&self, endpoint: &Endpoint) -> Result<&'e str, Refusal> {
        let name = self.name.ok_or(Refusal::Unauthorized)?;
        if endpoint.admits(self.client) {
            Ok(name)
        } else {
            Err(Refusal::Address(self.client))
        }
    }

    fn refuse(&self, refusal: Refusal, granted: bool) -> Answer {
        let status = refusal.status();
        Answer {
            audit: Some(self.audit(&format!("refused with {status}, {refusal}"))),
            granted: Some(granted),
            reply: problem_reply(&refusal),
        }
    }

    /// One line, in which nothing is the client's text.
    fn audit(&self, event: &str) -> String {
        let name = self
            .name
            .map_or("nobody".into(), |name| format!("{name:?}"));
        let from = self
            .client
            .map_or("an unknown address".into(), |ip| ip.to_string());
        format!("admin call by {name} from {from}: {event}")
    }
}

fn status_reply(status: &Status) -> LocalReply<'static> {
    let mut reply = no_store(200, "application/json", status.to_json());
    reply.push("etag", format!("\"{}\"", status.generation));
    reply
}

fn problem_reply(refusal: &Refusal) -> LocalReply<'static> {
    let status = refusal.status();
    let detail = refusal.detail();
    let problem = Problem::new(status, refusal.title(), &detail);
    let mut reply = no_store(status, Problem::CONTENT_TYPE, problem.to_json());
    if let Some((name, value)) = refusal.header() {
        reply.push(name, value);
    }
    reply
}

fn no_store(status: u16, content_type: &'static str, body: String) -> LocalReply<'static> {
    LocalReply {
        status,
        headers: vec![
            ("content-type".into(), content_type.into()),
            ("cache-control".into(), "no-store".into()),
        ],
        body: body.into(),
        grpc_status: None,
        details: DETAILS,
    }
}

#[cfg(test)]
mod tests;
