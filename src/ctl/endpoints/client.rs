//! A client of the admin endpoint.

use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;
use ureq::{
    Agent, Body,
    http::Response,
    tls::{RootCerts, TlsConfig},
};

use super::{
    arguments::{Endpoints, Setting},
    one_line,
};
use crate::timestamp::Timestamp;

/// The largest answer that is read, in bytes.
const MAX_ANSWER: u64 = 1 << 20;

/// Calls admin endpoints with a token. It follows no redirect: the token is for nobody else.
pub(super) struct Client {
    agent: Agent,
    authorization: String,
}

/// The status of an endpoint.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Status {
    /// What the endpoint answered.
    pub(super) document: Value,
    pub(super) maintenance: bool,
    pub(super) decided_by: String,
    pub(super) generation: u64,
    pub(super) terms: Terms,
}

/// What an `on` sets, besides the flag.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub(super) struct Terms {
    pub(super) start: Option<Timestamp>,
    pub(super) until: Option<Timestamp>,
    /// In seconds.
    pub(super) retry_after: Option<u64>,
    pub(super) message: Option<String>,
}

/// Why a call came to nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum CallError {
    /// The endpoint said no.
    #[error("{status}: {detail}")]
    Refused { status: u16, detail: String },
    /// There was no answer.
    #[error("no answer: {0}")]
    Unreachable(String),
    /// The answer is not that of an admin endpoint.
    #[error("the answer with status {0} is not that of an admin endpoint")]
    Foreign(u16),
}

/// A change of the state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Edit {
    On(Vec<(&'static str, String)>),
    Off,
    Reset,
}

impl Client {
    /// # Errors
    /// The token cannot be sent in a header.
    pub(super) fn new(endpoints: &Endpoints) -> Result<Self, &'static str> {
        let token = &endpoints.token.0;
        if token.is_empty() || !token.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            return Err("the token is not printable ASCII");
        }
        let tls = TlsConfig::builder()
            .root_certs(RootCerts::PlatformVerifier)
            .build();
        let config = Agent::config_builder()
            .timeout_global(Some(Duration::from_secs(endpoints.timeout)))
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .tls_config(tls)
            .user_agent(concat!("maintenancectl/", env!("CARGO_PKG_VERSION")))
            .build();
        Ok(Self {
            agent: config.into(),
            authorization: format!("Bearer {token}"),
        })
    }

    /// Asks for the status.
    pub(super) fn status(&self, url: &str) -> Result<Status, CallError> {
        let request = self.agent.get(url);
        let request = request.header("accept", "application/json");
        read(request.header("authorization", &self.authorization).call())
    }

    /// Makes a change, if the state is of the given generation; the status after it.
    pub(super) fn change(
        &self,
        url: &str,
        edit: &Edit,
        if_match: Option<u64>,
    ) -> Result<Status, CallError> {
        let mut request = self
            .agent
            .post(format!("{url}/{}", edit.call()))
            .header("accept", "application/json")
            .header("authorization", &self.authorization);
        if let Some(generation) = if_match {
            request = request.header("if-match", format!("\"{generation}\""));
        }
        read(request.send_empty())
    }
}

fn read(answer: Result<Response<Body>, ureq::Error>) -> Result<Status, CallError> {
    let mut answer =
        answer.map_err(|error| CallError::Unreachable(one_line(&error.to_string())))?;
    let status = answer.status().as_u16();
    let body = answer
        .body_mut()
        .with_config()
        .limit(MAX_ANSWER)
        .read_to_string()
        .map_err(|error| CallError::Unreachable(one_line(&error.to_string())))?;
    interpret(status, &body)
}

fn interpret(status: u16, body: &str) -> Result<Status, CallError> {
    let document: Value = serde_json::from_str(body).unwrap_or_default();
    let foreign = CallError::Foreign(status);
    if status == 200 {
        return Status::read(document).ok_or(foreign);
    }
    let detail = document.get("detail").and_then(Value::as_str);
    Err(detail.map_or(foreign, |detail| CallError::Refused {
        status,
        detail: one_line(detail),
    }))
}

impl Status {
    fn read(document: Value) -> Option<Self> {
        let text = |key| Some(document.get(key)?.as_str()?.to_owned());
        Some(Self {
            maintenance: document.get("maintenance")?.as_bool()?,
            decided_by: text("decided_by")?,
            generation: document.get("generation")?.as_u64()?,
            terms: Terms::deserialize(&document).ok()?,
            document,
        })
    }
}

impl Edit {
    /// What `--until`, `--start` and so on ask for.
    pub(super) fn on(setting: &Setting) -> Self {
        let seconds = |seconds: Option<u64>| seconds.map(|seconds| seconds.to_string());
        Self::parameters([
            ("until", setting.until.map(|until| until.to_string())),
            ("start", setting.start.map(|start| start.to_string())),
            ("for", seconds(setting.duration)),
            ("retry_after", seconds(setting.retry_after)),
            ("message", setting.message.clone()),
        ])
    }

    /// The same as an earlier `on`.
    pub(super) fn again(terms: &Terms) -> Self {
        Self::parameters([
            ("until", terms.until.map(|until| until.to_string())),
            ("start", terms.start.map(|start| start.to_string())),
            (
                "retry_after",
                terms.retry_after.map(|seconds| seconds.to_string()),
            ),
            ("message", terms.message.clone()),
        ])
    }

    fn parameters<const N: usize>(given: [(&'static str, Option<String>); N]) -> Self {
        let given = given.into_iter();
        Self::On(
            given
                .filter_map(|(name, value)| Some((name, value?)))
                .collect(),
        )
    }

    /// The path below the endpoint, with its query.
    fn call(&self) -> String {
        match self {
            Self::Off => "off".to_owned(),
            Self::Reset => "reset".to_owned(),
            Self::On(parameters) => {
                let query = parameters
                    .iter()
                    .map(|(name, value)| format!("{name}={}", escape(value)));
                let query = query.collect::<Vec<_>>().join("&");
                if query.is_empty() {
                    "on".to_owned()
                } else {
                    format!("on?{query}")
                }
            }
        }
    }
}

/// Percent-encodes all but unreserved characters, RFC 3986 section 2.3.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
    }
    escaped
}

#[cfg(test)]
pub(super) fn status(json: &str) -> Status {
    let mut document: Value = serde_json::from_str(json).unwrap();
    document["generation"] = 1.into();
    document["decided_by"] = "state".into();
    Status::read(document).unwrap()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_escaped() {
        let terms = Terms {
            until: Timestamp::parse("2026-01-01T10:00:00+02:00"),
            message: Some("a&b=c é+%\u{20}".to_owned()),
            retry_after: Some(0),
            start: None,
        };
        assert_eq!(
            Edit::again(&terms).call(),
            "on?until=2026-01-01T08%3A00%3A00Z&retry_after=0&message=a%26b%3Dc%20%C3%A9%2B%25%20"
        );
        assert_eq!(Edit::again(&Terms::default()).call(), "on");
    }

    #[test]
    fn only_an_admin_endpoint_is_believed() {
        let refused = interpret(409, r#"{"detail":"locked\u001b[2J"}"#).unwrap_err();
        assert_eq!(refused.to_string(), "409: locked\\u{1b}[2J");
        for (status, body) in [(200, "upstream"), (200, "{}"), (503, "<html>"), (302, "")] {
            let foreign = Err(CallError::Foreign(status));
            assert_eq!(interpret(status, body), foreign, "{status} {body}");
        }
    }
}
