//! A registry of images on the machine of a test, with that of the module.

use std::{fs, path::Path};

use crate::{
    Host,
    machine::{Machine, PATIENCE, Running, is_taken},
    module_of,
    project::file,
    within,
};
use serde_json::{Value, json};

const PORT: u16 = 5000;

/// What is called to reach it.
pub const NAME: &str = "127.0.0.1:5000";

/// A running registry.
pub struct Registry<'m> {
    machine: &'m Machine,
    /// What names the image in it, by its digest.
    pub image: String,
    process: Option<Running<'m>>,
}

impl<'m> Registry<'m> {
    /// Starts one, and brings it the image.
    pub fn start(machine: &'m Machine) -> Self {
        let configuration = json!({
            "version": "0.1",
            "storage": {"filesystem": {"rootdirectory": machine.path("registry")}},
            "http": {"addr": NAME},
        });
        fs::write(machine.path("registry.json"), configuration.to_string()).unwrap();
        let mut registry = Self {
            machine,
            image: String::new(),
            process: None,
        };
        registry.restart();
        registry.image = registry.push(&module_of(Host::Wasm));
        registry
    }

    /// Ends it. What it has is there when it starts again.
    pub fn stop(&mut self) {
        self.process.take().unwrap().interrupt();
    }

    /// Starts it again.
    pub fn restart(&mut self) {
        let path = self.machine.path("registry.json");
        let serve = format!("exec docker-registry serve {}", path.display());
        self.process = Some(self.machine.spawn("registry.log", &serve));
        within(PATIENCE, "the registry", || is_taken(PORT));
    }

    /// Brings it the image of a module; what names that, by its digest.
    pub fn push(&self, module: &Path) -> String {
        let image = self.machine.path("image");
        let name = format!("{NAME}/maintenance-mode");
        self.machine.shell(&format!(
            "python3 -B {} {} {image} 1\n\
             skopeo --insecure-policy copy --dest-tls-verify=false oci:{image}:1 docker://{name}:1",
            file("src/dist/image.py").display(),
            module.display(),
            image = image.display(),
        ));
        let index = fs::read(image.join("index.json")).unwrap();
        let index: Value = serde_json::from_slice(&index).unwrap();
        let digest = index["manifests"][0]["digest"].as_str().unwrap();
        format!("{name}@{digest}")
    }
}
