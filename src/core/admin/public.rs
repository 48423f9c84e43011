//! The public status: what banners and status pages may know, without a token.

use serde::Serialize;

use crate::admin::answer::{json, problem};
use crate::policy::endpoint::Endpoint;
use crate::policy::outlook::Outlook;
use crate::policy::policy::Policy;
use crate::reply::local_reply::LocalReply;
use crate::reply::protocol::is_read;
use crate::request::head::RequestHead;
use crate::state::flag::Next;
use crate::state::state::State;
use crate::syntax::timestamp::Timestamp;

/// What is told; what is not known is `null`.
#[derive(Serialize)]
struct PublicStatus<'a> {
    maintenance: bool,
    until: Option<Timestamp>,
    message: Option<&'a str>,
    next: Option<Coming<'a>>,
}

/// What is announced.
#[derive(Serialize)]
struct Coming<'a> {
    start: Timestamp,
    until: Option<Timestamp>,
    message: Option<&'a str>,
}

impl<'a> From<Next<'a>> for Coming<'a> {
    fn from(next: Next<'a>) -> Self {
        Self {
            start: next.start,
            until: next.until,
            message: next.message,
        }
    }
}

/// The reply to `P/public`, which is neither counted nor logged; `None` for any other call.
pub(super) fn reply(
    policy: &Policy,
    outlook: &Outlook,
    endpoint: &Endpoint,
    state: &State,
    request: &impl RequestHead,
) -> Option<LocalReply<'static>> {
    if endpoint.call(request.path())? != b"/public" {
        return None;
    }
    if !endpoint.public {
        return Some(problem(
            404,
            "Not Found",
            "`admin.public` is not configured",
        ));
    }
    let mut reply = if is_read(request.headers()) {
        let now = request.now();
        let flag = policy.flag(state, outlook, || now);
        let setting = flag.setting.filter(|_| flag.on);
        json(&PublicStatus {
            maintenance: flag.on,
            until: flag.until.filter(|_| flag.on),
            message: setting.and_then(|setting| setting.message.as_deref()),
            next: policy.announced(state, now).map(Coming::from),
        })
    } else {
        let mut reply = problem(405, "Method Not Allowed", "expected GET or HEAD");
        reply.add("allow", "GET, HEAD");
        reply
    };
    reply.add("access-control-allow-origin", "*");
    Some(reply)
}
