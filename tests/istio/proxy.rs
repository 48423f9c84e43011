//! A proxy of the mesh: a pilot-agent, which fetches the module and starts Envoy.

use std::{
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use serde_json::{Value, json};
use support::{
    Connection, Request, Response, admin_request, binary,
    machine::{Machine, Running},
    project::file,
    registry, within,
};

use crate::{
    identity::certify,
    mesh::{Mesh, SHOP},
};

/// How long a proxy may take to start, and to fetch and compile a module, where much else is done.
pub const START: Duration = Duration::from_secs(60);

/// What a proxy is for.
pub struct Workload {
    namespace: &'static str,
    name: &'static str,
    /// What tells its ports from those of the others on the machine.
    number: u16,
    kind: Kind,
    /// The host that requests are led to.
    host: &'static str,
}

#[derive(Clone, Copy)]
enum Kind {
    Edge,
    Gateway,
    GatewayApi,
    Sidecar,
}

impl Workload {
    /// An ingress gateway, as the samples select it.
    pub fn gateway(name: &'static str, number: u16) -> Self {
        Self {
            namespace: "istio-ingress",
            name,
            number,
            kind: Kind::Gateway,
            host: SHOP,
        }
    }

    /// The proxy of a Gateway of that name, as the Gateway API knows it.
    pub fn gateway_api(name: &'static str, number: u16) -> Self {
        Self {
            kind: Kind::GatewayApi,
            ..Self::gateway(name, number)
        }
    }

    /// The sidecar of a service, as the samples select it.
    pub fn sidecar(name: &'static str, number: u16) -> Self {
        Self {
            namespace: "shop",
            kind: Kind::Sidecar,
            ..Self::gateway(name, number)
        }
    }

    /// A gateway that no sample selects.
    pub fn edge(name: &'static str, number: u16) -> Self {
        Self {
            kind: Kind::Edge,
            ..Self::gateway(name, number)
        }
    }

    /// The same, but it leads to another host.
    pub fn to(self, host: &'static str) -> Self {
        Self { host, ..self }
    }

    fn labels(&self) -> Value {
        match self.kind {
            Kind::Edge => json!({"proxy": self.name}),
            Kind::Gateway => json!({"istio": "ingressgateway", "proxy": self.name}),
            Kind::GatewayApi => json!({"gateway.networking.k8s.io/gateway-name": self.name}),
            Kind::Sidecar => json!({"app": "checkout", "proxy": self.name}),
        }
    }

    fn port(&self) -> u16 {
        9000 + self.number
    }

    /// The first of the ports of its agent and its Envoy.
    fn base(&self) -> u16 {
        15000 + 100 * self.number
    }

    /// What leads requests from its port to the upstream.
    fn resources(&self, upstream: SocketAddr) -> Vec<Value> {
        let port = json!({"number": self.port(), "name": "http", "protocol": "HTTP"});
        match self.kind {
            Kind::Edge | Kind::Gateway => vec![
                self.resource(
                    "networking.istio.io/v1",
                    "Gateway",
                    json!({
                        "selector": {"proxy": self.name},
                        "servers": [{"port": port, "hosts": ["*"]}],
                    }),
                ),
                self.resource(
                    "networking.istio.io/v1",
                    "VirtualService",
                    json!({
                        "hosts": ["*"],
                        "gateways": [self.name],
                        "http": [{"route": [{"destination": {"host": self.host}}]}],
                    }),
                ),
            ],
            Kind::GatewayApi => self.gateway_api_resources(),
            // No rules of the kernel lead connections to it: it listens itself.
            Kind::Sidecar => vec![self.resource(
                "networking.istio.io/v1",
                "Sidecar",
                json!({
                    "workloadSelector": {"labels": {"proxy": self.name}},
                    "ingress": [{
                        "port": port,
                        "bind": "0.0.0.0",
                        "captureMode": "NONE",
                        "defaultEndpoint": upstream.to_string(),
                    }],
                    "egress": [{"captureMode": "NONE", "hosts": ["~/*"]}],
                }),
            )],
        }
    }

    fn gateway_api_resources(&self) -> Vec<Value> {
        let host = format!("{}.{}.svc.cluster.local", self.name, self.namespace);
        let port = self.port();
        vec![
            self.resource(
                "v1",
                "Service",
                json!({"selector": self.labels(), "ports": [{"name": "http", "port": port}]}),
            ),
            self.resource(
                "gateway.networking.k8s.io/v1",
                "Gateway",
                json!({
                    "gatewayClassName": "istio",
                    "addresses": [{"type": "Hostname", "value": host}],
                    "listeners": [{"name": "http", "protocol": "HTTP", "port": port}],
                }),
            ),
            self.resource(
                "gateway.networking.k8s.io/v1",
                "HTTPRoute",
                json!({
                    "parentRefs": [{"name": self.name}],
                    "rules": [{"backendRefs": [{
                        "group": "networking.istio.io",
                        "kind": "Hostname",
                        "name": self.host,
                        "port": 80,
                    }]}],
                }),
            ),
        ]
    }

    fn resource(&self, version: &str, kind: &str, spec: Value) -> Value {
        json!({
            "apiVersion": version,
            "kind": kind,
            "metadata": {"namespace": self.namespace, "name": self.name},
            "spec": spec,
        })
    }
}

/// A running proxy.
pub struct Proxy<'m> {
    machine: &'m Machine,
    /// Where it listens.
    pub address: SocketAddr,
    /// The admin interface of its Envoy.
    pub admin: SocketAddr,
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
        let kind = match workload.kind {
            Kind::Edge | Kind::Gateway | Kind::GatewayApi => "router",
            Kind::Sidecar => "sidecar",
        };
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
                directory = directory.display(),
                name = workload.name,
                namespace = workload.namespace,
                labels = workload.labels(),
                status = base + 21,
                prometheus = base + 90,
                registry = registry::NAME,
                template = file("target/go/resources/envoy_bootstrap.json").display(),
            ),
        );
        Self {
            machine,
            address: local(workload.port()),
            admin: local(base),
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
        let check = format!("maintenancectl check --json http://{}", self.admin);
        let output = self.machine.try_shell(&check);
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        let findings = report["findings"].as_array().unwrap().iter();
        let code = |finding: &Value| finding["code"].as_str().unwrap().to_owned();
        let mut codes: Vec<String> = findings.map(code).collect();
        codes.dedup();
        codes
    }

    /// The command line finds nothing wrong with its Envoy.
    pub fn check(&self) {
        let admin = self.admin;
        self.machine
            .shell(&format!("maintenancectl check --strict http://{admin}"));
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

/// Its certificates are files, and it needs none to connect to the control plane.
const AGENT: &str = "FILE_MOUNTED_CERTS=true ISTIO_META_CLUSTER_ID=Kubernetes \
    ISTIO_META_INTERCEPTION_MODE=NONE";
