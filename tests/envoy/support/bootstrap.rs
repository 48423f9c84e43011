//! The configuration of an Envoy under test.

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};

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
    /// The environment of Envoy; the VM sees the variables.
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
    /// The plugin configuration of one more listener, `other`; only where listeners come by
    /// LDS.
    pub other_listener: Option<String>,
    /// `allow_on_headers_stop_iteration`: a filter that pauses at the headers gets the body.
    pub stops_at_headers: bool,
    /// `vm_config.configuration`: where it changes, so do the VMs.
    pub vm_configuration: String,
    /// A merge patch (RFC 7396) of the filter's `PluginConfig`.
    pub plugin: Value,
    /// `stats_config` of the bootstrap: which stats Envoy keeps.
    pub stats: Value,
    /// Envoy's `--component-log-level`.
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
            module: super::module(),
            failure_policy: FAIL_RELOAD,
            is_to_die: false,
            as_struct: false,
            workers: 2,
            delivery: Delivery::Static,
            connection_manager: json!({"use_remote_address": true}),
            is_bare: false,
            filters_before: Vec::new(),
            routes: Vec::new(),
            transport_socket: None,
            upstream: None,
            environment: Vec::new(),
            listen_on: "127.0.0.1",
            port: 0,
            restart: None,
            is_to_end: false,
            clusters: Vec::new(),
            other_listener: None,
            stops_at_headers: false,
            vm_configuration: String::new(),
            plugin: json!({}),
            stats: json!({}),
            log_level: "wasm:info",
            arguments: Vec::new(),
        }
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

const NAME: &str = "maintenance_mode";
const FAIL_RELOAD: &str = "FAIL_RELOAD";

/// Writes the bootstrap and the files it names; where the bootstrap is.
pub(super) fn write(directory: &Path, options: &Options, upstream: SocketAddr) -> PathBuf {
    let upstream = options.upstream.unwrap_or(upstream);
    let (listeners, dynamic) = match options.delivery {
        Delivery::Lds => (
            json!([]),
            json!({"lds_config": file_source(directory, "lds.json")}),
        ),
        _ => (json!(listeners_of(directory, options)), json!({})),
    };
    let clusters: Vec<Value> = [Options::cluster("upstream", [upstream])]
        .into_iter()
        .chain(options.clusters.iter().cloned())
        .collect();
    update(directory, options);
    let bootstrap = json!({
        "admin": {"address": socket_address("127.0.0.1", 0)},
        "node": {"id": "test", "cluster": "test"},
        "stats_config": options.stats,
        "dynamic_resources": dynamic,
        "static_resources": {
            "listeners": listeners,
            "clusters": clusters,
        },
    });
    let path = directory.join("bootstrap.json");
    fs::write(&path, bootstrap.to_string()).unwrap();
    path
}

/// Writes the files that Envoy watches.
pub(super) fn update(directory: &Path, options: &Options) {
    match options.delivery {
        Delivery::Static => {}
        Delivery::Lds => {
            let mut listeners = listeners_of(directory, options);
            for listener in &mut listeners {
                listener["@type"] = "type.googleapis.com/envoy.config.listener.v3.Listener".into();
            }
            publish(directory, "lds.json", listeners);
        }
        Delivery::Ecds => publish(
            directory,
            "ecds.json",
            vec![json!({
                "@type": "type.googleapis.com/envoy.config.core.v3.TypedExtensionConfig",
                "name": NAME,
                "typed_config": plugin(options, &options.configuration),
            })],
        ),
    }
}

/// Envoy reads a watched file when it is moved into its place.
fn publish(directory: &Path, name: &str, resources: Vec<Value>) {
    let version = fs::read_dir(directory).unwrap().count();
    let text = json!({"version_info": version.to_string(), "resources": resources}).to_string();
    let draft = directory.join(format!("{name}.{version}"));
    fs::write(&draft, &text).unwrap();
    fs::rename(&draft, directory.join(name)).unwrap();
}

fn file_source(directory: &Path, name: &str) -> Value {
    json!({
        "resource_api_version": "V3",
        "path_config_source": {"path": directory.join(name), "watched_directory": {"path": directory}},
    })
}

fn listeners_of(directory: &Path, options: &Options) -> Vec<Value> {
    let first = listener(directory, options, "filtered", &options.configuration);
    let other = options
        .other_listener
        .as_ref()
        .map(|configuration| listener(directory, options, "other", configuration));
    [first].into_iter().chain(other).collect()
}

