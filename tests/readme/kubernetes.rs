//! The image in a registry, and the commands for a cluster.

use std::fs;

use json_patch::Patch;
use serde_json::{Value, json};
use support::{
    Envoy, TOKEN, admin,
    machine::{Machine, PATIENCE, Running, is_taken, machine},
    pages::{GUIDE, OPERATIONS},
    project::read,
    within, yaml,
};

use crate::{certificate::Certificate, typing::Typing};

/// Takes kubectl's place; [`told`] is what it was told.
pub fn install_kubectl(machine: &Machine) {
    machine.install("kubectl", include_str!("kubectl.sh"));
}

/// The arguments of each call that would change something.
pub fn told(machine: &Machine) -> Vec<Vec<String>> {
    let calls = fs::read_to_string(machine.path("kubectl")).unwrap();
    calls
        .lines()
        .map(|call| call.split_terminator('\u{1f}').map(str::to_owned).collect())
        .collect()
}

/// A registry that is `registry.example.com`.
pub fn registry<'m>(machine: &'m Machine, certificate: &Certificate) -> Running<'m> {
    let configuration = json!({
        "version": "0.1",
        "storage": {"filesystem": {"rootdirectory": machine.path("registry")}},
        "http": {"addr": ":443", "tls": {"certificate": certificate.chain, "key": certificate.key}},
    });
    let path = machine.path("registry.json");
    fs::write(&path, configuration.to_string()).unwrap();
    let registry = machine.spawn(
        "registry.log",
        &format!("exec docker-registry serve {}", path.display()),
    );
    within(PATIENCE, "the registry", || is_taken(443));
    registry
}

#[test]
fn the_image_is_pushed_the_manifest_patched_and_every_pod_called() {
    let needed = ["skopeo", "docker-registry", "openssl"];
    let Some(machine) = machine("the commands for Kubernetes", &needed) else {
        return;
    };
    machine.enter();
    let certificate = Certificate::make(&machine);
    let _registry = registry(&machine, &certificate);
    install_kubectl(&machine);
    let manifest = "envoy/istio/gateway-traffic-extension.yaml";
    let mut object = yaml::parse(&read(manifest));
    object["metadata"]["resourceVersion"] = json!("7");
    fs::write(machine.path("object"), object.to_string()).unwrap();
    let gateways = ["gateway-1", "gateway-2"].map(|_| Envoy::start(json!({"admin": admin()})));
    let pods = gateways
        .each_ref()
        .map(|pod| format!("gateway-{0} {0}\n", pod.address.port()));
    fs::write(machine.path("pods"), pods.concat()).unwrap();

    let [block] = GUIDE.blocks_of("Kubernetes", "sh");
    let environment = format!(
        "export SSL_CERT_FILE={} MAINTENANCE_TOKEN={TOKEN}",
        certificate.chain.display()
    );
    let transcript = machine.transcript(&format!("{environment}\n{block}"));

    let (image, printed) = &transcript[1];
    assert_eq!(image, "make image");
    let inspected = machine.shell(&format!(
        "{environment}\nskopeo inspect docker://registry.example.com/maintenance-mode:0.1.0"
    ));
    let inspected: Value = serde_json::from_str(&inspected).unwrap();
    assert!(
        printed.contains(inspected["Digest"].as_str().unwrap()),
        "{printed}"
    );

    // There is nothing that a reset would change: what this kubectl is told changes no object.
    let [apply, patch] = told(&machine).try_into().unwrap();
    assert_eq!(apply, ["apply", "-f", manifest]);
    assert_switches_on(&machine, object, &patch);

    let all = |is_on: bool| {
        let mut gateways = gateways.iter();
        gateways.all(|gateway| gateway.get("/").is_blocked() == is_on)
    };
    assert!(all(true));
    let [_, off, _] = OPERATIONS.blocks_of("Off, now", "sh");
    machine.shell(&format!("{environment}\n{off}"));
    assert!(all(false));
    let [_, on] = OPERATIONS.blocks_of("On, now", "sh");
    machine.shell(&format!("{environment}\n{on}"));
    assert!(all(true));
    gateways[0].toggle(false);
    let [_, status] = OPERATIONS.blocks_of("Only some answers are 503", "sh");
    let status = machine.try_shell(&format!("{environment}\n{status}"));
    assert!(!status.status.success());
    let printed = String::from_utf8_lossy(&status.stderr);
    for gateway in &gateways {
        let port = gateway.address.port();
        let place = format!("pod/gateway-{port} is at http://127.0.0.1:{port}\n");
        assert!(printed.contains(&place), "{printed}");
    }
}

/// A `kubectl patch` is about this resource, and switches it on.
fn assert_switches_on(machine: &Machine, mut resource: Value, call: &[String]) {
    let name = "trafficextensions.extensions.istio.io/maintenance-mode";
    let (told, rest) = call.split_at(5);
    assert_eq!(told, ["patch", name, "--type", "json", "-p"]);
    let (patch, rest) = rest.split_first().unwrap();
    assert_eq!(rest[..2], ["-n", "istio-ingress"]);
    let patch: Patch = serde_json::from_str(patch).unwrap();
    json_patch::patch(&mut resource, &patch).unwrap();
    let patched = machine.path("patched.json");
    fs::write(&patched, resource.to_string()).unwrap();
    let explained = machine.shell(&format!(
        "maintenancectl explain {} --path / --ip 192.0.2.1 --json",
        patched.display()
    ));
    let explained: Value = serde_json::from_str(&explained).unwrap();
    assert_eq!(explained["decision"], "block");
}
