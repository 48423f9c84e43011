//! What scripts of other origins may see, [Fetch](https://fetch.spec.whatwg.org/#http-cors-protocol).

use std::borrow::Cow;

use crate::policy::response::cors::Cors;
use crate::policy::response::response::Response;
use crate::reply::local_reply::{LocalReply, MAX_REPEATED_BYTES};
use crate::request::headers::Headers;

/// What a preflight asks for.
const METHOD: &str = "access-control-request-method";
const HEADERS: &str = "access-control-request-headers";

/// The headers that scripts may read.
const EXPOSED: &str = "retry-after, x-maintenance-mode";
/// Those of a gRPC reply, which is nothing but headers.
const EXPOSED_OF_GRPC: &str = "grpc-message, grpc-status, retry-after, x-maintenance-mode";

/// An origin that may read the reply.
pub(crate) struct Grant<'p> {
    origin: Cow<'p, str>,
    credentials: bool,
}

impl<'p> Grant<'p> {
    /// `None` where the request has no `Origin`, or one that is not allowed.
    pub(super) fn of(cors: &'p Cors, headers: &impl Headers) -> Option<Self> {
        let origin = headers.get("origin")?;
        Some(Self {
            origin: cors.allowing(&origin)?,
            credentials: cors.allow_credentials,
        })
    }

    pub(super) fn add_to(&self, reply: &mut LocalReply<'p>) {
        reply.add("access-control-allow-origin", self.origin.clone());
        if self.credentials {
            reply.add("access-control-allow-credentials", "true");
        }
        let exposed = match reply.grpc_status {
            Some(_) => EXPOSED_OF_GRPC,
            None => EXPOSED,
        };
        reply.add("access-control-expose-headers", exposed);
    }

    /// Allows the method and the headers that the preflight asks for, unless no browser would.
    pub(super) fn preflight(
        &self,
        response: &'p Response,
        headers: &impl Headers,
    ) -> LocalReply<'p> {
        let mut reply = LocalReply::of(response, &response.drafts.preflight);
        self.add_to(&mut reply);
        let mut allow = |asked, answer| {
            let value = headers.get(asked);
            if let Some(value) = value.filter(|value| value.len() <= MAX_REPEATED_BYTES) {
                reply.add(answer, String::from_utf8_lossy(&value).into_owned());
            }
        };
        allow(METHOD, "access-control-allow-methods");
        allow(HEADERS, "access-control-allow-headers");
        reply
    }
}

/// Whether a browser asks what the request that follows may be.
pub(crate) fn is_preflight(headers: &impl Headers) -> bool {
    headers.first(":method") == Some(b"OPTIONS") && headers.first(METHOD).is_some()
}
