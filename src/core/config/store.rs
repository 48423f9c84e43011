//! `store`

#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::Deserialize;
#[cfg(feature = "schema")]
use serde_json::json;

use crate::config::number::Number;
#[cfg(feature = "schema")]
use crate::config::values::{Name, Variable, Whole};

/// A store for a fleet: one state for several proxies.
#[derive(Debug, PartialEq, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct StoreConfig {
    /// etcd, version 3.
    pub etcd: EtcdConfig,
}

/// Where etcd is, and how it is asked.
#[derive(Debug, PartialEq, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[cfg_attr(
    feature = "schema",
    schemars(extend("dependentRequired" = json!({
        "password_env": ["username"],
        "username": ["password_env"],
    })))
)]
pub struct EtcdConfig {
    /// The cluster that leads to etcd and holds its addresses and TLS.
    #[cfg_attr(feature = "schema", schemars(with = "Name<1024>"))]
    pub cluster: String,
    /// The key that holds what is set; `maintenance-mode/` and the scope without.
    #[cfg_attr(feature = "schema", schemars(with = "Option<Name<1024>>"))]
    pub key: Option<String>,
    /// By when a change is answered, made or not, in milliseconds; 1000 without.
    #[cfg_attr(feature = "schema", schemars(with = "Option<Whole<1, 60_000>>"))]
    pub timeout_ms: Option<Number>,
    /// A user of etcd.
    #[cfg_attr(feature = "schema", schemars(with = "Option<Name<1024>>"))]
    pub username: Option<String>,
    /// The environment variable that holds the password.
    #[cfg_attr(feature = "schema", schemars(with = "Option<Variable>"))]
    pub password_env: Option<String>,
}
