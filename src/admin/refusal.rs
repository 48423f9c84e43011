//! Why a call is refused.

use std::borrow::Cow;

use crate::store::ChangeError;

/// Why a call is refused. The text goes to the log and so repeats nothing of the caller's.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refusal {
    /// Deliberately without a hint which part of the credentials was wrong.
    #[error("expected `Authorization: Bearer <token>` with a valid token")]
    Unauthorized,
    #[error("calls are not allowed from this client address")]
    Address,
    #[error("there is no such call: expected on, off or reset below the endpoint's path")]
    UnknownCall,
    #[error("the method is not one of {allow}")]
    Method { allow: &'static str },
    #[error("{0}")]
    Parameter(String),
    #[error("unknown parameter, {expected}")]
    UnknownParameter { name: String, expected: String },
    #[error("`mode` is {0:?} in the plugin configuration, which locks the state")]
    Locked(&'static str),
    #[error(transparent)]
    Change(#[from] ChangeError),
}

impl Refusal {
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
            Self::UnknownParameter { name, expected } => {
                format!("unknown parameter {name:?}, {expected}")
            }
            other => other.to_string(),
        }
    }

    /// HTTP status code.
    pub(super) fn status(&self) -> u16 {
        match self {
            Self::Unauthorized => 401,
            Self::Address => 403,
            Self::UnknownCall => 404,
            Self::Method { .. } => 405,
            Self::Parameter(_) | Self::UnknownParameter { .. } => 400,
            Self::Locked(_) => 409,
            Self::Change(ChangeError::Precondition(_)) => 412,
            Self::Change(ChangeError::Contended) => 503,
        }
    }

    /// The reason phrase of the status.
    pub(super) fn title(&self) -> &'static str {
        match self {
            Self::Unauthorized => "Unauthorized",
            Self::Address => "Forbidden",
            Self::UnknownCall => "Not Found",
            Self::Method { .. } => "Method Not Allowed",
            Self::Parameter(_) | Self::UnknownParameter { .. } => "Bad Request",
            Self::Locked(_) => "Conflict",
            Self::Change(ChangeError::Precondition(_)) => "Precondition Failed",
            Self::Change(ChangeError::Contended) => "Service Unavailable",
        }
    }

    /// The header that the status asks for.
    pub(super) fn header(&self) -> Option<(&'static str, Cow<'static, str>)> {
        match self {
            Self::Unauthorized => Some(("www-authenticate", "Bearer".into())),
            Self::Method { allow } => Some(("allow", (*allow).into())),
            _ => None,
        }
    }
}
