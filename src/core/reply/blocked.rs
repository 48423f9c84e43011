//! The reply to a request that maintenance blocks.

use std::borrow::Cow;

use crate::config::response::Format;
use crate::policy::response::draft::Draft;
use crate::policy::response::languages::{Language, OwnDrafts};
use crate::policy::response::redirect::Redirect;
use crate::policy::response::response::Response;
use crate::policy::response::retry_after::RetryAfter;
use crate::reply::cors::{Grant, is_preflight};
use crate::reply::language::language;
use crate::reply::local_reply::{LocalReply, MAX_REPEATED_BYTES};
use crate::reply::negotiation::{Representation, negotiate};
use crate::reply::outage::outage;
use crate::reply::protocol::{is_grpc, is_read, secure};
use crate::request::head::RequestHead;
use crate::request::headers::Headers;
use crate::state::flag::Flag;
use crate::syntax::path::without_query;
use crate::syntax::timestamp::Timestamp;

/// A request that does not pass.
#[derive(Clone, Copy, Debug)]
pub struct Refused<'a> {
    /// What it gets.
    pub response: &'a Response,
    /// When it passes in a slow opening.
    pub turn: Option<Timestamp>,
}

/// The reply to a request that maintenance blocks: a draft, with what the request or
/// the flag say otherwise.
pub fn blocked<'a>(
    Refused { response, turn }: Refused<'a>,
    flag: &Flag<'a>,
    request: &impl RequestHead,
) -> LocalReply<'a> {
    let headers = request.headers();
    let cors = response.cors.as_ref();
    let grant = cors.and_then(|cors| Grant::of(cors, headers));
    if let Some(grant) = &grant
        && is_preflight(headers)
    {
        return grant.preflight(response, headers);
    }
    let language = language(response, headers);
    let draft = choose(response, language, headers);
    let mut reply = LocalReply::of(response, draft);
    if let Some(tag) = language.unsaid_by(draft) {
        reply.add("content-language", tag);
    }
    if let Some(grant) = &grant {
        grant.add_to(&mut reply);
    }
    let is_drafted = *draft.language == *language.tag();
    let values = outage(response, language, flag, turn, request)
        .or_else(|| (!is_drafted).then(|| response.values(language)));
    if let Some(values) = &values
        && let Some(retry_after) = &values.retry_after
        && Some(retry_after) != response.retry_after()
    {
        reply.add("retry-after", retry_after.to_text().into_owned());
    }
    if let Some(values) = &values
        && draft.grpc_status.is_some()
    {
        reply.set_grpc_message(values.message.text);
    }
    let jitter = response.retry_after_jitter;
    if let Some(refresh) = response.refresh.filter(|_| jitter > 0)
        && draft.headers.get("refresh").is_some()
    {
        let refresh = RetryAfter::Seconds(refresh).jittered(jitter, || request.random());
        reply.add("refresh", refresh.to_text().into_owned());
    }
    let cookies = &response.expired_cookies;
    let secure = if cookies.is_empty() {
        ""
    } else {
        secure(headers)
    };
    for cookie in cookies {
        reply.add("set-cookie", Cow::from(&**cookie) + secure);
    }
    reply.body = match (&draft.body, values) {
        (Some(body), None) => Cow::Borrowed(&**body),
        (_, values) => {
            let mut values = values.unwrap_or_else(|| response.values(language));
            let request_id = headers.first("x-request-id").unwrap_or_default();
            if request_id.len() <= MAX_REPEATED_BYTES {
                values.request_id = request_id;
            }
            Cow::Owned(draft.render(&values))
        }
    };
    reply
}

/// The draft for who sends these headers and reads this language.
fn choose<'a>(response: &'a Response, language: Language<'a>, headers: &impl Headers) -> &'a Draft {
    let drafts = &response.drafts;
    let own = language.own().map(|own| &own.drafts);
    if is_grpc(headers) {
        return &drafts.grpc;
    }
    let representation = match response.format {
        Format::Html => Representation::Html,
        Format::Json => Representation::Json,
        Format::Text => Representation::Text,
        Format::Auto => negotiate(headers),
    };
    let own_or =
        |draft: fn(&OwnDrafts) -> Option<&Draft>, shared| own.and_then(draft).unwrap_or(shared);
    match (representation, &response.redirect, &drafts.redirect) {
        (Representation::Html, Some(redirect), Some(draft)) if redirects(redirect, headers) => {
            own_or(|own| own.redirect.as_ref(), draft)
        }
        (Representation::Html, ..) => own_or(|own| own.html.as_ref(), &drafts.html),
        (Representation::Json, ..) => &drafts.json,
        (Representation::Text, ..) => own_or(|own| own.text.as_ref(), &drafts.text),
    }
}

/// Sends `GET` and `HEAD` elsewhere, but not to where they are.
fn redirects(redirect: &Redirect, headers: &impl Headers) -> bool {
    let value = |name| headers.first(name).unwrap_or_default();
    is_read(headers) && !redirect.is_target(value(":authority"), without_query(value(":path")))
}

#[cfg(test)]
mod tests;
