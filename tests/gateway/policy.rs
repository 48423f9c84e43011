//! A sample at work: on an API server, which Envoy Gateway obeys.

use std::{fs, time::Duration};

use serde_json::{Value, json};
use support::{
    Host, Observer,
    api_server::{self, ApiServer, FLEET},
    doctor,
    machine::Machine,
    module_of,
    registry::Registry,
    sample::Sample,
    within, yaml,
};

use crate::envoy_gateway::{EnvoyGateway, PROXY};

/// How long a change of the manifest may take until it is obeyed.
pub const TOGGLE: Duration = Duration::from_secs(3);

/// A module takes longer when it is fetched and compiled, the more so where much else is done.
const START: Duration = Duration::from_secs(60);

const POLICY: &str = "policy";

/// A policy on the API server, and the Envoy Gateway that obeys it.
pub struct Policy<'m> {
    machine: &'m Machine,
    pub server: ApiServer<'m>,
    pub gateway: EnvoyGateway<'m>,
    _registry: Option<Registry<'m>>,
    /// The commands of the sample's comment that switch it on and back.
    pub patches: [String; 2],
}

/// A machine with what the samples need, which this thread enters.
pub fn machine_for(what: &str, programs: &[&str]) -> Option<Machine> {
    api_server::machine_for(what, "test-gateway", &["envoy-gateway"], programs)
}

/// The sample of the module, its image in a registry.
pub fn of_the_module(machine: &mut Machine) -> Policy<'_> {
    let server = ApiServer::start(machine, &["gateway"]);
    let sample = Sample::read("envoy/gateway/envoy-extension-policy.yaml");
    Policy::with_image(server, plain_proxy(), sample)
}

/// Proxies as they are where nobody says anything.
fn plain_proxy() -> Value {
    json!({
        "apiVersion": "gateway.envoyproxy.io/v1alpha1",
        "kind": "EnvoyProxy",
        "metadata": {"name": PROXY, "namespace": "default"},
        "spec": {},
    })
}

/// The sample of the module with a fleet store, its etcd at [`FLEET`].
pub fn of_a_fleet(machine: &mut Machine) -> Policy<'_> {
    let server = ApiServer::start(machine, &["gateway"]);
    let mut sample = Sample::read("envoy/gateway/fleet-extension-policy.yaml");
    let placeholder = "{address: etcd.infra.svc.cluster.local, port_value: 2379}";
    assert!(sample.text.contains(placeholder));
    let address = format!("{{address: {}, port_value: {}}}", FLEET.ip(), FLEET.port());
    sample.text = sample.text.replace(placeholder, &address);
    let [proxy, _]: [Value; 2] = yaml::parse_all(&sample.text).try_into().unwrap();
    Policy::with_image(server, proxy, sample)
}

/// The sample of the dynamic module, which is where the sample's image has it.
pub fn of_the_dynamic_module(machine: &mut Machine) -> Policy<'_> {
    let server = ApiServer::start(machine, &["gateway"]);
    server.machine.shell(&format!(
        "mount -t tmpfs tmpfs /usr/local/lib\ncp {} /usr/local/lib",
        module_of(Host::Native).display()
    ));
    let sample = Sample::read("envoy/gateway/module-extension-policy.yaml").with_token();
    let [proxy, _]: [Value; 2] = yaml::parse_all(&sample.text).try_into().unwrap();
    Policy::apply(server, None, proxy, &sample)
}

impl<'m> Policy<'m> {
    fn with_image(server: ApiServer<'m>, proxy: Value, sample: Sample) -> Self {
        let registry = Registry::start(server.machine);
        let sample = sample.with_token().with_image(&registry.image);
        Self::apply(server, Some(registry), proxy, &sample)
    }

    /// Applies a sample by its own command, and waits until it is obeyed.
    fn apply(
        server: ApiServer<'m>,
        registry: Option<Registry<'m>>,
        proxy: Value,
        sample: &Sample,
    ) -> Self {
        let machine = server.machine;
        let gateway = EnvoyGateway::start(machine, proxy);
        let [apply, on, back] = sample.commands(machine).try_into().unwrap();
        let policy = Self {
            machine,
            server,
            gateway,
            _registry: registry,
            patches: [on, back],
        };
        policy.run(&apply);
        within(START, "the endpoint", || {
            let status = policy.gateway.admin("GET", "");
            status.header("content-type") == Some("application/json")
        });
        policy
    }

    /// Runs a command that changes it.
    pub fn run(&self, command: &str) {
        self.machine.shell(command);
        self.gateway.publish(POLICY, &self.object());
    }

    /// Takes it away.
    pub fn remove(&self) {
        self.gateway.remove(POLICY);
    }

    /// Applies another resource, and lets Envoy Gateway have what the API server made of it.
    pub fn apply_beside(&self, resource: &Value) {
        let apply = self.apply_command(resource);
        let applied = self.machine.shell(&format!("{apply} --output json"));
        let name = resource["metadata"]["name"].as_str().unwrap();
        self.gateway
            .publish(name, &serde_json::from_str(&applied).unwrap());
    }

    /// Lets a manifest of the guide take its place, with the image that it has.
    pub fn replace_by(&self, mut manifest: Value) {
        manifest["spec"]["wasm"][0]["code"] = self.object()["spec"]["wasm"][0]["code"].take();
        self.run(&self.apply_command(&manifest));
    }

    /// What applies a resource; nothing in it may be unknown to the API server.
    fn apply_command(&self, resource: &Value) -> String {
        let path = self.machine.path("resource.json");
        fs::write(&path, resource.to_string()).unwrap();
        let path = path.display();
        format!("kubectl apply --validate=strict --filename {path}")
    }

    /// What the API server has of it.
    pub fn object(&self) -> Value {
        self.server
            .object("default", "envoyextensionpolicy", "maintenance-mode")
    }

    /// The configuration of the filter, in the manifest.
    fn configuration(&self) -> String {
        let object = self.object();
        let kind = ["wasm", "dynamicModule"].into_iter();
        let kind = kind.filter(|kind| object["spec"].get(kind).is_some());
        let [kind] = kind.collect::<Vec<_>>().try_into().unwrap();
        format!("/spec/{kind}/0/config")
    }

    /// Adds to the configuration of the filter.
    pub fn add(&self, pointer: &str, value: Value) {
        let path = format!("{}{pointer}", self.configuration());
        self.patch(&json!([{"op": "add", "path": path, "value": value}]));
    }

    /// Takes from the configuration of the filter.
    pub fn take(&self, pointer: &str) {
        let path = format!("{}{pointer}", self.configuration());
        self.patch(&json!([{"op": "remove", "path": path}]));
    }

    /// Changes it by a JSON patch.
    pub fn patch(&self, patch: &Value) {
        self.run(&format!(
            "kubectl -n default patch envoyextensionpolicy maintenance-mode --type json -p '{patch}'"
        ));
    }

    /// Runs a command of the sample; how long it is from there until requests are blocked, or pass.
    pub fn switch(&self, command: &str, observer: &Observer, is_blocked: bool) -> Duration {
        observer.turn_after(is_blocked, || self.run(command))
    }

    /// The codes of what the command line finds wrong with the Envoy that runs, each once.
    pub fn findings(&self) -> Vec<String> {
        doctor::findings(self.machine, &self.gateway.proxy_admin())
    }

    /// The command line finds nothing wrong with the Envoy that runs.
    pub fn check(&self) {
        doctor::check(self.machine, &self.gateway.proxy_admin());
    }
}
