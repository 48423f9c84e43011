//! The answer to a call.

use std::borrow::Cow;

use serde::Serialize;

use crate::policy::problem::Problem;
use crate::reply::local_reply::LocalReply;
use crate::syntax::wire;

/// The answer to a call.
#[derive(Debug)]
pub struct Answer {
    /// What the caller gets.
    pub reply: LocalReply<'static>,
    /// As what the call counts.
    pub access: Access,
    /// The line that goes to the log: of every change and of every refusal.
    pub audit: Option<String>,
}

/// As what a call counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Token and address were good.
    Granted,
    /// One of them was not.
    Denied,
    /// It needs no token.
    Open,
}

impl Answer {
    /// An answer of which nothing goes to the log.
    pub(crate) fn new(access: Access, reply: LocalReply<'static>) -> Self {
        Self {
            reply,
            access,
            audit: None,
        }
    }
}

pub(crate) fn no_store(
    status: u16,
    content_type: &'static str,
    body: impl Into<Cow<'static, str>>,
) -> LocalReply<'static> {
    let mut reply = LocalReply::new(status, body, wire::ADMIN);
    reply.add("content-type", content_type);
    reply.add("cache-control", "no-store");
    reply
}

pub(crate) fn problem(status: u16, title: &str, detail: &str) -> LocalReply<'static> {
    let problem = Problem::new(status, title, detail).to_json();
    no_store(status, Problem::CONTENT_TYPE, problem)
}

pub(crate) fn json(document: &impl Serialize) -> LocalReply<'static> {
    let json = serde_json::to_string(document).unwrap_or_default();
    no_store(200, "application/json", json)
}
