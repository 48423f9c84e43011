//! The image of the module, as an archive.

use std::{fs, process::Command};

use serde_json::Value;
use support::{
    programs::{has, not_tested, output},
    release::{self, IMAGE, MODULE, folder},
};
use tempfile::TempDir;

/// Skopeo checks every digest and size of what it copies.
#[test]
fn skopeo_takes_the_archive_and_its_layer_is_the_module_of_the_release() {
    if !has("skopeo") {
        not_tested("skopeo has not copied the image of the release, because it is not here");
        return;
    }
    let copy = TempDir::new().unwrap();
    let source = format!("oci-archive:{}", folder().join(IMAGE).display());
    let target = format!("dir:{}", copy.path().display());
    output(Command::new("skopeo").args(["--insecure-policy", "copy", &source, &target]));
    let manifest = fs::read(copy.path().join("manifest.json")).unwrap();
    let manifest: Value = serde_json::from_slice(&manifest).unwrap();
    let [layer] = manifest["layers"].as_array().unwrap().as_slice() else {
        panic!("{manifest}");
    };
    let layer = layer["digest"].as_str().unwrap().strip_prefix("sha256:");
    let unpacked = Command::new("tar")
        .arg("-xzOf")
        .arg(copy.path().join(layer.unwrap()))
        .arg("plugin.wasm")
        .output()
        .unwrap();
    assert!(unpacked.stdout == release::read(MODULE));
}
