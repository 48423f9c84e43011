//! The local reply: what a request gets that does not reach the upstream.

mod cors;
mod negotiation;
mod outage;

use std::borrow::Cow;

pub(crate) use self::negotiation::prefers_html;
use self::{cors::Grant, negotiation::Representation};
use crate::{
    config::Format,
    flag::Flag,
    header_map::{HeaderMap, MAX_REPEATED_BYTES},
    path::without_query,
    policy::{Draft, Redirect, Response, RetryAfter},
    request::RequestHead,
};

/// A reply that Envoy sends in the place of the upstream's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalReply<'a> {
    /// HTTP status code.
    pub status: u16,
    /// The headers, names in lower case; only `set-cookie` may be there more than once.
    pub headers: Cow<'a, HeaderMap>,
    /// The body; Envoy leaves it out in the answer to a `HEAD`, and makes it the
    /// `grpc-message` of a gRPC reply.
    pub body: Cow<'a, str>,
    /// `grpc-status`, where the request is gRPC.
    pub grpc_status: Option<u8>,
    /// `%RESPONSE_CODE_DETAILS%`
    pub details: &'static str,
}

const DETAILS: &str = "maintenance_mode";

impl<'a> LocalReply<'a> {
    /// A reply without headers.
    pub(crate) fn new(status: u16, body: impl Into<Cow<'a, str>>, details: &'static str) -> Self {
        Self {
            status,
            headers: Cow::Owned(HeaderMap::default()),
            body: body.into(),
            grpc_status: None,
            details,
        }
    }

    /// Sets a header.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.headers = Cow::Owned(self.headers.with(&[(name, value)]));
    }

    /// The reply to a request that maintenance blocks: a draft, with what the request or
    /// the flag say otherwise.
    pub fn blocked(response: &'a Response, flag: &Flag<'a>, request: &impl RequestHead) -> Self {
        let headers = request.headers();
        let drafts = &response.drafts;
        let mut additions = Additions::to(response);
        let cors = response.cors.as_ref();
        let grant = cors.and_then(|cors| Grant::of(cors, headers));
        if let Some(grant) = &grant {
            grant.add_to(&mut additions);
            if cors::is_preflight(headers) {
                cors::answer_preflight(&mut additions, headers);
                additions.add("vary", "origin");
                return additions.reply(&drafts.preflight, Cow::Borrowed(""));
            }
        }
        let draft = choose(response, headers);
        let outage = outage::outage(response, flag, request);
        if let Some(values) = &outage
            && let Some(retry_after) = &values.retry_after
            && Some(retry_after) != response.retry_after()
        {
            additions.add("retry-after", retry_after.to_text().into_owned());
        }
        if let Some(refresh) = response.refresh.filter(|_| response.retry_after_jitter > 0)
            && draft.headers.first("refresh").is_some()
        {
            let refresh = RetryAfter::Seconds(refresh)
                .jittered(response.retry_after_jitter, || request.random());
            additions.add("refresh", refresh.to_text().into_owned());
        }
        if grant.is_some() {
            let negotiated = draft.grpc_status.is_none() && response.format == Format::Auto;
            additions.add(
                "vary",
                if negotiated {
                    "accept, origin"
                } else {
                    "origin"
                },
            );
        }
        additions.end_session(headers);
        let body = match (&draft.body, outage) {
            (Some(body), None) => Cow::Borrowed(&**body),
            (_, outage) => {
                let mut values = outage.unwrap_or_else(|| response.values());
                let request_id = headers.first("x-request-id").unwrap_or_default();
                if request_id.len() <= MAX_REPEATED_BYTES {
                    values.request_id = request_id;
                }
                Cow::Owned(draft.render(&values))
            }
        };
        additions.reply(draft, body)
    }
}

/// The draft for who sends these headers.
fn choose<'a>(response: &'a Response, headers: &HeaderMap) -> &'a Draft {
    let drafts = &response.drafts;
    if is_grpc(headers) {
        return &drafts.grpc;
    }
    let representation = match response.format {
        Format::Html => Representation::Html,
        Format::Json => Representation::Json,
        Format::Text => Representation::Text,
        Format::Auto => negotiation::negotiate(headers),
    };
    match (representation, &response.redirect, &drafts.redirect) {
        (Representation::Html, Some(redirect), Some(draft)) if redirects(redirect, headers) => {
            draft
        }
        (Representation::Html, ..) => &drafts.html,
        (Representation::Json, ..) => &drafts.json,
        (Representation::Text, ..) => &drafts.text,
    }
}

/// Sends `GET` and `HEAD` elsewhere, but not to where they are.
fn redirects(redirect: &Redirect, headers: &HeaderMap) -> bool {
    let value = |name| headers.first(name).unwrap_or_default();
    matches!(value(":method"), b"GET" | b"HEAD")
        && !redirect.is_target(value(":authority"), without_query(value(":path")))
}

/// The headers that come to a draft, in the place of those that it has of their names.
struct Additions<'a> {
    response: &'a Response,
    lines: Vec<(&'static str, Cow<'a, str>)>,
}

impl<'a> Additions<'a> {
    fn to(response: &'a Response) -> Self {
        Self {
            response,
            lines: Vec::new(),
        }
    }

    /// Adds a header, but for one that is configured.
    fn add(&mut self, name: &'static str, value: impl Into<Cow<'a, str>>) {
        if !self.response.sets(name) {
            self.lines.push((name, value.into()));
        }
    }

    fn end_session(&mut self, headers: &HeaderMap) {
        let cookies = &self.response.expired_cookies;
        let secure = !cookies.is_empty() && is_https(headers);
        for cookie in cookies {
            if secure {
                self.add("set-cookie", format!("{cookie}; Secure"));
            } else {
                self.add("set-cookie", &**cookie);
            }
        }
    }

    fn reply(self, draft: &'a Draft, body: Cow<'a, str>) -> LocalReply<'a> {
        let headers = if self.lines.is_empty() {
            Cow::Borrowed(&draft.headers)
        } else {
            let lines: Vec<_> = self
                .lines
                .iter()
                .map(|(name, value)| (name.as_bytes(), value.as_bytes()))
                .collect();
            Cow::Owned(draft.headers.with(&lines))
        };
        LocalReply {
            status: draft.status,
            headers,
            body,
            grpc_status: draft.grpc_status,
            details: DETAILS,
        }
    }
}

/// Whether Envoy, too, takes the request for gRPC and translates the reply.
fn is_grpc(headers: &HeaderMap) -> bool {
    headers
        .first("content-type")
        .and_then(|content_type| content_type.strip_prefix(b"application/grpc"))
        .is_some_and(|rest| matches!(rest, [] | [b'+', ..]))
}

/// Whether the client came by https, as far as Envoy knows.
pub(crate) fn is_https(headers: &HeaderMap) -> bool {
    [":scheme", "x-forwarded-proto"]
        .into_iter()
        .any(|name| headers.first(name) == Some(b"https"))
}

#[cfg(test)]
mod tests;
