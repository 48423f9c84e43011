//! The filter in the mesh, as a resource that istiod obeys.

use std::time::Duration;

use serde_json::{Value, json};
use support::{Observer, machine::Machine, sample::Sample, within, yaml};

use crate::{
    mesh::Mesh,
    proxy::{Proxy, START},
};

/// A TrafficExtension or a WasmPlugin.
pub struct Plugin<'m> {
    machine: &'m Machine,
    /// What `kubectl` calls it by.
    object: String,
    /// What Istio's names of it end with.
    name: String,
    /// Where its plugin configuration is.
    configuration: &'static str,
}

impl<'m> Plugin<'m> {
    /// Applies a sample by its own command; the others, which switch it on and back.
    pub fn of(mesh: &Mesh<'m>, sample: &Sample) -> (Self, [String; 2]) {
        let [apply, on, back] = sample.commands(mesh.server.machine).try_into().unwrap();
        mesh.server.machine.shell(&apply);
        (Self::named(mesh, &yaml::parse(&sample.text)), [on, back])
    }

    /// The sample for gateways, once this one has it.
    pub fn of_gateways(mesh: &Mesh<'m>, proxy: &Proxy) -> Self {
        let plugin = Self::apply(mesh, &Self::sample(mesh));
        plugin.wait_for(proxy);
        plugin
    }

    /// The sample for gateways.
    pub fn sample(mesh: &Mesh) -> Value {
        let sample = Sample::read("envoy/istio/gateway-traffic-extension.yaml");
        let image = &mesh.registry.image;
        yaml::parse(&sample.with_token().with_image(image).text)
    }

    /// Applies a resource.
    pub fn apply(mesh: &Mesh<'m>, resource: &Value) -> Self {
        mesh.apply([resource]);
        Self::named(mesh, resource)
    }

    fn named(mesh: &Mesh<'m>, resource: &Value) -> Self {
        let text = |pointer: &str| resource.pointer(pointer).unwrap().as_str().unwrap();
        let (kind, namespace, name) = (
            text("/kind"),
            text("/metadata/namespace"),
            text("/metadata/name"),
        );
        Self {
            machine: mesh.server.machine,
            object: format!("--namespace {namespace} {kind} {name}"),
            name: format!("{namespace}.{name}"),
            configuration: match kind {
                "TrafficExtension" => "/spec/wasm/pluginConfig",
                _ => "/spec/pluginConfig",
            },
        }
    }

    /// Waits until the listener of a proxy has it.
    pub fn wait_for(&self, proxy: &Proxy) {
        within(START, "the filter", || {
            let dump = proxy
                .envoy("/config_dump?resource=dynamic_listeners")
                .json();
            let listeners = dump["configs"].as_array().unwrap();
            listeners
                .iter()
                .any(|listener| listener["active_state"].to_string().contains(&self.name))
        });
    }

    /// Adds to the configuration of the filter.
    pub fn add(&self, pointer: &str, value: &Value) {
        let path = format!("{}{pointer}", self.configuration);
        self.patch(&json!([{"op": "add", "path": path, "value": value}]));
    }

    /// Takes from the configuration of the filter.
    pub fn take(&self, pointer: &str) {
        let path = format!("{}{pointer}", self.configuration);
        self.patch(&json!([{"op": "remove", "path": path}]));
    }

    /// Changes it by a JSON patch.
    pub fn patch(&self, patch: &Value) {
        let object = &self.object;
        self.machine
            .shell(&format!("kubectl patch {object} --type json -p '{patch}'"));
    }

    /// Runs a command of the sample; how long it is from there until requests are blocked, or pass.
    pub fn switch(&self, command: &str, observer: &Observer, is_blocked: bool) -> Duration {
        observer.turn_after(is_blocked, || {
            self.machine.shell(command);
        })
    }

    /// Takes it away.
    pub fn remove(self) {
        self.machine
            .shell(&format!("kubectl delete {}", self.object));
    }
}
