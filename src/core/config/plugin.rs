//! The plugin configuration: a mirror of its JSON, which checks nothing but shape.
//!
//! A policy is what it is compiled to. An absent key is a
//! default or `None`; an explicit `null` is a wrong type, but for `response.retry_after`.

#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::Deserialize;

use crate::config::admin::AdminConfig;
use crate::config::bypass::BypassConfig;
use crate::config::client_address::ClientAddressConfig;
use crate::config::matchers::MatchersConfig;
use crate::config::mode::{Mode, Switch};
use crate::config::number::Number;
use crate::config::protobuf_struct::decode;
use crate::config::response::ResponseConfig;
use crate::config::rules::RuleConfig;
use crate::config::seconds::Seconds;
use crate::config::store::StoreConfig;
#[cfg(feature = "schema")]
use crate::config::values::{AnyDuration, Scope, Token, Whole};
use crate::config::windows::WindowConfig;
use crate::syntax::invalid::{Compiled, InvalidConfig};
use crate::syntax::json::Json;

/// The plugin configuration. Every key is optional: without any, all traffic passes.
#[derive(Debug, Default, PartialEq, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct PluginConfig {
    /// Whether the flag is fixed. `on` and `off` fix it and lock the admin endpoint; with `auto` the
    /// state decides. Unquoted `on` and `off` of YAML count as well.
    #[serde(default)]
    pub mode: Mode,
    /// The flag in `auto` until somebody sets it: `on` or `off`.
    #[serde(default)]
    pub initial: Switch,
    /// Filters of one process with the same scope and `store` share one state: 1 to 64 of `A-Z`,
    /// `a-z`, `0-9`, `_` and `-`; `default` without.
    #[cfg_attr(feature = "schema", schemars(with = "Option<Scope>"))]
    pub scope: Option<String>,
    /// Decide, count and log, but block nothing: a rehearsal.
    #[serde(default)]
    pub observe: bool,
    /// Read the route's metadata as a rule.
    #[serde(default)]
    pub route_metadata: bool,
    /// The request header that tells the upstream of maintenance, on requests that pass. What a client
    /// sends under that name is always removed, so it is one of its own, such as `x-maintenance`.
    #[cfg_attr(feature = "schema", schemars(with = "Option<Token>"))]
    pub upstream_header: Option<String>,
    /// Where the client's address comes from; from the proxy itself without.
    pub client_address: Option<ClientAddressConfig>,
    /// Who passes while maintenance is on: a request that matches any entry of any kind.
    #[serde(default)]
    pub allow: MatchersConfig,
    /// Overrides by host, path, method and so on. The first that matches wins.
    #[serde(default)]
    pub rules: Vec<RuleConfig>,
    /// How long before a window or a planned `on` `upstream_header` and `GET …/public` say that it
    /// comes: seconds, or like `1d`.
    #[cfg_attr(feature = "schema", schemars(with = "Option<AnyDuration>"))]
    pub announce_seconds: Option<Seconds>,
    /// How many requests a worker holds at most; 1000 without. One more gets the reply at once.
    #[cfg_attr(feature = "schema", schemars(with = "Option<Whole<0, 100_000>>"))]
    pub max_held_requests: Option<Number>,
    /// Planned maintenance, once or again and again.
    #[serde(default)]
    pub windows: Vec<WindowConfig>,
    /// What those get who do not pass.
    #[serde(default)]
    pub response: ResponseConfig,
    /// The admin endpoint; none without.
    pub admin: Option<AdminConfig>,
    /// Signed bypass tokens; none without.
    pub bypass: Option<BypassConfig>,
    /// A store for a fleet; each proxy keeps a state of its own without.
    pub store: Option<StoreConfig>,
}

impl PluginConfig {
    /// The tree of a plugin configuration: JSON text or an encoded `google.protobuf.Struct`;
    /// nothing is an object without keys.
    ///
    /// # Errors
    /// A syntax error with line and column.
    pub fn tree(configuration: &[u8]) -> Compiled<Json> {
        if configuration.trim_ascii().is_empty() {
            return Ok(Json::Object(Vec::new()));
        }
        Json::parse(configuration)
            .or_else(|error| decode(configuration).ok_or_else(|| InvalidConfig::syntax(&error)))
    }

    /// Reads a plugin configuration.
    ///
    /// # Errors
    /// A syntax error with line and column, or the path of the first key that is unknown
    /// or has a wrong type.
    pub fn parse(configuration: &[u8]) -> Compiled<Self> {
        Self::tree(configuration)?.read()
    }
}

#[cfg(test)]
mod tests;
