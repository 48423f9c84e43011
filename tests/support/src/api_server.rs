//! The API server of Kubernetes, on a machine of its own and with an etcd of its own: what it takes
//! and refuses is what a cluster takes and refuses. It runs no pods.

use std::{
    fs,
    net::{Ipv4Addr, SocketAddr, SocketAddrV4},
    process::Output,
};

use serde_json::{Value, json};

use crate::{
    machine::{Machine, PATIENCE, Running, is_taken, machine},
    programs::not_tested,
    project::file,
    within,
};

/// Where make puts what it builds of Go modules.
const PROGRAMS: &str = "target/go/bin";

/// Where the etcd of a fleet is.
pub const FLEET: SocketAddr = SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::LOCALHOST, 22379));

/// Who may do everything.
const USER: &str = "admin";

/// Who may do nothing but what a test gives this user, in the context of this name.
pub const VIEWER: &str = "viewer";

/// A running API server. `kubectl` of its machine calls it.
pub struct ApiServer<'m> {
    /// Where it runs.
    pub machine: &'m Machine,
    _processes: [Running<'m>; 2],
}

/// Whether these programs are built; if not, that is said. `kubectl` and the others of the API
/// server are always meant.
fn are_built(what: &str, target: &str, programs: &[&str]) -> bool {
    let needed = ["etcd", "kube-apiserver", "kubectl"].iter().chain(programs);
    let missing: Vec<&str> = needed
        .copied()
        .filter(|program| !file(PROGRAMS).join(program).is_file())
        .collect();
    if !missing.is_empty() {
        let missing = missing.join(", ");
        not_tested(&format!(
            "{what}, because {missing} is not built: run `make {target}`"
        ));
    }
    missing.is_empty()
}

/// A machine for these programs, of which make builds some, unless any is missing, which is said.
/// This thread enters it.
pub fn machine_for(what: &str, target: &str, built: &[&str], programs: &[&str]) -> Option<Machine> {
    if !are_built(what, target, built) {
        return None;
    }
    let machine = machine(what, &[&["openssl"], programs].concat())?;
    machine.enter();
    Some(machine)
}

impl<'m> ApiServer<'m> {
    /// Starts one that knows the resources of these control planes.
    pub fn start(machine: &'m mut Machine, control_planes: &[&str]) -> Self {
        let directory = machine.path("kubernetes");
        machine.prefer(file(PROGRAMS));
        machine.export("KUBERNETES", &directory);
        machine.export("KUBECONFIG", &directory.join("config"));
        let machine = &*machine;
        fs::create_dir(&directory).unwrap();
        fs::write(
            directory.join("tokens"),
            format!("{USER},{USER},{USER},system:masters\n{VIEWER},{VIEWER},{VIEWER}\n"),
        )
        .unwrap();
        fs::write(directory.join("config"), kubeconfig().to_string()).unwrap();
        let etcd = machine.spawn(
            "etcd.log",
            "exec etcd --data-dir \"$KUBERNETES/etcd\" --log-level error --unsafe-no-fsync",
        );
        machine.shell("openssl genrsa -out \"$KUBERNETES/key\" 2048");
        let server = machine.spawn("kube-apiserver.log", SERVER);
        let server = Self {
            machine,
            _processes: [server, etcd],
        };
        within(PATIENCE, "the API server", || {
            server.try_kubectl("get --raw /readyz").status.success()
        });
        for control_plane in control_planes {
            server.know(control_plane);
        }
        server
    }

    /// Takes the definitions of a control plane's resources.
    fn know(&self, control_plane: &str) {
        let definitions = file(&format!("target/go/resources/{control_plane}.yaml"));
        self.kubectl(&format!("create --filename {}", definitions.display()));
        self.kubectl("wait crd --all --for condition=established --timeout 60s");
    }

    /// Runs `kubectl`, which must succeed; what it prints.
    pub fn kubectl(&self, arguments: &str) -> String {
        self.machine.shell(&format!("kubectl {arguments}"))
    }

    /// Runs `kubectl`; what came of it.
    pub fn try_kubectl(&self, arguments: &str) -> Output {
        self.machine.try_shell(&format!("kubectl {arguments}"))
    }

    /// Starts the etcd of a fleet, at [`FLEET`]: the server's own has the ports that are usual.
    pub fn spawn_fleet(&self) -> Running<'m> {
        let etcd = self.machine.spawn(
            "fleet.log",
            &format!(
                "exec etcd --data-dir \"$KUBERNETES/fleet\" --log-level error --unsafe-no-fsync \
             --listen-client-urls http://{FLEET} --advertise-client-urls http://{FLEET} \
             --listen-peer-urls http://127.0.0.1:22380"
            ),
        );
        within(PATIENCE, "etcd", || is_taken(FLEET.port()));
        etcd
    }

    /// An object as somebody would have written it: without what the server added.
    pub fn object(&self, namespace: &str, kind: &str, name: &str) -> Value {
        let printed = self.kubectl(&format!("-n {namespace} get {kind} {name} -o json"));
        let mut object: Value = serde_json::from_str(&printed).unwrap();
        object["metadata"] = json!({"namespace": namespace, "name": name});
        object
    }
}

const SERVER: &str = "exec kube-apiserver --etcd-servers http://127.0.0.1:2379 \
    --bind-address 127.0.0.1 --advertise-address 192.0.2.1 --endpoint-reconciler-type none \
    --cert-dir \"$KUBERNETES/certificates\" --service-cluster-ip-range 10.0.0.0/24 \
    --service-account-issuer https://kubernetes.default.svc \
    --service-account-key-file \"$KUBERNETES/key\" \
    --service-account-signing-key-file \"$KUBERNETES/key\" \
    --token-auth-file \"$KUBERNETES/tokens\" --authorization-mode RBAC --disable-admission-plugins ServiceAccount";

fn kubeconfig() -> Value {
    let user = |name: &str| json!({"name": name, "user": {"token": name}});
    let context = |name: &str, user: &str| json!({"name": name, "context": {"cluster": "machine", "user": user}});
    json!({
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "machine",
        "clusters": [{"name": "machine", "cluster": {
            "server": "https://127.0.0.1:6443",
            "insecure-skip-tls-verify": true,
        }}],
        "users": [user(USER), user(VIEWER)],
        "contexts": [context("machine", USER), context(VIEWER, VIEWER)],
    })
}
