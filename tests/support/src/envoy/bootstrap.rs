//! The configuration of an Envoy under test.

use std::{
    collections::HashMap,
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};

use super::options::{Delivery, FAIL_RELOAD, Options};
use crate::{Host, module};

const LISTENERS: &str = "lds.json";
const CLUSTERS: &str = "cds.json";

const NAME: &str = "maintenance_mode";

/// Writes the bootstrap and the files it names; where the bootstrap is.
pub(super) fn write(directory: &Path, options: &Options, upstream: SocketAddr) -> PathBuf {
    let (listeners, dynamic) = match options.delivery {
        Delivery::Lds => (
            json!([]),
            json!({"lds_config": file_source(directory, LISTENERS)}),
        ),
        _ => (json!(listeners_of(directory, options)), json!({})),
    };
    update(directory, options);
    let mut bootstrap = json!({
        "dynamic_resources": dynamic,
        "static_resources": {
            "listeners": listeners,
            "clusters": clusters_of(options, upstream),
        },
    });
    merge(&mut bootstrap, &options.bootstrap);
    write_into(directory, bootstrap)
}

/// Writes the bootstrap of an Envoy that waits for listeners and clusters, with a VM that keeps the
/// module compiled.
pub(super) fn waiting(directory: &Path, options: &Options) -> PathBuf {
    publish_listeners(directory, &[]);
    publish_clusters(directory, &[]);
    let keeper = json!({
        "@type": "type.googleapis.com/envoy.extensions.wasm.v3.WasmService",
        "singleton": true,
        "config": plugin(options, &options.configuration)["config"],
    });
    let bootstrap = json!({
        "dynamic_resources": {
            "lds_config": file_source(directory, LISTENERS),
            "cds_config": file_source(directory, CLUSTERS),
        },
        "bootstrap_extensions": [{"name": "keeper", "typed_config": keeper}],
    });
    write_into(directory, bootstrap)
}

fn write_into(directory: &Path, mut bootstrap: Value) -> PathBuf {
    bootstrap["admin"] = json!({"address": socket_address("127.0.0.1", 0)});
    bootstrap["node"] = json!({"id": "test", "cluster": "test"});
    let path = directory.join("bootstrap.json");
    fs::write(&path, bootstrap.to_string()).unwrap();
    path
}

/// The clusters of the options.
pub(super) fn clusters_of(options: &Options, upstream: SocketAddr) -> Vec<Value> {
    let upstream = options.upstream.unwrap_or(upstream);
    [Options::cluster("upstream", [upstream])]
        .into_iter()
        .chain(options.clusters.iter().cloned())
        .collect()
}

/// Writes the files that Envoy watches.
pub(super) fn update(directory: &Path, options: &Options) {
    match options.delivery {
        Delivery::Static => {}
        Delivery::Lds => publish_listeners(directory, &listeners_of(directory, options)),
        Delivery::Ecds => {
            let mut filter = json!({
                "@type": "type.googleapis.com/envoy.config.core.v3.TypedExtensionConfig",
                "name": NAME,
                "typed_config": plugin(options, &options.configuration),
            });
            set_vm_ids(&mut filter, &vm_id(directory));
            publish(directory, "ecds.json", vec![filter]);
        }
    }
}

/// Publishes the listeners for LDS.
pub(super) fn publish_listeners(directory: &Path, listeners: &[Value]) {
    let of = "type.googleapis.com/envoy.config.listener.v3.Listener";
    publish(directory, LISTENERS, typed(listeners, of));
}

/// Publishes the clusters for CDS.
pub(super) fn publish_clusters(directory: &Path, clusters: &[Value]) {
    let of = "type.googleapis.com/envoy.config.cluster.v3.Cluster";
    publish(directory, CLUSTERS, typed(clusters, of));
}

fn typed(resources: &[Value], url: &str) -> Vec<Value> {
    let mut resources = resources.to_vec();
    for resource in &mut resources {
        resource["@type"] = url.into();
    }
    resources
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

/// The listeners of the options.
pub(super) fn listeners_of(directory: &Path, options: &Options) -> Vec<Value> {
    let first = listener(directory, options, "filtered", &options.configuration);
    let other = options
        .other_listener
        .as_ref()
        .map(|configuration| listener(directory, options, "other", configuration));
    let mut listeners: Vec<Value> = [first]
        .into_iter()
        .chain(other)
        .chain(options.listeners.iter().cloned())
        .collect();
    for listener in &mut listeners {
        set_vm_ids(listener, &vm_id(directory));
    }
    listeners
}

/// The name of the VMs of a test: where its files are, as those of no other.
fn vm_id(directory: &Path) -> String {
    directory.display().to_string()
}

/// Gives the filters of a test VMs of their own.
fn set_vm_ids(value: &mut Value, vm_id: &str) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                if name == "vm_id" && *member == NAME {
                    *member = vm_id.into();
                }
                set_vm_ids(member, vm_id);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| set_vm_ids(item, vm_id)),
        _ => {}
    }
}

fn listener(directory: &Path, options: &Options, name: &str, configuration: &str) -> Value {
    let filter = match options.delivery {
        Delivery::Ecds => json!({
            "name": NAME,
            "config_discovery": {
                "config_source": file_source(directory, "ecds.json"),
                "type_urls": [Host::under_test().type_url()],
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
        "per_connection_buffer_limit_bytes": options.buffer_limit,
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
    match Host::under_test() {
        Host::Native => native(&options.module, Some(configuration)),
        Host::Wasm => wasm(options, configuration),
    }
}

fn native(module: &Path, configuration: Option<Value>) -> Value {
    json!({
        "@type": Host::Native.type_url(),
        "dynamic_module_config": {"module": {"local": {"filename": module}}, "do_not_close": true},
        "filter_name": NAME,
        "filter_config": configuration,
    })
}

fn wasm(options: &Options, configuration: Value) -> Value {
    let mut plugin = unconfigured(&options.module);
    plugin["config"]["failure_policy"] = options.failure_policy.into();
    plugin["config"]["configuration"] = configuration;
    plugin["config"]["vm_config"]["environment_variables"] = variables(options);
    plugin["config"]["allow_on_headers_stop_iteration"] = options.stops_at_headers.into();
    plugin["config"]["vm_config"]["configuration"] = string_value(&options.vm_configuration);
    merge(&mut plugin["config"], &options.plugin);
    plugin
}

/// The variables that the VM sees: of the process, unless that is none of the test's own.
fn variables(options: &Options) -> Value {
    let variables = options.environment.iter();
    if options.fits_the_pool() {
        json!({"key_values": variables.cloned().collect::<HashMap<_, _>>()})
    } else {
        json!({"host_env_keys": variables.map(|(name, _)| name).collect::<Vec<_>>()})
    }
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
    let configuration = configuration.map(|value| string_value(&value.to_string()));
    let plugin = match Host::under_test() {
        Host::Native => native(&module(), configuration),
        Host::Wasm => {
            let mut plugin = unconfigured(&module());
            if let Some(configuration) = configuration {
                plugin["config"]["configuration"] = configuration;
            }
            plugin
        }
    };
    json!({"name": "another", "typed_config": plugin})
}

fn string_value(text: &str) -> Value {
    json!({"@type": "type.googleapis.com/google.protobuf.StringValue", "value": text})
}

fn unconfigured(wasm: &Path) -> Value {
    json!({
        "@type": Host::Wasm.type_url(),
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

pub(super) fn socket_address(host: &str, port: u16) -> Value {
    json!({"socket_address": {"address": host, "port_value": port}})
}
