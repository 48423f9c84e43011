//! `client_address`

#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::Deserialize;

#[cfg(feature = "schema")]
use crate::config::values::{AtLeastOne, Network, Token};

/// Where the client's address comes from.
#[derive(Debug, PartialEq, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct ClientAddressConfig {
    /// The header that proxies write: `x-forwarded-for`, which is walked from the right, or one
    /// with a single address, such as `cf-connecting-ip`.
    #[cfg_attr(feature = "schema", schemars(with = "Token"))]
    pub header: String,
    /// The IP addresses and CIDR blocks of the proxies that are believed.
    #[cfg_attr(feature = "schema", schemars(with = "AtLeastOne<Network>"))]
    pub trusted_proxies: Vec<String>,
}
