//! The replies as the configuration alone has them.

use crate::policy::problem::Problem;
use crate::policy::response::headers::Header;
use crate::policy::response::retry_after::RetryAfter;
use crate::policy::template::Template;
use crate::policy::values::Values;
use crate::syntax::header_lines::HeaderLines;
use crate::syntax::percent::encode_grpc_message;
use crate::syntax::wire;

/// The replies of a `response`, one for each kind of request.
#[derive(Clone, Debug)]
pub struct Drafts {
    /// To who wants HTML.
    pub html: Draft,
    /// To who wants HTML, and is sent elsewhere.
    pub redirect: Option<Draft>,
    /// To who wants JSON.
    pub json: Draft,
    /// To who wants plain text.
    pub text: Draft,
    /// To gRPC clients.
    pub grpc: Draft,
    /// To the preflight of an allowed origin.
    pub preflight: Draft,
}

/// A reply as the configuration alone has it.
#[derive(Clone, Debug)]
pub struct Draft {
    /// HTTP status code.
    pub status: u16,
    /// `grpc-status`
    pub grpc_status: Option<u8>,
    /// All headers, but for those that the request decides on.
    pub headers: HeaderLines,
    /// The tag of the language that headers and body are in.
    pub language: Box<str>,
    /// What of it is in a language.
    pub speech: Speech,
    /// The body, where not each request has another.
    pub body: Option<Box<str>>,
    content: Content,
}

/// What of a reply is in a language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speech {
    /// Nothing that people read.
    None,
    /// What somebody has worded for all, in whatever language.
    Given,
    /// Words of ours, or of somebody in this language.
    Known,
}

/// A representation, but for what a request or the flag say.
#[derive(Clone, Debug)]
pub(super) struct Body {
    content: Content,
    content_type: &'static str,
    speech: Speech,
}

/// What makes a body.
#[derive(Clone, Debug)]
enum Content {
    Nothing,
    Problem,
    Template(Template),
}

/// `UNAVAILABLE`, the status that gRPC clients know as a reason to come back.
const GRPC_UNAVAILABLE: u8 = 14;
const OK: u16 = 200;
const NO_CONTENT: u16 = 204;
const RESET_CONTENT: u16 = 205;
const FOUND: u16 = 302;
const NOT_MODIFIED: u16 = 304;
const HTML: &str = "text/html; charset=utf-8";
const JSON: &str = "application/json";
const GRPC: &str = "application/grpc";
const TEXT: &str = "text/plain; charset=utf-8";

impl Body {
    pub(super) fn html(template: Template) -> Self {
        Self::new(HTML, Content::Template(template))
    }

    pub(super) fn json(template: Option<Template>) -> Self {
        match template {
            Some(template) => Self::new(JSON, Content::Template(template)),
            None => Self::new(Problem::CONTENT_TYPE, Content::Problem),
        }
    }

    pub(super) fn text(template: Template) -> Self {
        Self::new(TEXT, Content::Template(template))
    }

    fn new(content_type: &'static str, content: Content) -> Self {
        Self {
            content,
            content_type,
            speech: Speech::Given,
        }
    }

    /// Some of its words are known to be in the language of the reply.
    pub(super) fn known(self) -> Self {
        Self {
            speech: Speech::Known,
            ..self
        }
    }
}

impl Draft {
    /// The body that tells these values.
    pub fn render(&self, values: &Values) -> String {
        match &self.content {
            Content::Nothing => String::new(),
            Content::Problem => Problem::of(values).to_json(),
            Content::Template(template) => template.render(values),
        }
    }
}

/// What the replies of a `response` have in common, in a language.
#[derive(Clone)]
pub(crate) struct Outline<'a> {
    pub(super) scope: &'a str,
    /// The headers of a request that decide on its reply.
    pub(super) vary: Option<&'a str>,
    pub(super) clear_site_data: Option<&'a str>,
    /// Whether proxies in front are told not to retry.
    pub(super) no_retry: bool,
    pub(super) headers: &'a [Header],
    pub(super) values: Values<'a>,
}

impl<'a> Outline<'a> {
    /// The same in another language.
    pub(super) fn speaking(&self, values: Values<'a>) -> Self {
        Self {
            values,
            ..self.clone()
        }
    }

