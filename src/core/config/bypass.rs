//! `bypass`

#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::Deserialize;

use crate::config::seconds::Seconds;
#[cfg(feature = "schema")]
use crate::config::values::{Domain, Duration, Key, Token, Variable, each_required};

/// Signed bypass tokens.
#[derive(Debug, Default, PartialEq, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[cfg_attr(feature = "schema", schemars(extend("oneOf" = each_required(&["key", "key_env"]))))]
pub struct BypassConfig {
    /// 32 bytes or more that sign the tokens (HMAC-SHA256).
    #[cfg_attr(feature = "schema", schemars(with = "Option<Key>"))]
    pub key: Option<String>,
    /// The environment variable that holds the key.
    #[cfg_attr(feature = "schema", schemars(with = "Option<Variable>"))]
    pub key_env: Option<String>,
    /// The name of the cookie that carries a token; `maintenance_bypass` without.
    #[cfg_attr(feature = "schema", schemars(with = "Option<Token>"))]
    pub cookie: Option<String>,
    /// The domain of two labels or more whose hosts all get the cookie; without, only the host of
    /// the link.
    #[cfg_attr(feature = "schema", schemars(with = "Option<Domain>"))]
    pub domain: Option<String>,
    /// How long a token may live: seconds, or like `12h`; 43200 without.
    #[cfg_attr(
        feature = "schema",
        schemars(with = "Option<Duration<1, 3_153_600_000>>")
    )]
    pub max_ttl_seconds: Option<Seconds>,
}
