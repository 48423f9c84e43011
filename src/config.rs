//! The plugin configuration: a mirror of its JSON, which checks nothing but shape.
//!
//! [`Policy`](crate::policy::Policy) is what it is compiled to. An absent key is a
//! default or `None`; an explicit `null` is a wrong type, but for `response.retry_after`.

mod matchers;
mod protobuf_struct;
mod response;
mod shape;

use serde::Deserialize;

pub use self::{
    matchers::{AttributeConfig, FieldConfig, MatchersConfig, PathConfig, PathKindConfig},
    response::{CorsConfig, Format, HeadersConfig, ResponseConfig, RetryAfterConfig},
    shape::Number,
};
use crate::{json::Json, policy::InvalidConfig};

/// The whole plugin configuration.
#[derive(Debug, Default, PartialEq, Deserialize)]
pub struct PluginConfig {
    /// Whether the flag is fixed, or the state decides.
    #[serde(default)]
    pub mode: Mode,
    /// The flag in [`Mode::Auto`] until somebody sets it.
    #[serde(default)]
    pub initial: Switch,
    /// Filters of one VM id with the same scope share one state.
    #[serde(default)]
    pub scope: Option<String>,
    /// Decide, count and log, but block nothing.
    #[serde(default)]
    pub observe: bool,
    /// Read the route's metadata as a rule.
    #[serde(default)]
    pub route_metadata: bool,
    /// The request header that tells the upstream of maintenance.
    #[serde(default)]
    pub upstream_header: Option<String>,
    /// Where the client's address comes from.
    #[serde(default)]
    pub client_address: Option<ClientAddressConfig>,
    /// The requests that pass while maintenance is on.
    #[serde(default)]
    pub allow: MatchersConfig,
    /// Overrides by host, path, method and so on.
    #[serde(default)]
    pub rules: Vec<RuleConfig>,
    /// Planned maintenance.
    #[serde(default)]
    pub windows: Vec<WindowConfig>,
    /// What the others get.
    #[serde(default)]
    pub response: ResponseConfig,
    /// The admin endpoint.
    #[serde(default)]
    pub admin: Option<AdminConfig>,
    /// Signed bypass tokens.
    #[serde(default)]
    pub bypass: Option<BypassConfig>,
    /// A store for a fleet.
    #[serde(default)]
    pub store: Option<StoreConfig>,
}

impl PluginConfig {
    /// Reads a plugin configuration: JSON text (Envoy's `StringValue`, Istio's
    /// `pluginConfig`) or an encoded `google.protobuf.Struct`; nothing is the default.
    ///
    /// # Errors
    /// A syntax error with line and column, or the path of the first key that is unknown
    /// or has a wrong type.
    pub fn parse(configuration: &[u8]) -> Result<Self, InvalidConfig> {
        if configuration.trim_ascii().is_empty() {
            return Ok(Self::default());
        }
        let json = Json::parse(configuration).or_else(|error| {
            protobuf_struct::decode(configuration).ok_or_else(|| InvalidConfig::syntax(&error))
        })?;
        json.read()
    }
}

/// `mode`
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// The state decides.
    #[default]
    Auto,
    /// Maintenance is on, and the admin endpoint locked.
    On,
    /// Maintenance is off, and the admin endpoint locked.
    Off,
}

impl Mode {
    /// The keyword.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::On => "on",
            Self::Off => "off",
        }
    }
}

/// `"on"` or `"off"`
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Switch {
    /// Maintenance is on.
    On,
    /// Maintenance is off.
    #[default]
    Off,
}

/// `client_address`
#[derive(Debug, PartialEq, Deserialize)]
pub struct ClientAddressConfig {
    /// The header that proxies write.
    pub header: String,
    /// The proxies that are believed.
    pub trusted_proxies: Vec<String>,
}

/// An entry of `rules`.
#[derive(Debug, PartialEq, Deserialize)]
pub struct RuleConfig {
    /// The name of the rule, for people.
    #[serde(default)]
    pub name: Option<String>,
    /// The requests it is for.
    #[serde(rename = "match")]
    pub matches: MatchersConfig,
    /// What it does.
    #[serde(default)]
    pub action: Action,
    /// What takes the place of the global `response`, key by key.
    #[serde(default)]
    pub response: Option<ResponseConfig>,
}

/// `rules[].action`, and the action in the metadata of a route.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// Always passes.
    Allow,
    /// Always blocked.
    Block,
    /// As if maintenance were on.
    On,
    /// The flag decides.
    #[default]
    Follow,
}

impl Action {
    /// Reads the keyword.
    pub fn parse(keyword: &[u8]) -> Option<Self> {
        match keyword {
            b"allow" => Some(Self::Allow),
            b"block" => Some(Self::Block),
            b"on" => Some(Self::On),
            b"follow" => Some(Self::Follow),
            _ => None,
        }
    }
}

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

/// `bypass`
#[derive(Debug, Default, PartialEq, Deserialize)]
pub struct BypassConfig {
    /// The key that signs tokens.
    #[serde(default)]
    pub key: Option<String>,
    /// The environment variable of the VM that holds it.
    #[serde(default)]
    pub key_env: Option<String>,
    /// The name of the cookie that carries a token.
    #[serde(default)]
    pub cookie: Option<String>,
    /// How long a token may live.
    #[serde(default)]
    pub max_ttl_seconds: Option<Number>,
}

/// `admin`
#[derive(Debug, PartialEq, Deserialize)]
pub struct AdminConfig {
    /// Where the endpoint lies.
    pub path: String,
    /// Who may call it.
    #[serde(default)]
    pub tokens: Vec<TokenConfig>,
    /// The environment variable of the VM that holds one more token.
    #[serde(default)]
    pub token_env: Option<String>,
    /// From where it may be called.
    #[serde(default)]
    pub client_ips: Option<Vec<String>>,
    /// How long an `on` may last, in seconds.
    #[serde(default)]
    pub max_on_seconds: Option<Number>,
    /// Whether browsers get the console.
    #[serde(default)]
    pub console: bool,
}

/// An entry of `admin.tokens`.
#[derive(Debug, PartialEq, Deserialize)]
pub struct TokenConfig {
    /// Whose token it is; written to the log and to the state.
    pub name: String,
    /// SHA-256 of the token, in hexadecimal.
    pub sha256: String,
}

/// `store`
#[derive(Debug, PartialEq, Deserialize)]
pub struct StoreConfig {
    /// etcd, version 3.
    pub etcd: EtcdConfig,
}

/// `store.etcd`
#[derive(Debug, PartialEq, Deserialize)]
pub struct EtcdConfig {
    /// The cluster of Envoy that reaches it.
    pub cluster: String,
    /// The key that holds the state.
    #[serde(default)]
    pub key: Option<String>,
    /// How long a change may take, in milliseconds.
    #[serde(default)]
    pub timeout_ms: Option<Number>,
    /// Who logs in.
    #[serde(default)]
    pub username: Option<String>,
    /// The environment variable of the VM that holds the password.
    #[serde(default)]
    pub password_env: Option<String>,
}

#[cfg(test)]
mod tests;