    pub(super) fn html(
        &self,
        body: Body,
        page_policy: Option<&'static str>,
        refresh: Option<u64>,
    ) -> Draft {
        let refresh = refresh.map(|seconds| seconds.to_string());
        let more = [
            ("content-security-policy", page_policy),
            ("refresh", refresh.as_deref()),
        ];
        self.represent(self.values.status, &more, body)
    }

    pub(super) fn redirect(&self, url: &str, body: Body) -> Draft {
        self.represent(FOUND, &[("location", Some(url))], body)
    }

    /// What is neither for browsers nor for gRPC.
    pub(super) fn plain(&self, body: Body) -> Draft {
        self.represent(self.values.status, &[], body)
    }

    /// Trailers alone, [as gRPC has them](https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md#responses):
    /// so it is of gRPC also where another filter has made the request so, and the host does not
    /// know it. How clients are told not to retry is
    /// [proposal A6](https://github.com/grpc/proposal/blob/master/A6-client-retries.md).
    pub(super) fn grpc(&self) -> Draft {
        let mut headers = self.headers_of_blocked();
        headers.set(wire::RATE_LIMITED, self.no_retry.then_some("true"));
        headers.set("grpc-retry-pushback-ms", self.no_retry.then_some("-1"));
        headers.set("content-type", GRPC);
        headers.set("grpc-status", &*GRPC_UNAVAILABLE.to_string());
        headers.set(
            wire::GRPC_MESSAGE,
            &*encode_grpc_message(self.values.message.text),
        );
        Draft {
            grpc_status: Some(GRPC_UNAVAILABLE),
            // The others are what a gRPC client takes for the outcome of its call.
            ..self.draft(OK, headers, Content::Nothing, |name| {
                !name.starts_with("grpc-")
            })
        }
    }

    pub(super) fn preflight(&self) -> Draft {
        let headers = self.headers_of_all();
        self.draft(NO_CONTENT, headers, Content::Nothing, |_| true)
    }

    /// A reply of which there are several representations.
    fn represent(&self, status: u16, more: &[(&str, Option<&str>)], body: Body) -> Draft {
        let mut headers = self.headers_of_blocked();
        for (name, value) in more {
            headers.set(name, *value);
        }
        let bodiless = matches!(status, NO_CONTENT | RESET_CONTENT | NOT_MODIFIED);
        let speech = if bodiless { Speech::None } else { body.speech };
        let is_known = speech == Speech::Known;
        headers.set("content-language", is_known.then_some(self.values.language));
        headers.set("content-type", (!bodiless).then_some(body.content_type));
        let content = if bodiless {
            Content::Nothing
        } else {
            body.content
        };
        headers.set(wire::RATE_LIMITED, self.no_retry.then_some("true"));
        Draft {
            speech,
            ..self.draft(status, headers, content, |_| true)
        }
    }

    fn headers_of_all(&self) -> HeaderLines {
        let mut headers = HeaderLines::default();
        headers.set("cache-control", "no-store");
        headers.set("vary", self.vary);
        headers.set(wire::MODE, self.scope);
        headers
    }

    /// The headers of all replies but to a preflight.
    fn headers_of_blocked(&self) -> HeaderLines {
        let mut headers = self.headers_of_all();
        let retry_after = self.values.retry_after.as_ref().map(RetryAfter::to_text);
        headers.set("retry-after", retry_after.as_deref());
        headers.set("clear-site-data", self.clear_site_data);
        headers
    }

    /// Puts configured headers in the place of ours, where they may be set.
    fn draft(
        &self,
        status: u16,
        mut headers: HeaderLines,
        content: Content,
        may_set: impl Fn(&str) -> bool,
    ) -> Draft {
        for (name, value) in self.headers.iter().filter(|(name, _)| may_set(name)) {
            headers.set(name, &**value);
        }
        let mut draft = Draft {
            status,
            grpc_status: None,
            headers,
            language: self.values.language.into(),
            speech: Speech::None,
            body: None,
            content,
        };
        if !matches!(&draft.content, Content::Template(body) if body.tells_of_request()) {
            draft.body = Some(draft.render(&self.values).into());
        }
        draft
    }
}
