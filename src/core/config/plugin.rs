//! The plugin configuration: a mirror of its JSON, which checks nothing but shape.
//!
//! A policy is what it is compiled to. An absent key is a
//! default or `None`; an explicit `null` is a wrong type, but for `response.retry_after`.

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
use crate::config::windows::WindowConfig;
use crate::syntax::invalid::{Compiled, InvalidConfig};
use crate::syntax::json::Json;

/// The whole plugin configuration.
#[derive(Debug, Default, PartialEq, Deserialize)]
pub struct PluginConfig {
    /// Whether the flag is fixed, or the state decides.
    #[serde(default)]
    pub mode: Mode,
    /// The flag in [`Mode::Auto`] until somebody sets it.
    #[serde(default)]
    pub initial: Switch,
    /// Filters of one process with the same scope share one state.
    pub scope: Option<String>,
    /// Decide, count and log, but block nothing.
    #[serde(default)]
    pub observe: bool,
    /// Read the route's metadata as a rule.
    #[serde(default)]
    pub route_metadata: bool,
    /// The request header that tells the upstream of maintenance.
    pub upstream_header: Option<String>,
    /// Where the client's address comes from.
    pub client_address: Option<ClientAddressConfig>,
    /// The requests that pass while maintenance is on.
    #[serde(default)]
    pub allow: MatchersConfig,
    /// Overrides by host, path, method and so on.
    #[serde(default)]
    pub rules: Vec<RuleConfig>,
    /// How long before planned maintenance it is announced.
    pub announce_seconds: Option<Seconds>,
    /// How many requests a worker holds at most.
    pub max_held_requests: Option<Number>,
    /// Planned maintenance.
    #[serde(default)]
    pub windows: Vec<WindowConfig>,
    /// What the others get.
    #[serde(default)]
    pub response: ResponseConfig,
    /// The admin endpoint.
    pub admin: Option<AdminConfig>,
    /// Signed bypass tokens.
    pub bypass: Option<BypassConfig>,
    /// A store for a fleet.
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
