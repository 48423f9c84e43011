//! Files of the project, and what is built of it or fetched for it.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::Host;

/// The path of a file of the project.
pub fn file(path: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2);
    root.unwrap().join(path)
}

/// The text of a file of the project.
pub fn read(path: &str) -> String {
    fs::read_to_string(file(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The module under test.
pub fn module() -> PathBuf {
    module_of(Host::under_test())
}

/// The module that a host loads.
pub fn module_of(host: Host) -> PathBuf {
    let (module, target) = match host {
        Host::Wasm => {
            let module = "target/wasm32-wasip1/release/maintenance_mode.wasm";
            (binary("MAINTENANCE_MODE_WASM", module), "build")
        }
        Host::Native => {
            let module = "target/dynamic-module/libmaintenance_mode.so";
            (file(module), "dynamic-module")
        }
    };
    assert!(
        module.is_file(),
        "{} is not there: run `make {target}`",
        module.display()
    );
    module
}

/// A file of the target directory, unless a variable of the environment names another.
pub fn binary(variable: &str, default: &str) -> PathBuf {
    std::env::var_os(variable).map_or_else(|| file(default), PathBuf::from)
}
