//! `client_address`

use serde::Deserialize;

/// `client_address`
#[derive(Debug, PartialEq, Deserialize)]
pub struct ClientAddressConfig {
    /// The header that proxies write.
    pub header: String,
    /// The proxies that are believed.
    pub trusted_proxies: Vec<String>,
}
