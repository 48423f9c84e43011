//! The local reply: what a request gets that does not reach the upstream.

use std::borrow::Cow;

use crate::policy::response::draft::Draft;
use crate::policy::response::response::Response;
use crate::syntax::percent::encode_grpc_message;
use crate::syntax::wire;

/// The longest text of a client that a reply repeats: all headers of a reply that has a
/// megabyte of them may be lost.
pub const MAX_REPEATED_BYTES: usize = 8192;

/// A reply that is sent in the place of the upstream's.
#[derive(Clone, Debug)]
pub struct LocalReply<'a> {
    /// HTTP status code.
    pub status: u16,
    /// What the configuration alone makes of it, where it is configured.
    draft: Option<(&'a Response, &'a Draft)>,
    /// More headers, in the place of those of the draft that have their names.
    lines: Vec<(&'static str, Cow<'a, str>)>,
    /// The body; it is left out in the answer to a `HEAD`.
    pub body: Cow<'a, str>,
    /// `grpc-status`, which is among the headers, where the request is gRPC.
    pub grpc_status: Option<u8>,
    /// The details of the response code, for access logs.
    pub details: &'static str,
}

impl<'a> LocalReply<'a> {
    /// A reply without headers.
    pub fn new(status: u16, body: impl Into<Cow<'a, str>>, details: &'static str) -> Self {
        Self {
            status,
            draft: None,
            lines: Vec::new(),
            body: body.into(),
            grpc_status: None,
            details,
        }
    }

    /// The reply of a draft, without its body.
    pub(crate) fn of(response: &'a Response, draft: &'a Draft) -> Self {
        Self {
            draft: Some((response, draft)),
            grpc_status: draft.grpc_status,
            ..Self::new(draft.status, "", wire::BLOCKED)
        }
    }

    /// Adds a header, in lower case, but for one that is configured; only `set-cookie` may be
    /// there more than once.
    pub fn add(&mut self, name: &'static str, value: impl Into<Cow<'a, str>>) {
        if !self.draft.is_some_and(|(response, _)| response.sets(name)) {
            self.lines.push((name, value.into()));
        }
    }

    /// Sets the message of a gRPC reply, whatever is configured.
    pub(crate) fn set_grpc_message(&mut self, message: &str) {
        let message = encode_grpc_message(message);
        self.lines.push((wire::GRPC_MESSAGE, message.into()));
    }

    /// The names and values of all headers.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        let is_replaced = |(name, _): &(&str, &str)| self.lines.iter().any(|(n, _)| n == name);
        let draft = self.draft.into_iter();
        let draft = draft.flat_map(|(_, draft)| draft.headers.iter());
        let lines = self.lines.iter().map(|(name, value)| (*name, &**value));
        draft.filter(move |line| !is_replaced(line)).chain(lines)
    }

    /// What a host makes of the headers, which it does once for those of a draft.
    pub fn encoded_headers(
        &self,
        encode: impl FnOnce(&[(&str, &str)]) -> Vec<u8>,
    ) -> Cow<'_, [u8]> {
        match self.draft {
            Some((_, draft)) if self.lines.is_empty() => draft.headers.encoded(encode).into(),
            _ => encode(&self.headers().collect::<Vec<_>>()).into(),
        }
    }
}
