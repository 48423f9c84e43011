//! What scripts of other origins may see, [Fetch](https://fetch.spec.whatwg.org/#http-cors-protocol).

use crate::policy::response::cors::Cors;
use crate::reply::additions::Additions;
use crate::reply::local_reply::MAX_REPEATED_BYTES;
use crate::request::headers::Headers;

/// An origin that may read the reply.
pub(crate) struct Grant<'p> {
    origin: &'p str,
    credentials: bool,
}

impl<'p> Grant<'p> {
    /// `None` where the request has no `Origin`, or one that is not allowed.
    pub(super) fn of(cors: &'p Cors, headers: &impl Headers) -> Option<Self> {
        let origin = headers.get("origin")?;
        Some(Self {
            origin: cors.allowed(&origin)?,
            credentials: cors.allow_credentials,
        })
    }

    pub(super) fn add_to(&self, additions: &mut Additions<'p>) {
        additions.add("access-control-allow-origin", self.origin);
        if self.credentials {
            additions.add("access-control-allow-credentials", "true");
        }
        additions.add("access-control-expose-headers", "retry-after");
    }
}

pub(crate) fn is_preflight(headers: &impl Headers) -> bool {
    headers.first(":method") == Some(b"OPTIONS")
        && headers.first("access-control-request-method").is_some()
}

/// Allows the method and the headers that the preflight asks for, unless no browser would.
pub(crate) fn answer_preflight(additions: &mut Additions, headers: &impl Headers) {
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
        let value = headers.get(asked);
        if let Some(value) = value.filter(|value| value.len() <= MAX_REPEATED_BYTES) {
            additions.add(answer, String::from_utf8_lossy(&value).into_owned());
        }
    }
}
