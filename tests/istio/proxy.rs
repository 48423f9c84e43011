//! A proxy of the mesh: a pilot-agent, which fetches the module and starts Envoy.

use std::{
    fs,
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use serde_json::json;
use support::{
    Connection, Request, Response, admin_request, binary, doctor,
    machine::{Machine, Running},
    project::read,
    registry, within,
};

use crate::{identity::certify, mesh::Mesh, workload::Workload};

/// How long a proxy may take to start, and to fetch and compile a module, where much else is done.
pub const START: Duration = Duration::from_secs(60);

/// A running proxy.
pub struct Proxy<'m> {
    machine: &'m Machine,
    /// Where it listens.
    pub address: SocketAddr,
    /// The admin interface of its Envoy.
    pub admin: SocketAddr,
    /// Where the kubelet would ask whether it is ready.
    probe: SocketAddr,
    agent: Running<'m>,
}

impl<'m> Proxy<'m> {
    /// Starts one that the control plane has not seen before.
    pub fn start(mesh: &Mesh<'m>, workload: &Workload) -> Self {
        mesh.apply(&workload.resources(mesh.upstream.address));
        let proxy = Self::launch(mesh.server.machine, workload);
        within(START, "the proxy", || proxy.try_get("/").is_some());
        proxy
    }

    fn launch(machine: &'m Machine, workload: &Workload) -> Self {
        let directory = machine.path(workload.name);
        certify(machine, &directory, workload.name);
        let local = |port: u16| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let template = directory.join("bootstrap.json");
        fs::write(&template, bootstrap()).unwrap();
        let base = workload.base();
        let settings = json!({
            "controlPlaneAuthPolicy": "NONE",
            "discoveryAddress": "127.0.0.1:15010",
            "binaryPath": binary("ENVOY", "target/envoy-1.40.0/envoy/_bin/envoy"),
            "configPath": directory.join("config"),
            "proxyAdminPort": base,
            "statusPort": base + 20,
            "concurrency": 2,
            "terminationDrainDuration": "0.1s",
            // Not among those that Istio leaves in.
            "proxyStatsMatcher": {"inclusionPrefixes": ["extension_config_discovery"]},
        });
        let agent = machine.spawn(
            &format!("{}.log", workload.name),
            &format!(
                "cd {directory}\n\
                 export POD_NAME={name} POD_NAMESPACE={namespace} INSTANCE_IP=127.0.0.1\n\
                 export ISTIO_METAJSON_LABELS='{labels}' PROXY_CONFIG='{settings}'\n\
                 export ENVOY_STATUS_PORT={status} ENVOY_PROMETHEUS_PORT={prometheus}\n\
                 export WASM_INSECURE_REGISTRIES={registry} {AGENT}\n\
                 exec pilot-agent proxy {kind} --templateFile {template}",
                kind = workload.node(),
                directory = directory.display(),
                name = workload.name,
                namespace = workload.namespace,
                labels = workload.labels(),
                status = base + 21,
                prometheus = base + 90,
                registry = registry::NAME,
                template = template.display(),
            ),
        );
        Self {
            machine,
            address: local(workload.port()),
            admin: local(base),
            probe: local(base + 21),
            agent,
        }
    }

    /// Ends it.
    pub fn stop(self) {
        self.agent.interrupt();
    }

    /// What it and its Envoy have logged.
    pub fn printed(&self) -> String {
        self.agent.printed()
    }

    /// `GET` on a connection of its own; `None` if nobody answers.
    fn try_get(&self, path: &str) -> Option<Response> {
        Connection::try_open(self.address)?.try_fetch(&Request::get(path))
    }

    /// `GET` on a connection of its own.
    pub fn get(&self, path: &str) -> Response {
        self.fetch(&Request::get(path))
    }

    /// Any request on a connection of its own.
    pub fn fetch(&self, request: &Request) -> Response {
        Connection::open(self.address).fetch(request)
    }

    /// A call of the filter's endpoint.
    pub fn admin(&self, method: &str, call: &str) -> Response {
        self.fetch(&admin_request(method, call))
    }

    /// Whether the kubelet would take it for ready.
    pub fn is_ready(&self) -> bool {
        let probe = Request::get("/healthz/ready");
        Connection::open(self.probe).fetch(&probe).status == 200
    }

    /// What Envoy's admin interface says.
    pub fn envoy(&self, path: &str) -> Response {
        Connection::open(self.admin).fetch(&Request::get(path))
    }

    /// Whether the filters that it has been told have this in them.
    pub fn has(&self, text: &str) -> bool {
        let filters = self.envoy("/config_dump?resource=ecds_filters");
        filters.text().contains(text)
    }

    /// The codes of what the command line finds wrong with its Envoy, each once.
    pub fn findings(&self) -> Vec<String> {
        doctor::findings(self.machine, &self.admin.to_string())
    }

    /// The command line finds nothing wrong with its Envoy.
    pub fn check(&self) {
        doctor::check(self.machine, &self.admin.to_string());
    }

    /// The sum of Envoy's numbers whose names end so.
    pub fn stat(&self, suffix: &str) -> u64 {
        let stats = self.envoy("/stats").text();
        stats
            .lines()
            .filter_map(|line| line.split_once(": "))
            .filter(|(name, _)| name.ends_with(suffix))
            .filter_map(|(_, value)| value.parse::<u64>().ok())
            .sum()
    }
}

/// What Istio makes a bootstrap of, without the extension of waypoints that only its Envoy has.
fn bootstrap() -> String {
    let template = read("target/go/resources/envoy_bootstrap.json");
    let extension = "{{- if .metadata_discovery }}";
    assert!(template.contains(extension));
    template.replace(extension, "{{- if false }}")
}

/// Its certificates are files, and it needs none to connect to the control plane.
const AGENT: &str = "FILE_MOUNTED_CERTS=true ISTIO_META_CLUSTER_ID=Kubernetes \
    ISTIO_META_INTERCEPTION_MODE=NONE";
