//! Every manifest is one that the API server takes, word by word.

use std::fs;

use support::{
    api_server::{ApiServer, machine_for},
    project::{file, read},
};

/// The paths of all manifests.
fn manifests() -> Vec<String> {
    let folders = ["envoy/istio", "envoy/gateway"];
    let names = folders.into_iter().flat_map(|folder| {
        let entries = fs::read_dir(file(folder)).unwrap();
        entries.map(move |entry| {
            let name = entry.unwrap().file_name().into_string().unwrap();
            format!("{folder}/{name}")
        })
    });
    let names: Vec<String> = names.collect();
    assert!(names.len() >= 6, "{names:?}");
    names
}

#[test]
fn the_server_takes_every_manifest_strictly_and_refuses_a_misspelt_key() {
    let what = "the manifests on an API server";
    let Some(mut machine) = machine_for(what, "test-gateway", &[], &[]) else {
        return;
    };
    let misspelt = machine.path("misspelt.yaml");
    let server = ApiServer::start(&mut machine, &["gateway", "istio"]);
    for namespace in ["istio-ingress", "shop"] {
        server.kubectl(&format!("create namespace {namespace}"));
    }
    let apply = "apply --dry-run=server --validate=strict --filename";
    for path in manifests() {
        server.kubectl(&format!("{apply} {path}"));

        let text = read(&path);
        let (right, wrong) = ("\nspec:\n", "\nspec:\n  failPolicy: FAIL_RELOAD\n");
        assert!(text.contains(right), "{path}");
        fs::write(&misspelt, text.replace(right, wrong)).unwrap();
        let refused = server.try_kubectl(&format!("{apply} {}", misspelt.display()));
        assert!(!refused.status.success(), "{path}");
        let error = String::from_utf8(refused.stderr).unwrap();
        assert!(
            error.contains("unknown field \"spec.failPolicy\""),
            "{error}"
        );
    }
}
