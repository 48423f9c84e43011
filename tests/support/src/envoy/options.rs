//! What an Envoy under test is like.

use std::{net::SocketAddr, path::PathBuf};

use serde_json::{Value, json};

use super::bootstrap::socket_address;
use crate::module;

/// The policy of the samples.
pub(super) const FAIL_RELOAD: &str = "FAIL_RELOAD";

const LOG_LEVEL: &str = "info";

/// How Envoy gets the plugin configuration.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// In the bootstrap.
    Static,
    /// With a listener, from a file.
    Lds,
    /// On its own, from a file.
    Ecds,
}

/// What an Envoy under test is like.
pub struct Options {
    /// The plugin configuration, as the module gets it.
    pub configuration: String,
    /// The module that Envoy loads.
    pub module: PathBuf,
    /// What Envoy does with requests when a VM of the module has died.
    pub failure_policy: &'static str,
    /// A VM is to die, which then fails no test.
    pub is_to_die: bool,
    /// The plugin configuration is a `Struct` and not a `StringValue`.
    pub as_struct: bool,
    /// The process serves no other test: it, its stats or its environment are what is tested.
    pub is_alone: bool,
    /// The number of worker threads.
    pub workers: usize,
    /// How Envoy gets the plugin configuration.
    pub delivery: Delivery,
    /// `use_remote_address` of the connection manager, and what else is to be set there.
    pub connection_manager: Value,
    /// Without this filter.
    pub is_bare: bool,
    /// HTTP filters before this one.
    pub filters_before: Vec<Value>,
    /// Routes before those that take everything to the cluster `upstream`.
    pub routes: Vec<Value>,
    /// How the listener wraps its connections; not at all without.
    pub transport_socket: Option<Value>,
    /// Where the cluster `upstream` is, if not at the counting upstream.
    pub upstream: Option<SocketAddr>,
    /// `per_connection_buffer_limit_bytes` of the listener; Envoy's own without.
    pub buffer_limit: Option<u32>,
    /// The environment that the filter sees.
    pub environment: Vec<(String, String)>,
    /// The IP address to listen on.
    pub listen_on: &'static str,
    /// The port to listen on; a free one where it is 0.
    pub port: u16,
    /// The base id and the epoch of a hot restart; no other Envoy has its base id without.
    pub restart: Option<(u32, u32)>,
    /// Another Envoy is to end this one, which then fails no test.
    pub is_to_end: bool,
    /// Clusters beside `upstream`.
    pub clusters: Vec<Value>,
    /// Listeners beside those with the filter.
    pub listeners: Vec<Value>,
    /// The plugin configuration of one more listener, `other`; only where listeners come by
    /// LDS.
    pub other_listener: Option<String>,
    /// `allow_on_headers_stop_iteration`: a filter that pauses at the headers gets the body.
    pub stops_at_headers: bool,
    /// `vm_config.configuration`: where it changes, so do the VMs.
    pub vm_configuration: String,
    /// A merge patch (RFC 7396) of the filter's `PluginConfig`.
    pub plugin: Value,
    /// A merge patch of the bootstrap.
    pub bootstrap: Value,
    /// What the filter and its host log: `trace`, `debug`, `info`, `warning` …
    pub log_level: &'static str,
    /// More arguments of Envoy.
    pub arguments: Vec<&'static str>,
}

impl Options {
    /// Two workers, the peer's address, no path normalisation.
    pub fn new(configuration: Value) -> Self {
        Self::text(&configuration.to_string())
    }

    /// The same with a configuration that may be no JSON.
    pub fn text(configuration: &str) -> Self {
        Self {
            configuration: configuration.to_owned(),
            module: module(),
            failure_policy: FAIL_RELOAD,
            is_to_die: false,
            as_struct: false,
            is_alone: false,
            workers: 2,
            delivery: Delivery::Static,
            connection_manager: json!({"use_remote_address": true}),
            is_bare: false,
            filters_before: Vec::new(),
            routes: Vec::new(),
            transport_socket: None,
            upstream: None,
            buffer_limit: None,
            environment: Vec::new(),
            listen_on: "127.0.0.1",
            port: 0,
            restart: None,
            is_to_end: false,
            clusters: Vec::new(),
            listeners: Vec::new(),
            other_listener: None,
            stops_at_headers: false,
            vm_configuration: String::new(),
            plugin: json!({}),
            bootstrap: json!({}),
            log_level: LOG_LEVEL,
            arguments: Vec::new(),
        }
    }

    /// Whether a process that others have had before can serve: nothing is asked for that the pool
    /// has not.
    pub(super) fn fits_the_pool(&self) -> bool {
        self.delivery != Delivery::Lds
            && self.module == module()
            && self.plugin.pointer("/vm_config/code").is_none()
            && self.restart.is_none()
            && self.arguments.is_empty()
            && self.bootstrap == json!({})
            && self.log_level == LOG_LEVEL
            && !self.is_alone
            && !self.is_to_die
            && !self.is_to_end
    }

    /// A cluster at these addresses, for [`Options::clusters`].
    pub fn cluster(name: &str, addresses: impl IntoIterator<Item = SocketAddr>) -> Value {
        let endpoints: Vec<Value> = addresses
            .into_iter()
            .map(|address| {
                let address = socket_address(&address.ip().to_string(), address.port());
                json!({"endpoint": {"address": address}})
            })
            .collect();
        json!({
            "name": name,
            "connect_timeout": "5s",
            "load_assignment": {"cluster_name": name, "endpoints": [{"lb_endpoints": endpoints}]},
        })
    }
}
