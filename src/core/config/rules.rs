//! `rules`

#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::Deserialize;
#[cfg(feature = "schema")]
use serde_json::json;

use crate::config::matchers::MatchersConfig;
use crate::config::response::ResponseConfig;
#[cfg(feature = "schema")]
use crate::config::values::NonEmpty;

/// An override. The first rule that matches decides, and no later one is asked.
#[derive(Debug, PartialEq, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct RuleConfig {
    /// The name of the rule, for people. No two rules share one.
    #[cfg_attr(feature = "schema", schemars(with = "Option<NonEmpty>"))]
    pub name: Option<String>,
    /// The requests it is for: of each kind that is named, one entry must match.
    #[serde(rename = "match")]
    #[cfg_attr(
        feature = "schema",
        schemars(extend("minProperties" = 1, "additionalProperties" = json!({"minItems": 1})))
    )]
    pub matches: MatchersConfig,
    /// What it does. `allow`: always passes. `block`: always blocked, whatever the flag, `allow` and
    /// bypass tokens say. `on`: as if maintenance were on. `follow`: the flag decides.
    #[serde(default)]
    pub action: Action,
    /// What takes the place of the global `response`, key by key.
    pub response: Option<ResponseConfig>,
}

/// `rules[].action`, and the action in the metadata of a route.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
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
