//! The manifests for Istio and Envoy Gateway, and the patches that switch them.

mod shape;

use std::fs;

use json_patch::Patch;
use serde_json::Value;
use support::{
    comments::commands,
    project::{file, read},
    yaml,
};
use tempfile::TempDir;

use crate::maintenancectl;

/// Every manifest of `envoy/`, with its path.
fn manifests() -> Vec<(String, String)> {
    let mut manifests = Vec::new();
    for folder in ["envoy/istio", "envoy/gateway"] {
        for entry in fs::read_dir(file(folder)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            let path = format!("{folder}/{name}");
            let text = read(&path);
            manifests.push((path, text));
        }
    }
    assert!(manifests.len() >= 6, "{manifests:?}");
    manifests
}

/// The manifest that configures the filter; what it needs stands before it.
fn manifest(text: &str) -> Value {
    yaml::parse_all(text).pop().unwrap()
}

/// The patches that the comment of a manifest shows, in order.
fn patches(text: &str) -> Vec<Patch> {
    commands(text)
        .iter()
        .filter_map(|command| command.split_once("--type json -p "))
        .map(|(_, patch)| serde_json::from_str(patch.trim().trim_matches('\'')).unwrap())
        .collect()
}

/// What the command line says of a request for `/` under this manifest.
fn decision(manifest: &Value) -> Value {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("manifest.json");
    fs::write(&path, manifest.to_string()).unwrap();
    let path = path.to_str().unwrap();
    let explained = maintenancectl(&[
        "explain",
        path,
        "--path",
        "/",
        "--ip",
        "192.0.2.1",
        "--json",
    ]);
    serde_json::from_slice(&explained.stdout).unwrap_or_else(|_| panic!("{explained:?}"))
}

#[test]
fn every_manifest_passes_the_check_of_the_command_line() {
    for (path, _) in manifests() {
        let path = file(&path);
        let checked = maintenancectl(&["check".as_ref(), "--strict".as_ref(), path.as_os_str()]);
        assert!(checked.status.success(), "{checked:?}");
    }
}

#[test]
fn every_manifest_has_the_fields_of_its_kind_and_no_other() {
    for (path, text) in manifests() {
        for manifest in yaml::parse_all(&text) {
            shape::of(&manifest).unwrap_or_else(|error| panic!("{path}: {error}"));

            let mut misspelt = manifest;
            misspelt["spec"]["failPolicy"] = "FAIL_RELOAD".into();
            assert!(shape::of(&misspelt).is_err(), "{path}");
        }
    }
}

#[test]
fn the_patches_of_every_manifest_switch_it_on_and_back() {
    for (path, text) in manifests() {
        let manifest = manifest(&text);
        assert_eq!(decision(&manifest)["decision"], "pass", "{path}");

        let [on, back] = patches(&text).try_into().unwrap();
        let mut patched = manifest.clone();
        json_patch::patch(&mut patched, &on).unwrap();
        shape::of(&patched).unwrap();
        assert_eq!(decision(&patched)["decision"], "block", "{path}");

        json_patch::patch(&mut patched, &back).unwrap();
        assert_eq!(patched, manifest, "{path}");
    }
}

#[test]
fn the_commands_of_every_manifest_are_about_it() {
    for (path, text) in manifests() {
        let manifest = manifest(&text);
        let kind = manifest["kind"].as_str().unwrap().to_ascii_lowercase();
        let name = manifest["metadata"]["name"].as_str().unwrap();
        let namespace = manifest["metadata"]["namespace"].as_str().unwrap();
        let patch = format!("kubectl -n {namespace} patch {kind} {name} --type json -p ");

        let commands = commands(&text);
        let (apply, patches) = commands.split_first().unwrap();
        assert_eq!(*apply, format!("kubectl apply -f {path}"));
        for command in patches {
            let words: Vec<&str> = command.split_whitespace().collect();
            assert!(words.join(" ").starts_with(&patch), "{path}: {command}");
        }
    }
}
