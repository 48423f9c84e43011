//! An Envoy Gateway without a cluster: it reads the resources in a folder, and starts Envoy as a
//! process of the machine.

use std::{
    fs,
    net::{Ipv4Addr, SocketAddr},
    os::unix::fs::symlink,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};
use support::{
    Connection, Request, Response, Upstream, admin_request, binary,
    machine::{Machine, PATIENCE, Running},
    within,
};

const PORT: u16 = 8080;

const GATEWAY: &str = "gateway";

const BACKEND: &str = "backend";

/// What the proxies are told by, in the namespace `default`.
pub const PROXY: &str = "maintenance-mode";

/// A running Envoy Gateway with a Gateway `eg`, all of whose requests go to the upstream.
pub struct EnvoyGateway<'m> {
    folder: PathBuf,
    /// Where the Gateway listens.
    pub address: SocketAddr,
    /// What is behind it.
    pub upstream: Upstream,
    directory: PathBuf,
    process: Running<'m>,
}

impl<'m> EnvoyGateway<'m> {
    /// Starts one on the machine that this thread is on. Its Envoy is as this `EnvoyProxy` of the
    /// name [`PROXY`] says, but a process.
    pub fn start(machine: &'m Machine, mut proxy: Value) -> Self {
        let directory = machine.path("envoy-gateway");
        let folder = directory.join("resources");
        fs::create_dir_all(&folder).unwrap();
        let envoys = directory.join("data/envoy-versions/1.40.0/bin");
        fs::create_dir_all(&envoys).unwrap();
        let envoy = binary("ENVOY", "target/envoy-1.40.0/envoy/_bin/envoy");
        symlink(envoy, envoys.join("envoy")).unwrap();

        proxy["spec"]["provider"] = json!({"type": "Host", "host": {"envoyVersion": "1.40.0"}});
        let upstream = Upstream::start();
        let [class, gateway, route] = resources();
        publish(&folder, GATEWAY, &[class, gateway, route, proxy]);
        publish(&folder, BACKEND, &[backend(upstream.address)]);
        fs::write(
            directory.join("settings.yaml"),
            settings(&directory, &folder).to_string(),
        )
        .unwrap();
        machine.shell(&format!("cd {}\n{PREPARE}", directory.display()));
        let process = machine.spawn(
            "envoy-gateway.log",
            &format!(
                "exec envoy-gateway server --config-path {}/settings.yaml",
                directory.display()
            ),
        );
        let gateway = Self {
            folder,
            address: (Ipv4Addr::LOCALHOST, PORT).into(),
            upstream,
            directory,
            process,
        };
        within(PATIENCE, "the Gateway", || {
            let connection = Connection::try_open(gateway.address);
            let response =
                connection.and_then(|mut connection| connection.try_fetch(&Request::get("/")));
            response.is_some_and(|response| response.is_upstream())
        });
        gateway
    }

    /// Gives it a resource, in the place of what it has by that name.
    pub fn publish(&self, name: &str, resource: &Value) {
        publish(&self.folder, name, std::slice::from_ref(resource));
    }

    /// Lets it have another upstream.
    pub fn publish_backend(&self, address: SocketAddr) {
        self.publish(BACKEND, &backend(address));
    }

    /// Takes a resource away.
    pub fn remove(&self, name: &str) {
        fs::remove_file(file(&self.folder, name)).unwrap();
    }

    /// What it and its Envoy have logged.
    pub fn printed(&self) -> String {
        self.process.printed()
    }

    /// Ends its Envoy, and starts another.
    pub fn restart_proxy(&self) {
        let (resources, elsewhere) = (
            file(&self.folder, GATEWAY),
            self.directory.join("kept.yaml"),
        );
        fs::rename(&resources, &elsewhere).unwrap();
        within(PATIENCE, "the end of Envoy", || {
            Connection::try_open(self.address).is_none()
        });
        fs::rename(&elsewhere, &resources).unwrap();
        within(PATIENCE, "another Envoy", || {
            Connection::try_open(self.address).is_some()
        });
    }

