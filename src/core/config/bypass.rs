//! `bypass`

use serde::Deserialize;

use crate::config::seconds::Seconds;

/// `bypass`
#[derive(Debug, Default, PartialEq, Deserialize)]
pub struct BypassConfig {
    /// The key that signs tokens.
    pub key: Option<String>,
    /// The environment variable that holds it.
    pub key_env: Option<String>,
    /// The name of the cookie that carries a token.
    pub cookie: Option<String>,
    /// The domain whose hosts all get the cookie.
    pub domain: Option<String>,
    /// How long a token may live.
    pub max_ttl_seconds: Option<Seconds>,
}
