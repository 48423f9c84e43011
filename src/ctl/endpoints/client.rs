//! A client of the admin endpoint.

use std::time::Duration;

use maintenance_mode_core::syntax::one_line::OneLine;
use serde_json::Value;
use ureq::http::Response;
use ureq::tls::{RootCerts, TlsConfig};
use ureq::{Agent, Body};

use crate::ctl::arguments::endpoints::Endpoints;
use crate::ctl::arguments::token::can_be_sent;
use crate::ctl::endpoints::status::EndpointStatus;
use crate::ctl::endpoints::toggle::Toggle;

/// The largest answer that is read, in bytes.
const MAX_ANSWER: u64 = 1 << 20;

/// Calls admin endpoints with a token. It follows no redirect: the token is for nobody else.
pub(crate) struct Client {
    agent: Agent,
    authorization: String,
}

/// Why a call came to nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum EndpointError {
    #[error("{status}: {detail}")]
    Refused { status: u16, detail: String },
    #[error("no answer: {0}")]
    Unreachable(String),
    #[error("the answer with status {0} is not that of an admin endpoint")]
    Foreign(u16),
}

impl Client {
    /// An error where the token cannot be sent in a header.
    pub(crate) fn new(endpoints: &Endpoints) -> Result<Self, &'static str> {
        let token = &endpoints.token.0;
        if !can_be_sent(token.as_bytes()) {
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
            .accept("application/json")
            .user_agent(concat!("maintenancectl/", env!("CARGO_PKG_VERSION")))
            .build();
        Ok(Self {
            agent: config.into(),
            authorization: format!("Bearer {token}"),
        })
    }

    pub(crate) fn status(&self, url: &str) -> Result<EndpointStatus, EndpointError> {
        let request = self.agent.get(url);
        read(request.header("authorization", &self.authorization).call())
    }

    /// Makes a change, if the state is of the given generation; the status after it.
    pub(crate) fn change(
        &self,
        url: &str,
        toggle: &Toggle,
        if_match: Option<u64>,
    ) -> Result<EndpointStatus, EndpointError> {
        let mut request = self
            .agent
            .post(format!("{url}/{}", toggle.call()))
            .header("authorization", &self.authorization);
        if let Some(generation) = if_match {
            request = request.header("if-match", format!("\"{generation}\""));
        }
        read(request.send_empty())
    }
}

fn read(answer: Result<Response<Body>, ureq::Error>) -> Result<EndpointStatus, EndpointError> {
    let unreachable =
        |error: ureq::Error| EndpointError::Unreachable(OneLine(&error.to_string()).to_string());
    let mut answer = answer.map_err(unreachable)?;
    let status = answer.status().as_u16();
    let body = answer
        .body_mut()
        .with_config()
        .limit(MAX_ANSWER)
        .read_to_string()
        .map_err(unreachable)?;
    interpret(status, &body)
}

fn interpret(status: u16, body: &str) -> Result<EndpointStatus, EndpointError> {
    let document: Value = serde_json::from_str(body).unwrap_or_default();
    let foreign = EndpointError::Foreign(status);
    if status == 200 {
        return EndpointStatus::read(document).ok_or(foreign);
    }
    let detail = document.get("detail").and_then(Value::as_str);
    Err(detail.map_or(foreign, |detail| EndpointError::Refused {
        status,
        detail: OneLine(detail).to_string(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_admin_endpoint_is_believed() {
        let refused = interpret(409, r#"{"detail":"locked\u001b[2J"}"#).unwrap_err();
        assert_eq!(refused.to_string(), "409: locked\\u{1b}[2J");
        for (status, body) in [(200, "upstream"), (200, "{}"), (503, "<html>"), (302, "")] {
            let foreign = Err(EndpointError::Foreign(status));
            assert_eq!(interpret(status, body), foreign, "{status} {body}");
        }
    }
}
