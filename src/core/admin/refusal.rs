//! Why a call is refused.

use std::net::IpAddr;

use crate::admin::answer::Access;
use crate::state::change::Conflict;
use crate::store::state_store::ChangeError;

const CALLS: &str =
    "on, off, reset or counters or, with `bypass` configured, bypass or bypass/revoke";

/// Why a call is refused. The text goes to the log and so repeats nothing of the caller's.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    /// Deliberately without a hint which part of the credentials was wrong.
    #[error("expected `Authorization: Bearer <token>` with a valid token")]
    Unauthorized,
    #[error("calls are not allowed from this address")]
    Address(Option<IpAddr>),
    #[error("unknown call, expected {CALLS}")]
    UnknownCall(String),
    #[error("wrong method, expected {allow}")]
    Method { method: String, allow: &'static str },
    #[error("{0}")]
    Parameter(String),
    #[error("unknown parameter, {expected}")]
    UnknownParameter { name: String, expected: String },
    #[error("`mode` is {0:?} in the plugin configuration, which locks the state")]
    Locked(&'static str),
    /// The state is not one that can be changed so, or is contended, or the store cannot be reached or does not
    /// confirm.
    #[error("{0}")]
    NotChanged(ChangeError),
}

impl Refusal {
    /// A parameter that is not what is expected.
    pub(super) fn expected(name: &str, expected: &str) -> Self {
        Self::Parameter(format!("{name} is not {expected}"))
    }

    /// A parameter that the call does not have.
    pub(super) fn unknown_parameter(name: &str, known: &[&str]) -> Self {
        let expected = match known {
            [] => "expected none".to_owned(),
            known => format!("expected one of {}", known.join(", ")),
        };
        Self::UnknownParameter {
            name: name.to_owned(),
            expected,
        }
    }

    /// The `detail` of the problem document, which names the culprit.
    pub(super) fn detail(&self) -> String {
        match self {
            Self::Address(Some(client)) => {
                format!("calls are not allowed from the address {client}")
            }
            Self::UnknownCall(call) => {
                format!("unknown call {call:?}, expected {CALLS}")
            }
            Self::Method { method, allow } => {
                format!("the method {method:?} is not allowed here, expected {allow}")
            }
            Self::UnknownParameter { name, expected } => {
                format!("unknown parameter {name:?}, {expected}")
            }
            other => other.to_string(),
        }
    }

    /// As what the call counts.
    pub(super) fn access(&self) -> Access {
        match self {
            Self::Unauthorized | Self::Address(_) => Access::Denied,
            _ => Access::Granted,
        }
    }

    /// HTTP status code and its reason phrase.
    pub(super) fn status(&self) -> (u16, &'static str) {
        match self {
            Self::Unauthorized => (401, "Unauthorized"),
            Self::Address(_) => (403, "Forbidden"),
            Self::UnknownCall(_) => (404, "Not Found"),
            Self::Method { .. } => (405, "Method Not Allowed"),
            Self::Parameter(_) | Self::UnknownParameter { .. } => (400, "Bad Request"),
            Self::Locked(_) | Self::NotChanged(ChangeError::Conflict(Conflict::InForce)) => {
                (409, "Conflict")
            }
            Self::NotChanged(ChangeError::Conflict(Conflict::Generation(_))) => {
                (412, "Precondition Failed")
            }
            Self::NotChanged(_) => (503, "Service Unavailable"),
        }
    }

    /// The header that the status asks for.
    pub(super) fn header(&self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Unauthorized => Some(("www-authenticate", "Bearer")),
            Self::Method { allow, .. } => Some(("allow", *allow)),
            _ => None,
        }
    }
}

impl From<ChangeError> for Refusal {
    fn from(error: ChangeError) -> Self {
        Self::NotChanged(error)
    }
}
