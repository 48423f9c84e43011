//! `bypass`

use serde::Deserialize;

use crate::config::number::Number;

/// `bypass`
#[derive(Debug, Default, PartialEq, Deserialize)]
pub struct BypassConfig {
    /// The key that signs tokens.
    #[serde(default)]
    pub key: Option<String>,
    /// The environment variable that holds it.
    #[serde(default)]
    pub key_env: Option<String>,
    /// The name of the cookie that carries a token.
    #[serde(default)]
    pub cookie: Option<String>,
    /// How long a token may live.
    #[serde(default)]
    pub max_ttl_seconds: Option<Number>,
}
