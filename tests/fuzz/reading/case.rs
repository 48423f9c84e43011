//! A configuration, what was called, and requests.

use std::fmt;

use serde_json::Value;

/// What is compared at once.
#[derive(Clone, Debug)]
pub struct Case {
    pub configuration: Value,
    /// In the order of their times.
    pub calls: Vec<Call>,
    pub tokens: Vec<Token>,
    pub requests: Vec<Request>,
}

/// A call of the admin endpoint; times are milliseconds since 1970.
#[derive(Clone, Debug)]
pub struct Call {
    pub at: i64,
    pub what: What,
}

#[derive(Clone, Debug)]
pub enum What {
    On(On),
    /// With its query.
    Off(&'static str),
    Reset,
    Revoke,
}

#[derive(Clone, Debug, Default)]
pub struct On {
    pub start: Option<i64>,
    pub until: Option<i64>,
    pub retry_after: Option<u64>,
    pub hold: Option<u64>,
    pub message: Option<String>,
}

/// A bypass token. Requests name it by its number: `{token 0}`.
#[derive(Clone, Debug)]
pub struct Token {
    pub issued: i64,
    pub seconds: i64,
    pub fault: Fault,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    None,
    OtherKey,
    Tampered,
}

#[derive(Clone, Debug)]
pub struct Request {
    pub at: i64,
    /// With its port.
    pub source: Option<String>,
    /// Names are in lower case.
    pub lines: Vec<(String, Vec<u8>)>,
    /// By the segments of their paths, joined by dots.
    pub attributes: Vec<(String, Given)>,
    pub route_action: Given,
}

/// An attribute, as an Envoy has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Given {
    Absent,
    /// `true` and `false` for a boolean.
    Text(Vec<u8>),
    /// A number or a list.
    Other,
}

/// What the filter did with a request.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    pub filter_state: String,
    /// What was counted, but for the endpoint: `blocked=1`.
    pub counted: Vec<String>,
    /// What the upstream gets, if the request passed.
    pub upstream: Option<Vec<(String, Vec<u8>)>>,
    pub reply: Option<Reply>,
    /// In a slow opening, when its client is let in by a filter that has nothing to do but that.
    pub turn: Option<i64>,
}

#[derive(Clone, Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
    pub grpc_status: Option<u8>,
    pub details: String,
}

impl Reply {
    /// The only value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.headers.iter().filter(|(other, _)| other == name);
        lines.next().map(|(_, value)| value.as_str())
    }
}

impl Request {
    /// The lines of a header, joined.
    pub fn header(&self, name: &str) -> Option<Vec<u8>> {
        let lines: Vec<&[u8]> = (self.lines.iter())
            .filter(|(other, _)| other == name)
            .map(|(_, value)| value.as_slice())
            .collect();
        let separator: &[u8] = if name == "cookie" { b"; " } else { b"," };
        (!lines.is_empty()).then(|| lines.join(separator))
    }

    pub fn text(&self, name: &str) -> String {
        let value = self.header(name).unwrap_or_default();
        String::from_utf8_lossy(&value).into_owned()
    }

    pub fn method(&self) -> String {
        self.text(":method")
    }

    /// The names and values of all cookies.
    pub fn cookies(&self) -> Vec<(Vec<u8>, Vec<u8>)> {
        let line = self.header("cookie").unwrap_or_default();
        let mut cookies = Vec::new();
        for pair in line.split(|byte| *byte == b';') {
            let pair = pair.trim_ascii();
            if let Some(equals) = pair.iter().position(|byte| *byte == b'=') {
                cookies.push((pair[..equals].to_vec(), pair[equals + 1..].to_vec()));
            }
        }
        cookies
    }
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "  at {} from {:?}",
            super::time::format(self.at),
            self.source
        )?;
        for (name, value) in &self.lines {
            let shown = value.escape_ascii().to_string();
            match shown.len() {
                0..300 => writeln!(f, "  {name}: {shown}")?,
                _ => writeln!(f, "  {name}: {}… {} bytes", &shown[..40], value.len())?,
            }
        }
        for (path, value) in &self.attributes {
            writeln!(f, "  attribute {path}: {value}")?;
        }
        match &self.route_action {
            Given::Absent => Ok(()),
            action => writeln!(f, "  action of the route: {action}"),
        }
    }
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {:?}", self.filter_state, self.counted)?;
        let Some(reply) = &self.reply else {
            return write!(f, ", no reply");
        };
        let (grpc, details) = (reply.grpc_status, &reply.details);
        writeln!(f, ", {} gRPC {grpc:?} {details}", reply.status)?;
        for (name, value) in &reply.headers {
            writeln!(f, "  {name}: {value}")?;
        }
        write!(f, "  {:.300}", reply.body)
    }
}

impl fmt::Display for Given {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => f.write_str("none"),
            Self::Text(text) => write!(f, "{:?} ({} bytes)", shortened(text), text.len()),
            Self::Other => f.write_str("a number or a list"),
        }
    }
}

fn shortened(text: &[u8]) -> String {
    String::from_utf8_lossy(&text[..text.len().min(60)]).into_owned()
}
