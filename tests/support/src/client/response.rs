//! A response.

use serde_json::Value;

/// A response with its whole body.
#[derive(Debug)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// The headers in their order, their names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Response {
    /// The value of a header that must not be repeated.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(key, _)| key == name);
        let value = values.next().map(|(_, value)| value.as_str());
        assert!(
            values.next().is_none(),
            "{name} is there twice: {:?}",
            self.headers
        );
        value
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON, which it must be.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("{}", self.text()))
    }

    /// Whether this is the filter's local reply.
    pub fn is_blocked(&self) -> bool {
        self.header("x-maintenance-mode").is_some()
    }

    /// Whether this is Envoy's own answer where the filter has no VM.
    pub fn is_failed(&self) -> bool {
        self.status == 503 && !self.is_blocked() && self.body.is_empty()
    }

    /// Whether this is the upstream's answer.
    pub fn is_upstream(&self) -> bool {
        self.status == 200 && self.header("x-upstream") == Some("yes")
    }
}
