//! `make image`: what a registry stores, and Istio and Envoy Gateway unpack.

use std::{fs, path::Path, process::Command};

use serde_json::Value;
use support::{
    module,
    programs::{has, not_tested, output},
    project::file,
    sha256,
};
use tempfile::TempDir;

const TAG: &str = "1.2.3";

/// A layout made from the module.
fn layout() -> TempDir {
    let directory = TempDir::new().unwrap();
    let printed = output(
        Command::new("python3")
            .arg("-B")
            .arg(file("src/dist/image.py"))
            .arg(module())
            .arg(directory.path().join("image"))
            .arg(TAG),
    );
    let digest = index(directory.path())["manifests"][0]["digest"].clone();
    assert!(printed.contains(digest.as_str().unwrap()), "{printed}");
    directory
}

fn index(directory: &Path) -> Value {
    let index = fs::read(directory.join("image/index.json")).unwrap();
    serde_json::from_slice(&index).unwrap()
}

/// The blob of a descriptor, which must be of its size and digest.
fn blob(directory: &Path, descriptor: &Value) -> Vec<u8> {
    let digest = descriptor["digest"].as_str().unwrap();
    let name = digest.strip_prefix("sha256:").unwrap();
    let blob = fs::read(directory.join("image/blobs/sha256").join(name)).unwrap();
    assert_eq!(digest_of(&blob), digest);
    assert_eq!(descriptor["size"], blob.len());
    blob
}

fn digest_of(content: &[u8]) -> String {
    format!("sha256:{}", sha256(content))
}

#[test]
fn the_image_has_one_layer_that_unpacks_to_the_module() {
    let directory = layout();
    let directory = directory.path();
    let image = &index(directory)["manifests"][0];
    assert_eq!(
        image["annotations"]["org.opencontainers.image.ref.name"],
        TAG
    );
    let manifest: Value = serde_json::from_slice(&blob(directory, image)).unwrap();
    assert_eq!(manifest["mediaType"], image["mediaType"]);
    let [layer] = manifest["layers"].as_array().unwrap().as_slice() else {
        panic!("{manifest}");
    };
    assert_eq!(
        layer["mediaType"],
        "application/vnd.oci.image.layer.v1.tar+gzip"
    );

    let packed = directory.join("layer.tar.gz");
    fs::write(&packed, blob(directory, layer)).unwrap();
    let names = output(Command::new("tar").arg("-tzf").arg(&packed));
    assert_eq!(names, "plugin.wasm\n");
    output(
        Command::new("tar")
            .arg("-xzf")
            .arg(&packed)
            .arg("-C")
            .arg(directory),
    );
    let unpacked = fs::read(directory.join("plugin.wasm")).unwrap();
    assert!(unpacked == fs::read(module()).unwrap());

    output(Command::new("gzip").arg("-d").arg(&packed));
    let archive = fs::read(directory.join("layer.tar")).unwrap();
    let config: Value = serde_json::from_slice(&blob(directory, &manifest["config"])).unwrap();
    assert_eq!(config["rootfs"]["diff_ids"][0], digest_of(&archive));
}

#[test]
fn the_same_module_gives_the_same_digest() {
    let [one, other] = [layout(), layout()].map(|layout| index(layout.path()));
    assert_eq!(one, other);
}

/// Skopeo checks every digest and size of what it copies.
#[test]
fn skopeo_takes_the_image_for_one() {
    if !has("skopeo") {
        not_tested("skopeo has not looked at the image, because it is not here");
        return;
    }
    let directory = layout();
    let source = format!("oci:{}:{TAG}", directory.path().join("image").display());
    let copy = format!("dir:{}", directory.path().join("copy").display());
    output(Command::new("skopeo").args(["--insecure-policy", "copy", &source, &copy]));
    let inspected = output(Command::new("skopeo").args(["inspect", &copy]));
    let inspected: Value = serde_json::from_str(&inspected).unwrap();
    assert_eq!(
        inspected["Digest"],
        index(directory.path())["manifests"][0]["digest"]
    );
}
