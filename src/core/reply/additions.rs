//! The headers that come to a draft.

use std::borrow::Cow;

use crate::policy::response::draft::Draft;
use crate::policy::response::response::Response;
use crate::reply::local_reply::LocalReply;
use crate::reply::protocol::is_https;
use crate::request::headers::Headers;
use crate::syntax::wire;

/// The headers that come to a draft, in the place of those that it has of their names.
pub(crate) struct Additions<'a> {
    response: &'a Response,
    lines: Vec<(&'static str, Cow<'a, str>)>,
}

impl<'a> Additions<'a> {
    pub(crate) fn to(response: &'a Response) -> Self {
        Self {
            response,
            lines: Vec::new(),
        }
    }

    /// Adds a header, but for one that is configured.
    pub(crate) fn add(&mut self, name: &'static str, value: impl Into<Cow<'a, str>>) {
        if !self.response.sets(name) {
            self.lines.push((name, value.into()));
        }
    }

    pub(crate) fn end_session(&mut self, headers: &impl Headers) {
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

    pub(crate) fn reply(self, draft: &'a Draft, body: Cow<'a, str>) -> LocalReply<'a> {
        LocalReply {
            status: draft.status,
            draft: Some(&draft.headers),
            lines: self.lines,
            body,
            grpc_status: draft.grpc_status,
            details: wire::BLOCKED,
        }
    }
}
