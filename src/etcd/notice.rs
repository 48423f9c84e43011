//! What a follower has to report.

use std::fmt;

/// What somebody should know.
#[derive(Debug, PartialEq, Eq)]
pub enum Notice {
    /// The store is connected.
    Connected,
    /// The store is connected no longer, or could not be at first.
    Lost(String),
    /// The value of the key cannot be read.
    Unreadable {
        /// The mod revision of the value.
        revision: u64,
        /// What is wrong with it.
        problem: String,
    },
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connected => f.write_str("the store etcd is connected"),
            Self::Lost(reason) => write!(
                f,
                "the store etcd is not connected, so the last state known holds and changes are \
                 refused: {reason}"
            ),
            Self::Unreadable { revision, problem } => write!(
                f,
                "the value of revision {revision} in etcd cannot be read, so the last state \
                 known holds: {problem:.200}"
            ),
        }
    }
}

/// What is to be reported; mostly nothing.
pub type Notices = Vec<Notice>;
