//! A cluster with objects that configure the filter, and the command line beside it.

use std::{fs, process::Output};

use serde_json::{Value, json};
use support::{
    api_server::{self, ApiServer},
    machine::Machine,
    outcome::Outcome,
};

/// A `bypass.key`, which no output may show.
pub const KEY: &str = "a key of thirty-two bytes \"or\" more";

/// A machine with what an API server needs, unless this one lacks any, which is said.
pub fn machine_for(what: &str) -> Option<Machine> {
    api_server::machine_for(what, "test-kube", &[], &[])
}

/// An API server that knows the resources of Istio and Envoy Gateway.
pub struct Cluster<'m> {
    pub server: ApiServer<'m>,
}

/// What a run came to, which showed no [`KEY`].
pub fn outcome(output: Output) -> Outcome {
    Outcome::of(output, "thirty-two")
}

impl<'m> Cluster<'m> {
    pub fn start(machine: &'m mut Machine) -> Self {
        let server = ApiServer::start(machine, &["gateway", "istio"]);
        for namespace in ["istio-ingress", "shop"] {
            server.kubectl(&format!("create namespace {namespace}"));
        }
        Self { server }
    }

    pub fn machine(&self) -> &'m Machine {
        self.server.machine
    }

    /// Runs the command line.
    pub fn ctl(&self, arguments: &str) -> Outcome {
        let script = format!("exec maintenancectl {arguments}");
        outcome(self.machine().try_shell(&script))
    }

    /// Creates an object.
    pub fn create(&self, object: &Value) {
        let path = self.machine().path("object.json");
        fs::write(&path, object.to_string()).unwrap();
        self.server.kubectl(&format!(
            "create --validate=strict --filename {}",
            path.display()
        ));
    }

    /// Creates a `WasmPlugin` in the namespace `shop`, with a configuration; its arguments.
    pub fn plugin(&self, name: &str, configuration: &Value) -> String {
        self.create(&json!({
            "apiVersion": "extensions.istio.io/v1alpha1",
            "kind": "WasmPlugin",
            "metadata": {"name": name, "namespace": "shop"},
            "spec": {
                "url": "oci://registry.example.com/maintenance-mode:1",
                "pluginConfig": configuration,
            },
        }));
        format!("--kube wasmplugin/{name} -n shop")
    }

    /// Creates an `EnvoyExtensionPolicy` in the namespace `shop`, with a spec; its arguments.
    pub fn policy(&self, name: &str, mut spec: Value) -> String {
        spec["targetRefs"] =
            json!([{"group": "gateway.networking.k8s.io", "kind": "Gateway", "name": "eg"}]);
        self.create(&json!({
            "apiVersion": "gateway.envoyproxy.io/v1alpha1",
            "kind": "EnvoyExtensionPolicy",
            "metadata": {"name": name, "namespace": "shop"},
            "spec": spec,
        }));
        format!("--kube envoyextensionpolicy/{name} -n shop")
    }

    /// The object of these arguments, as somebody would have written it, which the server takes
    /// strictly.
    pub fn object(&self, arguments: &str) -> Value {
        let (kind, name, namespace) = parts(arguments);
        let object = self.server.object(namespace, kind, name);
        let path = self.machine().path("strict.json");
        fs::write(&path, object.to_string()).unwrap();
        self.server.kubectl(&format!(
            "replace --dry-run=server --validate=strict --filename {}",
            path.display()
        ));
        object
    }

    /// What the server counts changes of an object by.
    pub fn version(&self, arguments: &str) -> String {
        let (kind, name, namespace) = parts(arguments);
        self.server.kubectl(&format!(
            "-n {namespace} get {kind} {name} -o jsonpath={{.metadata.resourceVersion}}"
        ))
    }

    /// The configuration of a `WasmPlugin`.
    pub fn configuration(&self, arguments: &str) -> Value {
        self.object(arguments)["spec"]["pluginConfig"].clone()
    }
}

/// Kind, name and namespace.
fn parts(arguments: &str) -> (&str, &str, &str) {
    let words: Vec<&str> = arguments.split(' ').collect();
    let ["--kube", object, "-n", namespace] = words[..] else {
        panic!("{arguments}");
    };
    let (kind, name) = object.split_once('/').unwrap();
    (kind, name, namespace)
}
