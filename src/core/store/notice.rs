//! What a follower has to report.

/// What somebody should know.
#[derive(Debug, PartialEq, Eq)]
pub enum Notice {
    /// The store is connected.
    Connected,
    /// The store is connected no longer, or could not be at first.
    Lost(String),
    /// What the store holds cannot be read.
    Unreadable {
        /// Its revision.
        revision: u64,
        /// What is wrong with it.
        problem: String,
    },
}

impl Notice {
    /// One line about the store of this name.
    pub fn about(&self, store: &str) -> String {
        match self {
            Self::Connected => format!("the store {store} is connected"),
            Self::Lost(reason) => format!(
                "the store {store} is not connected, so the last state known holds and changes \
                 are refused: {reason}"
            ),
            Self::Unreadable { revision, problem } => format!(
                "the value of revision {revision} in {store} cannot be read, and is not \
                 obeyed as far as that goes: {problem:.200}"
            ),
        }
    }
}

/// What is to be reported; mostly nothing.
pub type Notices = Vec<Notice>;
