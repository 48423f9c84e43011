//! `admin`

#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::Deserialize;

use crate::config::seconds::Seconds;
#[cfg(feature = "schema")]
use crate::config::values::{
    AtLeastOne, Duration, Name, Network, Root, Sha256, Variable, each_required,
};

/// The admin endpoint.
#[derive(Debug, PartialEq, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[cfg_attr(feature = "schema", schemars(extend("anyOf" = each_required(&["token_env", "tokens"]))))]
pub struct AdminConfig {
    /// Where it lies, such as `/maintenance-mode`: canonical, not `/`, no slash at its end. Requests
    /// for it and for what lies under it never go upstream.
    #[cfg_attr(feature = "schema", schemars(with = "Root"))]
    pub path: String,
    /// Who may call it. The names stand in the log and in the state, and no two tokens share one.
    #[serde(default)]
    pub tokens: Vec<TokenConfig>,
    /// An environment variable with one more token, of 16 bytes at least, which is known by the variable's name.
    #[cfg_attr(feature = "schema", schemars(with = "Option<Variable>"))]
    pub token_env: Option<String>,
    /// Calls come only from these IP addresses and CIDR blocks.
    #[cfg_attr(feature = "schema", schemars(with = "Option<AtLeastOne<Network>>"))]
    pub client_ips: Option<Vec<String>>,
    /// No `on` lasts longer, and one without an end gets this one: seconds, or like `2h`.
    #[cfg_attr(
        feature = "schema",
        schemars(with = "Option<Duration<1, 3_153_600_000>>")
    )]
    pub max_on_seconds: Option<Seconds>,
    /// Whether browsers that open `path` get the console.
    #[serde(default)]
    pub console: bool,
    /// Whether anybody may ask `GET …/public` if maintenance is on.
    #[serde(default)]
    pub public: bool,
}

/// A token of the admin endpoint.
#[derive(Debug, PartialEq, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct TokenConfig {
    /// Whose token it is. It is written to the log and to the state.
    #[cfg_attr(feature = "schema", schemars(with = "Name<64>"))]
    pub name: String,
    /// SHA-256 of the token, in hexadecimal, as `maintenancectl hash-token` prints it.
    #[cfg_attr(feature = "schema", schemars(with = "Sha256"))]
    pub sha256: String,
}
