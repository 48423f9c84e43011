//! Calls of a [gRPC](https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md)
//! service through a cluster.

use std::error::Error;
use std::fmt;

use crate::syntax::protobuf::Message;

/// The number of a call that waits for its answer, or of a stream that is open.
pub type CallId = u32;

/// A method, by the full name of its service.
pub type Method = (&'static str, &'static str);

/// Headers of a call.
pub type Metadata<'a> = Vec<(&'static str, &'a [u8])>;

/// A remote procedure call, but for its messages.
#[derive(Clone, Debug)]
pub struct Rpc<'a> {
    /// The cluster that leads to the service.
    pub cluster: &'a str,
    /// What is called.
    pub method: Method,
    /// The headers beside those of gRPC.
    pub metadata: Metadata<'a>,
}

/// A gRPC client. Answers come later.
pub trait Client: 'static {
    /// Calls a method; `None` where it cannot.
    fn call(&self, rpc: Rpc<'_>, message: &Message, timeout_ms: u64) -> Option<CallId>;

    /// Opens a stream; `None` where it cannot.
    fn open(&self, rpc: Rpc<'_>) -> Option<CallId>;

    /// Sends a message; `false` where the stream is gone.
    fn send(&self, stream: CallId, message: &Message) -> bool;

    /// Ends a stream, of which nothing more comes.
    fn cancel(&self, stream: CallId);
}

/// Why a call got no answer, or a stream ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallError {
    /// The [status code](https://grpc.io/docs/guides/status-codes/).
    pub code: u32,
    /// What the server, or the host, says of it.
    pub message: String,
}

impl CallError {
    /// Nobody knows what became of the call.
    pub const UNKNOWN: u32 = 2;
    /// The server does not take the request, or not any more.
    pub const INVALID_ARGUMENT: u32 = 3;
    /// The call took too long.
    pub const DEADLINE_EXCEEDED: u32 = 4;
    /// The server knows who calls, who may not.
    pub const PERMISSION_DENIED: u32 = 7;
    /// The server is not in a state for it.
    pub const FAILED_PRECONDITION: u32 = 9;
    /// The server cannot be reached.
    pub const UNAVAILABLE: u32 = 14;
    /// The server does not know who calls.
    pub const UNAUTHENTICATED: u32 = 16;

    /// A failure with a status code.
    pub fn new(code: u32, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { code, message }
    }

    /// The cluster cannot be called.
    pub fn no_cluster(cluster: &str) -> Self {
        Self::new(
            Self::UNAVAILABLE,
            format!("there is no cluster {cluster}, or no host in it that takes calls"),
        )
    }

    /// An answer that is none.
    pub fn malformed() -> Self {
        Self::new(Self::UNKNOWN, "the answer is malformed")
    }

    /// Whether the server may have carried out the call all the same.
    pub fn may_have_been_done(&self) -> bool {
        const CANCELLED: u32 = 1;
        const INTERNAL: u32 = 13;
        matches!(
            self.code,
            CANCELLED | Self::UNKNOWN | Self::DEADLINE_EXCEEDED | INTERNAL | Self::UNAVAILABLE
        )
    }
}

/// One line, whatever the server says.
impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "gRPC status {}", self.code)?;
        if !self.message.is_empty() {
            write!(f, ", {:?}", self.message)?;
        }
        Ok(())
    }
}

impl Error for CallError {}
