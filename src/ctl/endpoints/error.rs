//! Why a call came to nothing, in the words of the command line.

use std::fmt;

/// What a person reads, with the address, what was expected, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EndpointError {
    text: String,
    /// Of the answer, if there was one.
    status: Option<u16>,
}

const PRECONDITION_FAILED: u16 = 412;

impl EndpointError {
    pub(super) fn answered(status: u16, text: String) -> Self {
        Self {
            text,
            status: Some(status),
        }
    }

    pub(super) fn unanswered(text: String) -> Self {
        Self { text, status: None }
    }

    /// Whether the state is not what the change was for: somebody else was faster.
    pub(crate) fn is_lost_race(&self) -> bool {
        self.status == Some(PRECONDITION_FAILED)
    }
}

impl fmt::Display for EndpointError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
