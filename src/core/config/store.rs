//! `store`

use serde::Deserialize;

use crate::config::number::Number;

/// `store`
#[derive(Debug, PartialEq, Deserialize)]
pub struct StoreConfig {
    /// etcd, version 3.
    pub etcd: EtcdConfig,
}

/// `store.etcd`
#[derive(Debug, PartialEq, Deserialize)]
pub struct EtcdConfig {
    /// The cluster that reaches it.
    pub cluster: String,
    /// The key that holds the state.
    pub key: Option<String>,
    /// How long a change may take, in milliseconds.
    pub timeout_ms: Option<Number>,
    /// Who logs in.
    pub username: Option<String>,
    /// The environment variable that holds the password.
    pub password_env: Option<String>,
}