fn listener(directory: &Path, options: &Options, name: &str, configuration: &str) -> Value {
    let filter = match options.delivery {
        Delivery::Ecds => json!({
            "name": NAME,
            "config_discovery": {
                "config_source": file_source(directory, "ecds.json"),
                "type_urls": ["type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm"],
            },
        }),
        _ => json!({"name": NAME, "typed_config": plugin(options, configuration)}),
    };
    let router = json!({
        "name": "envoy.filters.http.router",
        "typed_config": {"@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"},
    });
    let filters: Vec<Value> = options
        .filters_before
        .iter()
        .cloned()
        .chain((!options.is_bare).then_some(filter))
        .chain([router])
        .collect();
    let catch_all = [
        json!({"match": {"connect_matcher": {}}, "route": {"cluster": "upstream"}}),
        json!({"match": {"prefix": "/"}, "route": {"cluster": "upstream"}}),
    ];
    let routes: Vec<Value> = options.routes.iter().cloned().chain(catch_all).collect();
    let mut manager = json!({
        "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
        "stat_prefix": "test",
        "upgrade_configs": [{"upgrade_type": "websocket"}, {"upgrade_type": "CONNECT"}],
        "http2_protocol_options": {"allow_connect": true},
        "access_log": [{
            "name": "envoy.access_loggers.file",
            "typed_config": {
                "@type": "type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog",
                "path": directory.join("access.log"),
                "log_format": {"text_format_source": {"inline_string":
                    "%REQ(:PATH)% %RESPONSE_CODE% %RESPONSE_CODE_DETAILS% %FILTER_STATE(wasm.maintenance_mode:PLAIN)%\n",
                }},
            },
        }],
        "route_config": {
            "virtual_hosts": [{"name": "all", "domains": ["*"], "routes": routes}],
        },
        "http_filters": filters,
    });
    if let (Some(manager), Value::Object(more)) =
        (manager.as_object_mut(), options.connection_manager.clone())
    {
        manager.extend(more);
    }
    json!({
        "name": name,
        "address": socket_address(options.listen_on, options.port),
        "filter_chains": [{
            "transport_socket": options.transport_socket,
            "filters": [{
                "name": "envoy.filters.network.http_connection_manager",
                "typed_config": manager,
            }],
        }],
    })
}

fn plugin(options: &Options, configuration: &str) -> Value {
    let configuration = if options.as_struct {
        json!({
            "@type": "type.googleapis.com/google.protobuf.Struct",
            "value": serde_json::from_str::<Value>(configuration).unwrap(),
        })
    } else {
        string_value(configuration)
    };
    let variables: Vec<&String> = options.environment.iter().map(|(name, _)| name).collect();
    let mut plugin = unconfigured(&options.module);
    plugin["config"]["failure_policy"] = options.failure_policy.into();
    plugin["config"]["configuration"] = configuration;
    plugin["config"]["vm_config"]["environment_variables"] = json!({"host_env_keys": variables});
    plugin["config"]["allow_on_headers_stop_iteration"] = options.stops_at_headers.into();
    plugin["config"]["vm_config"]["configuration"] = string_value(&options.vm_configuration);
    merge(&mut plugin["config"], &options.plugin);
    plugin
}

/// Applies a merge patch.
fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    for (key, patch) in patch {
        if patch.is_null() {
            target.as_object_mut().unwrap().remove(key);
        } else {
            merge(&mut target[key], patch);
        }
    }
}

/// One more filter for [`Options::filters_before`], in the VMs of the one under test where
/// that has no environment; `None` leaves the plugin configuration out.
pub fn another_filter(configuration: Option<&Value>) -> Value {
    let mut plugin = unconfigured(&super::module());
    if let Some(configuration) = configuration {
        plugin["config"]["configuration"] = string_value(&configuration.to_string());
    }
    json!({"name": "another", "typed_config": plugin})
}

fn string_value(text: &str) -> Value {
    json!({"@type": "type.googleapis.com/google.protobuf.StringValue", "value": text})
}

fn unconfigured(wasm: &Path) -> Value {
    json!({
        "@type": "type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm",
        "config": {
            "name": NAME,
            "failure_policy": FAIL_RELOAD,
            "vm_config": {
                "vm_id": NAME,
                "runtime": "envoy.wasm.runtime.v8",
                "code": {"local": {"filename": wasm}},
            },
        },
    })
}

fn socket_address(host: &str, port: u16) -> Value {
    json!({"socket_address": {"address": host, "port_value": port}})
}
