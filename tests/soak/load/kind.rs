//! The kinds of requests.

use support::{Request, Response};

use super::Target;
use crate::expectation::Answer;

/// A kind of request.
#[derive(Debug)]
pub struct Kind {
    pub name: &'static str,
    method: &'static str,
    path: &'static str,
    headers: &'static [(&'static str, &'static str)],
    body: &'static str,
    reply: Reply,
    /// Why it always passes, if it does.
    pub exemption: Option<Exemption>,
}

/// What a request gets when it is blocked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reply {
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

/// More than one read of Envoy's.
const FORM: &str = match std::str::from_utf8(&[b'x'; 20_000]) {
    Ok(body) => body,
    Err(_) => "",
};
/// A message without content, and the length of it.
const GRPC: &str = "\0\0\0\0\0";

const PAGE: Kind = Kind {
    name: "page",
    method: "GET",
    path: "/shop?page=1",
    headers: &[("accept", "text/html"), ("user-agent", "Mozilla/5.0")],
    body: "",
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
    body: FORM,
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
    body: GRPC,
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

/// The message of a change.
pub fn message(change: usize) -> String {
    format!("Back after change {change}.")
}

/// The number of seconds in the `retry-after` of a change.
pub const fn retry_after(change: usize) -> usize {
    60 + change
}

impl Kind {
    pub fn is_grpc(&self) -> bool {
        self.reply == Reply::Grpc
    }

    pub fn has_body(&self) -> bool {
        !self.body.is_empty()
    }

    fn headers<'a>(&self, target: &'a Target) -> impl Iterator<Item = (&'static str, &'a str)> {
        let bypass = (self.exemption == Some(Exemption::Bypass))
            .then_some(("x-maintenance-bypass", &*target.bypass_token));
        self.headers.iter().copied().chain(bypass)
    }

    pub fn http1(&self, target: &Target) -> Request {
        let request = Request::new(self.method, self.path);
        let request = self
            .headers(target)
            .fold(request, |request, (name, value)| {
                request.header(name, value)
            });
        if self.has_body() {
            request.body(self.body)
        } else {
            request
        }
    }

    pub fn http2(&self, target: &Target) -> http::Request<&'static str> {
        let request = http::Request::builder()
            .method(self.method)
            .uri(format!("http://{}{}", target.address, self.path));
        self.headers(target)
            .fold(request, |request, (name, value)| {
                request.header(name, value)
            })
            .body(self.body)
            .unwrap()
    }

    /// What became of a request.
    ///
    /// # Errors
    /// It is neither the upstream's answer nor the right reply; what was expected.
    pub fn read(&self, response: &Response) -> Result<Answer, &'static str> {
        if response.is_upstream() && !response.is_blocked() {
            return Ok(Answer::Passed);
        }
        if response.header("x-maintenance-mode") != Some("default") {
            return Err("the upstream or the reply of the scope");
        }
        let status = if self.is_grpc() { 200 } else { 503 };
        if response.status != status {
            return Err("the status of the reply");
        }
        let content_type = match self.reply {
            Reply::Html => "text/html; charset=utf-8",
            Reply::Json => "application/problem+json",
            Reply::Text => "text/plain; charset=utf-8",
            Reply::Grpc => "application/grpc",
        };
        if response.header("content-type") != Some(content_type) {
            return Err("the content type that was asked for");
        }
        let text = match self.reply {
            Reply::Html | Reply::Text => response.text(),
            Reply::Json => response.json()["detail"].to_string(),
            Reply::Grpc if response.header("grpc-status") == Some("14") => response
                .header("grpc-message")
                .unwrap_or_default()
                .to_owned(),
            Reply::Grpc => return Err("grpc-status 14"),
        };
        let change = change_of(&text).ok_or("the message of a change")?;
        if response.header("retry-after") != Some(&retry_after(change).to_string()) {
            return Err("the retry-after of the same change as the message");
        }
        Ok(Answer::Blocked(change))
    }
}

/// The change whose [`message`] a text holds.
fn change_of(text: &str) -> Option<usize> {
    let (_, rest) = text.split_once("Back after change ")?;
    let (number, _) = rest.split_once('.')?;
    number.parse().ok()
}
