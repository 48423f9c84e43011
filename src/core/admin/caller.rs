//! Who calls.

use std::net::IpAddr;

use crate::admin::answer::{Access, Answer, problem};
use crate::admin::refusal::Refusal;
use crate::policy::endpoint::Endpoint;
use crate::reply::local_reply::LocalReply;
use crate::request::head::RequestHead;
use crate::request::headers::Headers;

/// Who calls.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    /// The name of the token, if it is one.
    name: Option<String>,
    client: Option<IpAddr>,
}

impl Caller {
    pub(crate) fn of(endpoint: &Endpoint, request: &impl RequestHead) -> Self {
        let authorization = request.headers().get("authorization").unwrap_or_default();
        Self {
            name: endpoint.authenticate(&authorization).map(str::to_owned),
            client: request.client_ip(),
        }
    }

    pub(crate) fn authorise(&self, endpoint: &Endpoint) -> Result<&str, Refusal> {
        let name = self.name.as_deref().ok_or(Refusal::Unauthorized)?;
        self.check_address(endpoint)?;
        Ok(name)
    }

    pub(crate) fn check_address(&self, endpoint: &Endpoint) -> Result<(), Refusal> {
        if endpoint.admits(self.client) {
            Ok(())
        } else {
            Err(Refusal::Address(self.client))
        }
    }

    /// The answer to a call that changes something, with a line in the log.
    pub(crate) fn grant_change(&self, reply: LocalReply<'static>, event: &str) -> Answer {
        Answer {
            audit: Some(self.audit(event)),
            ..Answer::new(Access::Granted, reply)
        }
    }

    pub(crate) fn refuse(&self, refusal: &Refusal) -> Answer {
        let (status, title) = refusal.status();
        let mut reply = problem(status, title, &refusal.detail());
        if let Some((name, value)) = refusal.header() {
            reply.add(name, value);
        }
        Answer {
            audit: Some(self.audit(&format!("refused with {status}, {refusal}"))),
            ..Answer::new(refusal.access(), reply)
        }
    }

    /// One line, in which nothing is the client's text.
    pub(crate) fn audit(&self, event: &str) -> String {
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
