//! `windows`

use serde::Deserialize;

/// An entry of `windows`.
#[derive(Debug, PartialEq, Deserialize)]
pub struct WindowConfig {
    /// RFC 3339; open without.
    #[serde(default)]
    pub start: Option<String>,
    /// RFC 3339; open without.
    #[serde(default)]
    pub end: Option<String>,
    /// The message of the replies.
    #[serde(default)]
    pub message: Option<String>,
}
