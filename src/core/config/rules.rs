//! `rules`

use serde::Deserialize;

use crate::config::matchers::MatchersConfig;
use crate::config::response::ResponseConfig;

/// An entry of `rules`.
#[derive(Debug, PartialEq, Deserialize)]
pub struct RuleConfig {
    /// The name of the rule, for people.
    pub name: Option<String>,
    /// The requests it is for.
    #[serde(rename = "match")]
    pub matches: MatchersConfig,
    /// What it does.
    #[serde(default)]
    pub action: Action,
    /// What takes the place of the global `response`, key by key.
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
