//! The bypass link: it needs no token but its own, and sets the cookie.

use serde::Serialize;

use crate::admin::answer::json;
use crate::admin::query;
use crate::admin::query::Query;
use crate::admin::refusal::Refusal;
use crate::policy::bypass::{Bypass, Minted};
use crate::policy::endpoint::Endpoint;
use crate::policy::policy::Policy;
use crate::reply::local_reply::{LocalReply, MAX_REPEATED_BYTES};
use crate::reply::protocol::{is_https, is_read, secure};
use crate::request::head::RequestHead;
use crate::request::headers::Headers;
use crate::state::state::State;
use crate::syntax::line::is_line;
use crate::syntax::percent::encode;
use crate::syntax::timestamp::Timestamp;
use crate::syntax::{path, wire};

const DEFAULT_TTL_SECONDS: u64 = 3600;
const SEE_OTHER: u16 = 303;
const HOME: &str = "/";

/// The reply to `GET P/bypass`, `None` for any other call: goes on to `next`, with the cookie
/// if the token holds. Never an error: whoever has got a link should see the site, and whoever
/// guesses learns nothing.
pub(crate) fn follow(
    policy: &Policy,
    endpoint: &Endpoint,
    state: &State,
    request: &impl RequestHead,
) -> Option<LocalReply<'static>> {
    let bypass = policy.bypass.as_ref()?;
    if endpoint.call(request.path())? != b"/bypass" || !is_read(request.headers()) {
        return None;
    }
    let query = path::query(request.path());
    let token = query::only(query, "token").unwrap_or_default();
    let next = query::only(query, "next")
        .filter(|next| is_local(next))
        .unwrap_or_else(|| HOME.to_owned());
    let mut reply = LocalReply::new(SEE_OTHER, "", wire::ADMIN);
    reply.add("location", encode(&next));
    reply.add("cache-control", "no-store");
    let now = request.now();
    if let Some(expires) = bypass.expiry(token.as_bytes(), now, state.bypass_revoked_at()) {
        let cookie = &bypass.cookie.name;
        let max_age = now.seconds_until(expires);
        let domain = bypass.cookie.domain.as_ref();
        let domain = domain.map(|domain| format!("; Domain={domain}"));
        let domain = domain.unwrap_or_default();
        let secure = secure(request.headers());
        reply.add(
            "set-cookie",
            format!(
                "{cookie}={token}; Path=/{domain}; Max-Age={max_age}; HttpOnly; \
                 SameSite=Lax{secure}"
            ),
        );
    }
    Some(reply)
}

/// Whether a browser takes the text for a path on this host: it reads `//` and `/\` as the
/// beginning of another host, and drops control characters before it looks.
fn is_local(next: &str) -> bool {
    next.len() <= MAX_REPEATED_BYTES
        && next.starts_with('/')
        && !next.starts_with("//")
        && !next.contains('\\')
        && is_line(next)
}

/// Mints a token.
///
/// # Errors
/// Another method, or a parameter that is none.
pub(super) fn mint(
    bypass: &Bypass,
    state: &State,
    request: &impl RequestHead,
) -> Result<Minted, Refusal> {
    // To read it is to follow a link.
    let query = Query::of_call(request, "GET, HEAD, POST", &["name", "ttl"])?;
    let name = query
        .name("name")?
        .ok_or_else(|| Refusal::Parameter("name is missing".into()))?;
    let longest = bypass.max_ttl_seconds;
    let ttl_seconds = query.read::<u64>("ttl")?.unwrap_or(DEFAULT_TTL_SECONDS);
    if !(1..=longest).contains(&ttl_seconds) {
        return Err(Refusal::Parameter(format!(
            "ttl is not from 1 to {longest} seconds"
        )));
    }
    let minted = bypass.mint(&name, request.now(), ttl_seconds, state.bypass_revoked_at());
    minted.ok_or_else(|| {
        Refusal::Parameter("ttl: the end, or the last revocation, is past the year 9999".into())
    })
}

/// The answer to a call that mints a token.
#[derive(Serialize)]
struct MintedDocument<'a> {
    token: &'a str,
    expires: Timestamp,
    url: String,
}

/// The token, and the link that carries it.
pub(crate) fn minted_reply(
    minted: &Minted,
    endpoint: &Endpoint,
    headers: &impl Headers,
) -> LocalReply<'static> {
    let scheme = if is_https(headers) { "https" } else { "http" };
    let authority = headers.first(":authority").unwrap_or_default();
    let document = MintedDocument {
        token: &minted.token,
        expires: minted.expires,
        url: format!(
            "{scheme}://{}{}/bypass?token={}",
            String::from_utf8_lossy(authority),
            endpoint.path(),
            minted.token
        ),
    };
    json(&document)
}
