//! `admin`

use serde::Deserialize;

use crate::config::seconds::Seconds;

/// `admin`
#[derive(Debug, PartialEq, Deserialize)]
pub struct AdminConfig {
    /// Where the endpoint lies.
    pub path: String,
    /// Who may call it.
    #[serde(default)]
    pub tokens: Vec<TokenConfig>,
    /// The environment variable that holds one more token.
    pub token_env: Option<String>,
    /// From where it may be called.
    pub client_ips: Option<Vec<String>>,
    /// How long an `on` may last, in seconds.
    pub max_on_seconds: Option<Seconds>,
    /// Whether browsers get the console.
    #[serde(default)]
    pub console: bool,
    /// Whether anybody may ask whether maintenance is on.
    #[serde(default)]
    pub public: bool,
}

/// An entry of `admin.tokens`.
#[derive(Debug, PartialEq, Deserialize)]
pub struct TokenConfig {
    /// Whose token it is; written to the log and to the state.
    pub name: String,
    /// SHA-256 of the token, in hexadecimal.
    pub sha256: String,
}
