//! The admin endpoint: authorise the caller, read the call, carry it out.

mod call;
mod query;
mod refusal;
mod status;

use std::{net::IpAddr, rc::Rc};

use self::{call::Call, refusal::Refusal, status::Status};
use crate::{
    client_address,
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
    /// Whether token and address were good.
    pub granted: bool,
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
    let client = request
        .source_address()
        .and_then(|source| client_address::parse(&source));
    let authorization = request.headers().get("authorization").unwrap_or_default();
    let caller = Caller {
        name: endpoint.authenticate(&authorization),
        client,
    };
    let name = match caller.authorise(endpoint) {
        Ok(name) => name,
        Err(refusal) => return caller.refuse(refusal, false),
    };
    let call = match Call::parse(endpoint, name, request) {
        Ok(call) => call,
        Err(refusal) => return caller.refuse(refusal, true),
    };
    match carry_out(&call, policy, store) {
        Ok(state) => {
            let status = Status::new(policy, &state, request.now());
            Answer {
                audit: call
                    .change()
                    .map(|change| caller.audit(&format!("{}, {status}", change.as_str()))),
                granted: true,
                reply: status_reply(&status),
            }
        }
        Err(refusal) => caller.refuse(refusal, true),
    }
}

fn carry_out(
    call: &Call,
    policy: &Policy,
    store: &Store<impl SharedData>,
) -> Result<Rc<State>, Refusal> {
    match call {
        Call::Status => {
            // A state that cannot be read is counted by the requests that meet it.
            let _ = store.refresh();
            Ok(store.snapshot())
        }
        Call::Change(_) if policy.mode != Mode::Auto => Err(Refusal::Locked(policy.mode.as_str())),
        Call::Change(change) => Ok(store.change(change)?),
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
            granted,
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
