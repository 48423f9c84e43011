//! A client of the admin endpoint.

use std::time::Duration;

use maintenance_mode_core::syntax::one_line::OneLine;
use maintenance_mode_core::syntax::wire::MODE;
use rustls::Error::InvalidCertificate;
use serde_json::Value;
use ureq::http::{HeaderMap, Response, Uri};
use ureq::tls::{RootCerts, TlsConfig};
use ureq::{Agent, Body, Error};

use crate::ctl::arguments::endpoints::Endpoints;
use crate::ctl::arguments::token::BearerToken;
use crate::ctl::endpoints::error::EndpointError;
use crate::ctl::endpoints::foreign::foreign;
use crate::ctl::endpoints::refused::refused;
use crate::ctl::endpoints::server::Server;
use crate::ctl::endpoints::status::EndpointStatus;
use crate::ctl::endpoints::toggle::Toggle;
use crate::ctl::endpoints::unanswered::{tls_error, unanswered};

/// The largest answer that is read, in bytes.
const MAX_ANSWER: u64 = 1 << 20;
/// What some servers answer to a call that is not in their scheme.
const BAD_REQUEST: u16 = 400;

/// Calls admin endpoints with a token. It follows no redirect: the token is for nobody else.
pub(crate) struct EndpointClient {
    agent: Agent,
    token: BearerToken,
    timeout: u64,
}

impl EndpointClient {
    pub(crate) fn new(endpoints: &Endpoints) -> Self {
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
        Self {
            agent: config.into(),
            token: endpoints.token.clone(),
            timeout: endpoints.timeout,
        }
    }

    pub(crate) fn status(&self, url: &str) -> Result<EndpointStatus, EndpointError> {
        let request = self.agent.get(url);
        let request = request.header("authorization", self.token.authorization());
        self.read(url, request.call())
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
            .header("authorization", self.token.authorization());
        if let Some(generation) = if_match {
            request = request.header("if-match", format!("\"{generation}\""));
        }
        self.read(url, request.send_empty())
    }

    fn read(
        &self,
        url: &str,
        answer: Result<Response<Body>, Error>,
    ) -> Result<EndpointStatus, EndpointError> {
        let failed = |error| {
            let proxy = self.proxy(url);
            let speaks_other = |server: &Server| self.speaks_other(server);
            unanswered(url, &error, self.timeout, proxy.as_deref(), speaks_other)
        };
        let mut answer = answer.map_err(failed)?;
        let body = answer.body_mut().with_config().limit(MAX_ANSWER);
        let body = body.read_to_string().map_err(failed)?;
        let status = answer.status().as_u16();
        interpret(status, answer.headers(), &body).map_err(|problem| match problem {
            Problem::Refused(detail) => refused(url, &self.token, status, &detail),
            Problem::Foreign => {
                let server = Server::of(url).filter(|_| status == BAD_REQUEST);
                let server = server.filter(|server| self.speaks_other(server));
                server.map_or_else(
                    || foreign(url, status, answer.headers()),
                    |server| EndpointError::unanswered(server.wrong_scheme(url)),
                )
            }
        })
    }

    /// Through which proxy, named by the environment, an address is called.
    fn proxy(&self, url: &str) -> Option<String> {
        let proxy = self.agent.config().proxy()?;
        let uri: Uri = url.parse().ok()?;
        (!proxy.is_no_proxy(&uri)).then(|| format!("{}:{}", proxy.host(), proxy.port()))
    }

    /// Whether a server answers in the other scheme, asked without the token. One whose
    /// certificate is not trusted speaks https.
    fn speaks_other(&self, server: &Server) -> bool {
        let answer = self.agent.head(server.other_root()).call();
        match &answer {
            Ok(answer) => answer.status() != BAD_REQUEST,
            Err(error) => matches!(tls_error(error), Some(InvalidCertificate(_))),
        }
    }
}

/// What is wrong with an answer.
#[derive(Debug, PartialEq)]
enum Problem {
    /// The endpoint says no, and why.
    Refused(String),
    /// It is not that of an endpoint.
    Foreign,
}

fn interpret(status: u16, headers: &HeaderMap, body: &str) -> Result<EndpointStatus, Problem> {
    let document: Value = serde_json::from_str(body).unwrap_or_default();
    if status == 200 {
        return EndpointStatus::read(document).ok_or(Problem::Foreign);
    }
    // The reply of a request that is blocked has a detail, too.
    let detail = document.get("detail").and_then(Value::as_str);
    let detail = detail.filter(|_| !headers.contains_key(MODE));
    Err(detail.map_or(Problem::Foreign, |detail| {
        Problem::Refused(OneLine(detail).to_string())
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_admin_endpoint_is_believed() {
        let mut headers = HeaderMap::new();
        let refused = interpret(409, &headers, r#"{"detail":"locked\u001b[2J"}"#);
        assert_eq!(
            refused,
            Err(Problem::Refused("locked\\u{1b}[2J".to_owned()))
        );
        for (status, body) in [(200, "upstream"), (200, "{}"), (503, "<html>"), (302, "")] {
            let foreign = Err(Problem::Foreign);
            assert_eq!(
                interpret(status, &headers, body),
                foreign,
                "{status} {body}"
            );
        }
        headers.insert(MODE, "shop".parse().unwrap());
        let blocked = interpret(503, &headers, r#"{"detail":"Back soon."}"#);
        assert_eq!(blocked, Err(Problem::Foreign));
    }
}
