//! `windows`

use serde::Deserialize;

/// An entry of `windows`.
#[derive(Debug, PartialEq, Deserialize)]
pub struct WindowConfig {
    /// What people call it.
    pub name: Option<String>,
    /// RFC 3339; open without.
    pub start: Option<String>,
    /// RFC 3339; open without.
    pub end: Option<String>,
    /// The message of the replies.
    pub message: Option<String>,
}