    /// Where the admin interface of its Envoy is.
    pub fn proxy_admin(&self) -> String {
        let run = self.directory.join("run");
        let runs = fs::read_dir(&run).unwrap();
        let addresses = runs
            .flatten()
            .filter_map(|run| fs::read_to_string(run.path().join("admin-address.txt")).ok());
        let [address] = addresses.collect::<Vec<_>>().try_into().unwrap();
        address.trim().to_owned()
    }

    /// `GET` on a connection of its own.
    pub fn get(&self, path: &str) -> Response {
        Connection::open(self.address).fetch(&Request::get(path))
    }

    /// A call of the filter's endpoint.
    pub fn admin(&self, method: &str, call: &str) -> Response {
        Connection::open(self.address).fetch(&admin_request(method, call))
    }
}

fn publish(folder: &Path, name: &str, resources: &[Value]) {
    let texts: Vec<String> = resources.iter().map(Value::to_string).collect();
    // By a rename: a file that is empty for a moment would be no resource.
    let written = folder.join(format!(".{name}"));
    fs::write(&written, texts.join("\n---\n")).unwrap();
    fs::rename(written, file(folder, name)).unwrap();
}

fn file(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.yaml"))
}

/// Its certificates, where it and its proxies look for them, and the name that these call it by.
const PREPARE: &str = "
    envoy-gateway certgen --local --config-home \"$PWD/config\"
    mkdir -p /certs
    mount --bind config/certs/envoy-gateway /certs
    echo 127.0.0.1 envoy-gateway.envoy-gateway-system.svc.cluster.local >>/etc/hosts
    kubectl create secret generic envoy --namespace envoy-gateway-system \
        --from-file config/certs/envoy --dry-run=client -o json >resources/secret.yaml
";

fn settings(directory: &Path, folder: &Path) -> Value {
    let home = |name: &str| directory.join(name);
    json!({
        "apiVersion": "gateway.envoyproxy.io/v1alpha1",
        "kind": "EnvoyGateway",
        "gateway": {"controllerName": CONTROLLER},
        "provider": {"type": "Custom", "custom": {
            "resource": {"type": "File", "file": {"paths": [folder]}},
            "infrastructure": {"type": "Host", "host": {
                "configHome": home("config"),
                "dataHome": home("data"),
                "stateHome": home("state"),
                "runtimeDir": home("run"),
            }},
        }},
        "extensionApis": {"enableBackend": true},
    })
}

const CONTROLLER: &str = "gateway.envoyproxy.io/gatewayclass-controller";

fn resources() -> [Value; 3] {
    let gateway_api = |kind: &str, name: &str, spec: Value| {
        json!({
            "apiVersion": "gateway.networking.k8s.io/v1",
            "kind": kind,
            "metadata": {"name": name, "namespace": "default"},
            "spec": spec,
        })
    };
    let proxy = json!({"group": "gateway.envoyproxy.io", "kind": "EnvoyProxy", "name": PROXY});
    let upstream_reference =
        json!({"group": "gateway.envoyproxy.io", "kind": "Backend", "name": "upstream"});
    [
        json!({
            "apiVersion": "gateway.networking.k8s.io/v1",
            "kind": "GatewayClass",
            "metadata": {"name": "eg"},
            "spec": {"controllerName": CONTROLLER},
        }),
        gateway_api(
            "Gateway",
            "eg",
            json!({
                "gatewayClassName": "eg",
                "infrastructure": {"parametersRef": proxy},
                "listeners": [{"name": "http", "protocol": "HTTP", "port": PORT}],
            }),
        ),
        gateway_api(
            "HTTPRoute",
            "everything",
            json!({
                "parentRefs": [{"name": "eg"}],
                "rules": [{"backendRefs": [upstream_reference]}],
            }),
        ),
    ]
}

fn backend(address: SocketAddr) -> Value {
    json!({
        "apiVersion": "gateway.envoyproxy.io/v1alpha1",
        "kind": "Backend",
        "metadata": {"name": "upstream", "namespace": "default"},
        "spec": {"endpoints": [{"ip": {"address": address.ip(), "port": address.port()}}]},
    })
}
