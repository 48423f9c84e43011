//! Requests on many connections that stay open.

use std::net::SocketAddr;

use support::{Background, Connection, Request, Response, fetch_all_http2};

/// How many connections there are of each HTTP/1.1 and HTTP/2.
const CONNECTIONS: usize = 6;
/// What each of HTTP/2 carries before the next is opened.
const STREAMS: usize = 50;

/// Requests that are on their way.
pub struct Traffic(Vec<Background<Vec<Response>>>);

impl Traffic {
    /// Begins.
    pub fn start(address: SocketAddr) -> Self {
        let client = |number: usize| {
            Background::start(move |goes_on| match number % 2 {
                0 => http1(address, goes_on),
                _ => http2(address, goes_on),
            })
        };
        Self((0..2 * CONNECTIONS).map(client).collect())
    }

    /// Ends, where each answer must be the upstream's or, under maintenance, the reply with
    /// one of these messages; how many there were.
    pub fn end_right(self, maintenance: bool, messages: &[String]) -> usize {
        let is_right = |response: &Response| match maintenance {
            true => {
                let text = response.text();
                response.is_blocked() && messages.iter().any(|message| text.contains(message))
            }
            false => response.is_upstream(),
        };
        let answers = self.end();
        if let Some(wrong) = answers.iter().find(|response| !is_right(response)) {
            panic!("{wrong:?}");
        }
        answers.len()
    }

    /// Ends, and tells what was answered; all was.
    pub fn end(self) -> Vec<Response> {
        self.0.into_iter().flat_map(Background::end).collect()
    }
}

fn http1(address: SocketAddr, goes_on: impl Fn() -> bool) -> Vec<Response> {
    let mut connection = Connection::open(address);
    let mut responses = Vec::new();
    while goes_on() {
        let response = connection.fetch(&Request::get("/"));
        // As Envoy before 1.40 does where a listener that was replaced drains.
        if response.header("connection") == Some("close") {
            connection = Connection::open(address);
        }
        responses.push(response);
    }
    responses
}

fn http2(address: SocketAddr, goes_on: impl Fn() -> bool) -> Vec<Response> {
    let request = || http::Request::get("http://test.example/").body("").unwrap();
    let mut responses = Vec::new();
    while goes_on() {
        let requests = (0..STREAMS).map_while(|_| goes_on().then(request));
        responses.extend(fetch_all_http2(address, requests));
    }
    responses
}
