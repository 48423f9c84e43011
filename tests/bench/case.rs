//! A case: a listener of Envoy, and what it answers.

use serde_json::Value;
use support::{Connection, Host, Request};

use crate::reply;

/// One of the ways to treat a request.
#[derive(Clone, Debug)]
pub struct Case {
    /// Its name in tables, and of its listener.
    pub name: String,
    /// What runs this filter; none where it is another.
    pub host: Option<Host>,
    /// The HTTP filters before the router.
    pub filters: Vec<Value>,
    /// What is to be sent for it.
    pub path: &'static str,
    /// What comes back.
    pub answer: Answer,
    /// How its state comes to be on.
    pub switch: Switch,
}

/// Who answers a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The upstream.
    Upstream,
    /// Envoy, with [`reply`], by its route.
    Route,
    /// A filter, with [`reply`].
    Reply,
    /// A filter, with a reply of its own: its status and what its body holds.
    Other(u16, &'static str),
}

/// How the state of a case comes to be on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Switch {
    /// Not at all, or by configuration.
    None,
    /// By a call of the admin endpoint.
    Endpoint,
}

impl Case {
    /// A case of another filter.
    pub fn new(name: impl Into<String>, filters: Vec<Value>, answer: Answer) -> Self {
        Self {
            name: name.into(),
            host: None,
            filters,
            path: "/",
            answer,
            switch: Switch::None,
        }
    }

    /// The request that is measured; wrk sends the same headers.
    pub fn request(&self) -> Request {
        HEADERS
            .into_iter()
            .fold(Request::get(self.path), |request, (name, value)| {
                request.header(name, value)
            })
    }

    /// Fails unless the request is answered as it should be.
    pub fn check(&self, connection: &mut Connection) {
        let response = connection.fetch(&self.request());
        let name = &*self.name;
        match self.answer {
            Answer::Upstream => {
                assert_eq!(response.status, 200, "{name}: {response:?}");
                assert_eq!(response.header("x-upstream"), Some("yes"), "{name}");
            }
            Answer::Route | Answer::Reply => reply::assert_is(name, &response),
            Answer::Other(status, body) => {
                assert_eq!(response.status, status, "{name}: {response:?}");
                assert!(response.text().contains(body), "{name}: {response:?}");
            }
        }
    }
}

/// The headers of each request, beside `host`.
pub const HEADERS: [(&str, &str); 2] = [("user-agent", "bench"), ("accept", "*/*")];
