//! What `make dist` has packed.

use std::{
    env::consts::{ARCH, OS},
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;

use crate::project::file;

/// The module.
pub const MODULE: &str = "maintenance_mode.wasm";
/// The image of the module.
pub const IMAGE: &str = "maintenance_mode.oci.tar";

/// The folder that `make dist` leaves.
pub fn folder() -> PathBuf {
    let folder = file("target/dist");
    assert!(folder.is_dir(), "there is no release: run `make dist`");
    folder
}

/// A file of the release.
pub fn read(name: &str) -> Vec<u8> {
    let path = folder().join(name);
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The dynamic module for this machine.
pub fn dynamic_module() -> String {
    format!("libmaintenance_mode-{OS}-{ARCH}.so")
}

/// The command line for this machine, without what says that it is an archive.
pub fn command_line() -> String {
    format!("maintenancectl-{OS}-{ARCH}")
}

/// What is in the archive of the command line, as it is installed.
pub fn installed() -> TempDir {
    let directory = TempDir::new().unwrap();
    let archive = folder().join(format!("{}.tar.gz", command_line()));
    unpack(&archive, directory.path());
    directory
}

/// Unpacks an archive of the command line, which must raise no warning.
pub fn unpack(archive: &Path, directory: &Path) {
    let mut tar = Command::new("tar");
    tar.arg("-xzf").arg(archive).arg("-C").arg(directory);
    let unpacked = tar.args(["--strip-components", "1"]).output().unwrap();
    let errors = String::from_utf8_lossy(&unpacked.stderr);
    assert!(unpacked.status.success() && errors.is_empty(), "{errors}");
}
