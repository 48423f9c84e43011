//! Istio's control plane, and what it controls.

use std::fs;

use serde_json::{Value, json};
use support::{
    Connection, Request, Upstream,
    api_server::{self, ApiServer},
    machine::{Machine, PATIENCE, Running},
    pages::OPERATIONS,
    registry::Registry,
    within, yaml,
};

use crate::identity;

/// Where the samples are at home, and what else a mesh has.
const NAMESPACES: [&str; 4] = ["istio-system", "istio-ingress", "shop", "infra"];

/// The host that gateways lead to.
pub const SHOP: &str = "shop.shop.svc.cluster.local";

/// An API server, an istiod that obeys it, and a registry with the image of the module.
pub struct Mesh<'m> {
    pub server: ApiServer<'m>,
    pub registry: Registry<'m>,
    /// What is behind the proxies.
    pub upstream: Upstream,
    _istiod: Running<'m>,
}

/// A machine with what a mesh needs, which this thread enters.
pub fn machine_for(what: &str) -> Option<Machine> {
    let built = ["pilot-agent", "pilot-discovery"];
    let machine =
        api_server::machine_for(what, "test-istio", &built, &["skopeo", "docker-registry"])?;
    // Agents keep modules there.
    machine.shell("mount -t tmpfs tmpfs /var/lib\nmkdir -p /var/lib/istio/data");
    Some(machine)
}

impl<'m> Mesh<'m> {
    /// Starts one that knows Istio's own resources.
    pub fn start(machine: &'m mut Machine) -> Self {
        Self::of(machine, &["istio"])
    }

    /// Starts one that knows the Gateway API, too.
    pub fn with_gateway_api(machine: &'m mut Machine) -> Self {
        Self::of(machine, &["gateway", "istio"])
    }

    fn of(machine: &'m mut Machine, resources: &[&str]) -> Self {
        let server = ApiServer::start(machine, resources);
        let machine = server.machine;
        identity::found(machine);
        for namespace in NAMESPACES {
            server.kubectl(&format!("create namespace {namespace}"));
        }
        let mesh = machine.path("mesh.json");
        fs::write(&mesh, configuration().to_string()).unwrap();
        let istiod = machine.spawn(
            "istiod.log",
            &format!("{ISTIOD} --meshConfig {}", mesh.display()),
        );
        let registry = Registry::start(machine);
        within(PATIENCE, "istiod", || {
            let connection = Connection::try_open(([127, 0, 0, 1], 8080).into());
            let response =
                connection.and_then(|mut connection| connection.try_fetch(&Request::get("/ready")));
            response.is_some_and(|response| response.status == 200)
        });
        let upstream = Upstream::start();
        let mesh = Self {
            server,
            registry,
            upstream,
            _istiod: istiod,
        };
        mesh.lead(SHOP, mesh.upstream.address.port());
        mesh
    }

    /// Leads requests for a host of the namespace `shop` to a port of the machine.
    pub fn lead(&self, host: &str, port: u16) {
        let (name, _) = host.split_once('.').unwrap();
        self.apply([&json!({
            "apiVersion": "networking.istio.io/v1",
            "kind": "ServiceEntry",
            "metadata": {"namespace": "shop", "name": name},
            "spec": {
                "hosts": [host],
                "ports": [{"number": 80, "name": "http", "protocol": "HTTP"}],
                "resolution": "STATIC",
                "endpoints": [{"address": "127.0.0.1", "ports": {"http": port}}],
            },
        })]);
    }

    /// What `envoy/operations.md` has, with the image that is there.
    pub fn mend(&self, heading: &str, place: &str) -> Value {
        let image = "registry.example.com/maintenance-mode:0.1.0";
        yaml::parse(
            &OPERATIONS
                .block_for(heading, place)
                .replace(image, &self.registry.image),
        )
    }

    /// The metrics of the control plane.
    pub fn metrics(&self) -> String {
        let mut istiod = Connection::open(([127, 0, 0, 1], 15014).into());
        istiod.fetch(&Request::get("/metrics")).text()
    }

    /// Applies resources.
    pub fn apply<'v>(&self, resources: impl IntoIterator<Item = &'v Value>) {
        let path = self.server.machine.path("resources.json");
        let texts: Vec<String> = resources.into_iter().map(Value::to_string).collect();
        fs::write(&path, texts.join("\n---\n")).unwrap();
        self.server
            .kubectl(&format!("apply --filename {}", path.display()));
    }
}

/// Envoys that are not Istio's have none of Istio's own filters, and no certificate of Istio's.
const ISTIOD: &str = "PILOT_ENABLE_METADATA_EXCHANGE=false PILOT_ENABLE_ALPN_FILTER=false \
    PILOT_CERT_PROVIDER=none ENABLE_CA_SERVER=false PILOT_ENABLE_AMBIENT=true POD_NAME=istiod \
    exec pilot-discovery discovery --kubeconfig \"$KUBECONFIG\" --httpsAddr '' \
    --secureGRPCAddr '' --ctrlz_port 0";

fn configuration() -> Value {
    json!({"defaultProviders": {}, "enableAutoMtls": false})
}
