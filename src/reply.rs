//! The local reply: what a request gets that does not reach the upstream.

mod cors;
mod negotiation;
mod outage;
mod problem;

use std::borrow::Cow;

pub(crate) use self::problem::Problem;
use self::{cors::Grant, negotiation::Representation, outage::Outage};
use crate::{
    config::Format,
    flag::Flag,
    header_map::HeaderMap,
    path::without_query,
    policy::{Redirect, Response, RetryAfter},
    request::RequestHead,
};

/// A reply that Envoy sends in the place of the upstream's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalReply<'a> {
    /// HTTP status code.
    pub status: u16,
    /// The headers, names in lower case; only `set-cookie` may be there more than once.
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
const NO_CONTENT: u16 = 204;
const FOUND: u16 = 302;

impl<'a> LocalReply<'a> {
    /// The reply to a request that maintenance of a scope blocks.
    #[inline(never)]
    pub fn blocked(
        scope: &'a str,
        response: &'a Response,
        flag: &Flag<'a>,
        request: &impl RequestHead,
    ) -> Self {
        let headers = request.headers();
        let mut reply = Self {
            status: response.status,
            headers: Vec::with_capacity(12 + response.headers.len()),
            body: Cow::Borrowed(""),
            grpc_status: None,
            details: DETAILS,
        };
        reply.push("cache-control", "no-store");
        reply.push("x-maintenance-mode", scope);
        let grant = response
            .cors
            .as_ref()
            .and_then(|cors| Grant::of(cors, headers));
        if let Some(grant) = &grant {
            grant.apply(&mut reply);
            if cors::is_preflight(headers) {
                cors::answer_preflight(&mut reply, headers);
                reply.configure(&response.headers);
                return reply;
            }
        }
        let outage = Outage::new(response, flag, request);
        if let Some(retry_after) = &outage.retry_after {
            reply.push("retry-after", retry_after.to_text());
        }
        reply.end_session(response, headers);
        if is_grpc(headers) {
            reply.grpc_status = Some(GRPC_UNAVAILABLE);
            reply.body = Cow::Borrowed(outage.message);
        } else {
            reply.represent(response, &outage, request);
        }
        if response.no_retry {
            reply.forbid_retries();
        }
        if grant.is_some() {
            reply.vary("origin");
        }
        reply.configure(&response.headers);
        reply
    }

    fn represent(
        &mut self,
        response: &'a Response,
        outage: &Outage<'a>,
        request: &impl RequestHead,
    ) {
        let headers = request.headers();
        let representation = match response.format {
            Format::Html => Representation::Html,
            Format::Json => Representation::Json,
            Format::Text => Representation::Text,
            Format::Auto => {
                self.vary("accept");
                negotiation::negotiate(headers)
            }
        };
        if representation == Representation::Html {
            let redirected = response
                .redirect
                .as_ref()
                .is_some_and(|redirect| self.redirect(redirect, headers));
            if let Some(refresh) = response.refresh.filter(|_| !redirected) {
                let refresh = RetryAfter::Seconds(refresh);
                let refresh = refresh.jittered(response.retry_after_jitter, || request.random());
                self.push("refresh", refresh.to_text());
            }
        }
        if matches!(self.status, 204 | 304) {
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

    /// Sends `GET` and `HEAD` elsewhere, but not to where they are; whether it did.
    fn redirect(&mut self, redirect: &'a Redirect, headers: &HeaderMap) -> bool {
        let value = |name| headers.first(name).unwrap_or_default();
        let is_target = redirect.is_target(value(":authority"), without_query(value(":path")));
        let redirected = matches!(value(":method"), b"GET" | b"HEAD") && !is_target;
        if redirected {
            self.status = FOUND;
            self.push("location", &*redirect.url);
        }
        redirected
    }

    fn end_session(&mut self, response: &'a Response, headers: &HeaderMap) {
        if let Some(types) = &response.clear_site_data {
            self.push("clear-site-data", &**types);
        }
        let secure = !response.expired_cookies.is_empty() && is_https(headers);
        for cookie in &response.expired_cookies {
            if secure {
                self.push("set-cookie", format!("{cookie}; Secure"));
            } else {
                self.push("set-cookie", &**cookie);
            }
        }
    }

    /// To Envoys in front the first, to gRPC clients
    /// ([proposal A6](https://github.com/grpc/proposal/blob/master/A6-client-retries.md)) the second.
    fn forbid_retries(&mut self) {
        self.push("x-envoy-ratelimited", "true");
        if self.grpc_status.is_some() {
            self.push("grpc-retry-pushback-ms", "-1");
        }
    }

    /// Puts configured headers in the place of ours, but for those that a gRPC client takes
    /// for the outcome of its call.
    fn configure(&mut self, headers: &'a [(Box<str>, Box<str>)]) {
        for (name, value) in headers {
            if self.grpc_status.is_none() || !name.starts_with("grpc-") {
                self.headers.retain(|(ours, _)| **ours != **name);
                self.push(name, &**value);
            }
        }
    }

    fn vary(&mut self, name: &'static str) {
        match self.headers.iter_mut().find(|(key, _)| key == "vary") {
            Some((_, names)) => *names = format!("{names}, {name}").into(),
            None => self.push("vary", name),
        }
    }

    /// Adds a header.
    pub(crate) fn push(&mut self, name: &'a str, value: impl Into<Cow<'a, str>>) {
        self.headers.push((Cow::Borrowed(name), value.into()));
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
