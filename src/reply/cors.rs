//! What scripts of other origins may see, [Fetch](https://fetch.spec.whatwg.org/#http-cors-protocol).

use super::{LocalReply, NO_CONTENT};
use crate::{header_map::HeaderMap, policy::Cors};

/// An origin that may read the reply.
pub(super) struct Grant {
    origin: String,
    credentials: bool,
}

impl Grant {
    /// `None` where the request has no `Origin`, or one that is not allowed.
    pub(super) fn of(cors: &Cors, headers: &HeaderMap) -> Option<Self> {
        let origin = headers.get("origin")?;
        Some(Self {
            origin: cors.allowed(&origin)?.to_owned(),
            credentials: cors.allow_credentials,
        })
    }

    pub(super) fn apply(&self, reply: &mut LocalReply) {
        reply.push("access-control-allow-origin", self.origin.clone());
        if self.credentials {
            reply.push("access-control-allow-credentials", "true");
        }
        reply.push("access-control-expose-headers", "retry-after");
    }
}

pub(super) fn is_preflight(headers: &HeaderMap) -> bool {
    headers.first(":method") == Some(b"OPTIONS")
        && headers.first("access-control-request-method").is_some()
}

/// Allows the method and the headers that the preflight asks for.
pub(super) fn answer_preflight(reply: &mut LocalReply, headers: &HeaderMap) {
    reply.status = NO_CONTENT;
    for (asked, answer) in [
        (
            "access-control-request-method",
            "access-control-allow-methods",
        ),
        (
            "access-control-request-headers",
            "access-control-allow-headers",
        ),
    ] {
        if let Some(value) = headers.get(asked) {
            reply.push(answer, String::from_utf8_lossy(&value).into_owned());
        }
    }
    reply.vary("origin");
}
