//! A registry on the machine of a test, with the image of the module.

use std::fs;

use serde_json::{Value, json};
use support::{
    Host,
    machine::{Machine, PATIENCE, Running, is_taken},
    module_of,
    project::file,
    within,
};

const PORT: u16 = 5000;

/// A running registry.
pub struct Registry<'m> {
    /// What names the image in it, by its digest.
    pub image: String,
    _process: Running<'m>,
}

impl<'m> Registry<'m> {
    /// Starts one, and brings it the image.
    pub fn start(machine: &'m Machine) -> Self {
        let configuration = json!({
            "version": "0.1",
            "storage": {"filesystem": {"rootdirectory": machine.path("registry")}},
            "http": {"addr": format!("127.0.0.1:{PORT}")},
        });
        let path = machine.path("registry.json");
        fs::write(&path, configuration.to_string()).unwrap();
        let process = machine.spawn(
            "registry.log",
            &format!("exec docker-registry serve {}", path.display()),
        );
        within(PATIENCE, "the registry", || is_taken(PORT));
        Self {
            image: push(machine),
            _process: process,
        }
    }
}

fn push(machine: &Machine) -> String {
    let image = machine.path("image");
    let name = format!("127.0.0.1:{PORT}/maintenance-mode");
    machine.shell(&format!(
        "python3 {} {} {image} 1\n\
         skopeo --insecure-policy copy --dest-tls-verify=false oci:{image}:1 docker://{name}:1",
        file("envoy/image.py").display(),
        module_of(Host::Wasm).display(),
        image = image.display(),
    ));
    let index: Value =
        serde_json::from_slice(&fs::read(image.join("index.json")).unwrap()).unwrap();
    let digest = index["manifests"][0]["digest"].as_str().unwrap();
    format!("{name}@{digest}")
}
