//! A request.

use support::{Request, Response};

use super::{
    Kind, Target,
    client::{address_of, client_of},
    kind::{Body, Exemption},
    reply,
};
use crate::expectation::Answer;

/// More than one read of Envoy's.
const FORM: &str = match std::str::from_utf8(&[b'x'; 20_000]) {
    Ok(body) => body,
    Err(_) => "",
};

/// A request of a kind, which no other is like.
#[derive(Debug)]
pub struct Letter<'t> {
    pub kind: &'static Kind,
    /// Its number among those to the same Envoy.
    pub number: usize,
    target: &'t Target,
    headers: Vec<(&'static str, String)>,
    body: String,
}

impl<'t> Letter<'t> {
    pub fn new(kind: &'static Kind, target: &'t Target) -> Self {
        let number = target.ledger.open();
        let own = kind.headers.iter();
        let mut headers: Vec<_> = own
            .map(|(name, value)| (*name, (*value).to_owned()))
            .collect();
        headers.push((support::ID, number.to_string()));
        headers.push(("x-forwarded-for", address_of(number)));
        if kind.exemption == Some(Exemption::Bypass) {
            headers.push(("x-maintenance-bypass", target.bypass_token.clone()));
        }
        Self {
            kind,
            number,
            target,
            headers,
            body: body(kind.body, number),
        }
    }

    pub fn client(&self) -> usize {
        client_of(self.number)
    }

    pub fn http1(&self) -> Request {
        let request = Request::new(self.kind.method, self.kind.path);
        let request = self.headers.iter().fold(request, |request, (name, value)| {
            request.header(name, value)
        });
        if self.kind.has_body() {
            request.body(&self.body)
        } else {
            request
        }
    }

    pub fn http2(&self) -> http::Request<String> {
        let request = http::Request::builder()
            .method(self.kind.method)
            .uri(format!("http://{}{}", self.target.address, self.kind.path));
        self.headers
            .iter()
            .fold(request, |request, (name, value)| {
                request.header(*name, value)
            })
            .body(self.body.clone())
            .unwrap()
    }

    /// What became of it.
    ///
    /// # Errors
    /// It is neither the upstream's answer to this request nor the right reply; what was expected.
    pub fn read(&self, response: &Response) -> Result<Answer, &'static str> {
        if !response.is_upstream() || response.is_blocked() {
            return reply::blocked(self.kind, response);
        }
        if response.body != self.body.as_bytes() {
            return Err("its own body, as the upstream got it");
        }
        if response.header(support::ID) != Some(&self.number.to_string()) {
            return Err("the answer to this request");
        }
        reply::passed(response)
    }
}

fn body(body: Body, number: usize) -> String {
    match body {
        Body::None => String::new(),
        Body::Form => format!("request={number}&{FORM}"),
        Body::Message => {
            let content = number.to_string();
            let length = u8::try_from(content.len()).unwrap();
            format!("\0\0\0\0{}{content}", char::from(length))
        }
    }
}
