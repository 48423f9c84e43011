//! The local reply: what a request gets that does not reach the upstream.

mod negotiation;

use std::borrow::Cow;

use serde::Serialize;

use self::negotiation::Representation;
use crate::{
    config::Format,
    flag::Flag,
    header_map::HeaderMap,
    policy::{Policy, Response, RetryAfter, Values},
    request::RequestHead,
    timestamp::Timestamp,
};

/// A reply that Envoy sends in the place of the upstream's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalReply<'a> {
    /// HTTP status code.
    pub status: u16,
    /// The headers, each name once and in lower case.
    pub headers: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    /// The body; Envoy leaves it out in the answer to a `HEAD`, and makes it the
    /// `grpc-message` of a gRPC reply.
    pub body: Cow<'a, str>,
    /// `grpc-status`, where the request is gRPC.
    pub grpc_status: Option<u8>,
    /// `%RESPONSE_CODE_DETAILS%`
    pub details: &'static str,
}

/// `UNAVAILABLE`, the status that gRPC clients know as a reason to come back.
const GRPC_UNAVAILABLE: u8 = 14;
const DETAILS: &str = "maintenance_mode";

impl<'a> LocalReply<'a> {
    /// The reply to a request that maintenance blocks.
    pub fn blocked(policy: &'a Policy, flag: &Flag<'a>, request: &impl RequestHead) -> Self {
        let response = &policy.response;
        let outage = Outage::new(response, flag, || request.now());
        let headers = request.headers();
        let mut reply = Self {
            status: response.status,
            headers: Vec::with_capacity(6 + response.headers.len()),
            body: Cow::Borrowed(outage.message),
            grpc_status: None,
            details: DETAILS,
        };
        if let Some(retry_after) = &outage.retry_after {
            reply.push("retry-after", retry_after.to_text());
        }
        reply.push("cache-control", "no-store");
        reply.push("x-maintenance-mode", &*policy.scope);
        if is_grpc(headers) {
            reply.grpc_status = Some(GRPC_UNAVAILABLE);
        } else {
            reply.represent(response, &outage, headers);
        }
        // A gRPC client takes these for the outcome of its call.
        let is_grpc = reply.grpc_status.is_some();
        let kept = |name: &str| !(is_grpc && name.starts_with("grpc-"));
        for (name, value) in response.headers.iter().filter(|(name, _)| kept(name)) {
            reply.headers.retain(|(ours, _)| **ours != **name);
            reply.push(name, &**value);
        }
        reply
    }

    fn represent(&mut self, response: &'a Response, outage: &Outage<'a>, headers: &HeaderMap) {
        let representation = match response.format {
            Format::Html => Representation::Html,
            Format::Json => Representation::Json,
            Format::Text => Representation::Text,
            Format::Auto => {
                self.push("vary", "accept");
                negotiation::negotiate(headers)
            }
        };
        if matches!(self.status, 204 | 304) {
            self.body = Cow::Borrowed("");
            return;
        }
        let values = || outage.values(response, headers);
        let (content_type, body) = match (representation, &response.json) {
            (Representation::Html, _) => {
                ("text/html; charset=utf-8", response.html.render(&values()))
            }
            (Representation::Text, _) => {
                ("text/plain; charset=utf-8", response.text.render(&values()))
            }
            (Representation::Json, Some(json)) => ("application/json", json.render(&values())),
            (Representation::Json, None) => {
                (Problem::CONTENT_TYPE, outage.problem(response).to_json())
            }
        };
        self.push("content-type", content_type);
        self.body = Cow::Owned(body);
    }

    /// Adds a header.
    pub(crate) fn push(&mut self, name: &'a str, value: impl Into<Cow<'a, str>>) {
        self.headers.push((Cow::Borrowed(name), value.into()));
    }
}

/// What is known of the maintenance that blocks a request.
struct Outage<'a> {
    message: &'a str,
    retry_after: Option<RetryAfter>,
    until: Option<Timestamp>,
}

impl<'a> Outage<'a> {
    fn new(response: &'a Response, flag: &Flag<'a>, now: impl FnOnce() -> Timestamp) -> Self {
        let setting = flag.setting;
        let until = setting.and_then(|setting| setting.until);
        let retry_after = setting
            .and_then(|setting| setting.retry_after)
            .or_else(|| until.map(|until| now().seconds_until(until).max(1)))
            .map(RetryAfter::Seconds)
            .or_else(|| response.retry_after.clone());
        Self {
            message: setting
                .and_then(|setting| setting.message.as_deref())
                .unwrap_or(&response.message),
            retry_after,
            until,
        }
    }

    fn values<'v>(&'v self, response: &'v Response, headers: &'v HeaderMap) -> Values<'v> {
        let request_id = headers.first("x-request-id").unwrap_or_default();
        Values {
            title: &response.title,
            message: self.message,
            status: response.status.to_string().into(),
            retry_after: self
                .retry_after
                .as_ref()
                .map_or_else(String::new, RetryAfter::to_text)
                .into(),
            until: self
                .until
                .map_or_else(String::new, |until| until.to_string())
                .into(),
            request_id: String::from_utf8_lossy(request_id),
        }
    }

    fn problem(&self, response: &'a Response) -> Problem<'a> {
        Problem {
            retry_after: self.retry_after.clone(),
            until: self.until,
            ..Problem::new(response.status, &response.title, self.message)
        }
    }
}

impl RetryAfter {
    fn to_text(&self) -> String {
        match self {
            Self::Seconds(seconds) => seconds.to_string(),
            Self::Date(date) => date.to_string(),
        }
    }
}

/// Problem details, [RFC 9457](https://www.rfc-editor.org/rfc/rfc9457).
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Problem<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'a str,
    status: u16,
    detail: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after: Option<RetryAfter>,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<Timestamp>,
}

impl<'a> Problem<'a> {
    pub(crate) const CONTENT_TYPE: &'static str = "application/problem+json";

    pub(crate) fn new(status: u16, title: &'a str, detail: &'a str) -> Self {
        Self {
            kind: "about:blank",
            title,
            status,
            detail,
            retry_after: None,
            until: None,
        }
    }

    pub(crate) fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// Whether Envoy, too, takes the request for gRPC and translates the reply.
fn is_grpc(headers: &HeaderMap) -> bool {
    headers
        .first("content-type")
        .and_then(|content_type| content_type.strip_prefix(b"application/grpc"))
        .is_some_and(|rest| matches!(rest, [] | [b'+', ..]))
}

#[cfg(test)]
mod tests;
