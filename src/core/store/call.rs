//! Calls that a store makes through its host.

/// The number of a call that waits for its answer, or of a stream that is open.
pub type CallId = u32;

/// Why a call got no answer, or a stream ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallError {
    /// The status code, as the protocol of the store has them.
    pub code: u32,
    /// What the server, or the host, says of it.
    pub message: String,
}
