//! The kinds of requests.

/// A kind of request.
#[derive(Debug)]
pub struct Kind {
    pub name: &'static str,
    pub(super) method: &'static str,
    pub(super) path: &'static str,
    pub(super) headers: &'static [(&'static str, &'static str)],
    pub(super) body: Body,
    pub(super) reply: Reply,
    /// Why it always passes, if it does.
    pub exemption: Option<Exemption>,
}

/// What a request carries beside its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Body {
    None,
    Form,
    Message,
}

/// What a request gets when it is blocked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reply {
    Html,
    Json,
    Text,
    Grpc,
}

/// Why a request always passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exemption {
    Path,
    Bypass,
}

const PAGE: Kind = Kind {
    name: "page",
    method: "GET",
    path: "/shop?page=1",
    headers: &[("accept", "text/html"), ("user-agent", "Mozilla/5.0")],
    body: Body::None,
    reply: Reply::Html,
    exemption: None,
};
const API: Kind = Kind {
    name: "api",
    path: "/api/orders/7",
    headers: &[("accept", "application/json")],
    reply: Reply::Json,
    ..PAGE
};
const TEXT: Kind = Kind {
    name: "text",
    path: "/robots.txt",
    headers: &[("accept", "text/plain")],
    reply: Reply::Text,
    ..PAGE
};
const POST: Kind = Kind {
    name: "form",
    method: "POST",
    body: Body::Form,
    ..API
};
const HEALTH: Kind = Kind {
    name: "health",
    path: "/healthz",
    exemption: Some(Exemption::Path),
    ..API
};
const STATIC: Kind = Kind {
    name: "static",
    path: "/static/logo.svg",
    ..HEALTH
};
const STAFF: Kind = Kind {
    name: "staff",
    exemption: Some(Exemption::Bypass),
    ..PAGE
};
const CALL: Kind = Kind {
    name: "grpc",
    method: "POST",
    path: "/shop.Cart/Get",
    headers: &[("content-type", "application/grpc"), ("te", "trailers")],
    body: Body::Message,
    reply: Reply::Grpc,
    exemption: None,
};

/// What is sent over HTTP/1.1, again and again.
pub const OVER_HTTP1: [&Kind; 9] = [
    &PAGE, &API, &HEALTH, &TEXT, &PAGE, &STATIC, &API, &STAFF, &POST,
];
/// What is sent over HTTP/2, again and again.
pub const OVER_HTTP2: [&Kind; 10] = [
    &PAGE, &CALL, &API, &HEALTH, &POST, &PAGE, &CALL, &STAFF, &TEXT, &API,
];

impl Kind {
    pub fn is_grpc(&self) -> bool {
        self.reply == Reply::Grpc
    }

    pub fn has_body(&self) -> bool {
        self.body != Body::None
    }
}
