//! Every manifest, of the samples and of `envoy/operations.md`, is one that the API server takes,
//! word by word.

use std::fs;

use support::{
    api_server::{ApiServer, machine_for},
    pages::OPERATIONS,
    project::{file, read},
};

/// The paths of all samples.
fn samples() -> Vec<String> {
    let folders = ["envoy/istio", "envoy/gateway"];
    let names = folders.into_iter().flat_map(|folder| {
        let entries = fs::read_dir(file(folder)).unwrap();
        entries.map(move |entry| {
            let name = entry.unwrap().file_name().into_string().unwrap();
            format!("{folder}/{name}")
        })
    });
    names.collect()
}

/// The texts of all manifests.
fn manifests() -> Vec<String> {
    let samples: Vec<String> = samples().iter().map(|path| read(path)).collect();
    let blocks = OPERATIONS
        .blocks()
        .into_iter()
        .map(|block| block.text.to_owned());
    let of_guide: Vec<String> = blocks
        .filter(|text| text.contains("\napiVersion: "))
        .collect();
    assert!(samples.len() >= 6 && of_guide.len() >= 11);
    [samples, of_guide].concat()
}

#[test]
fn the_server_takes_every_manifest_strictly_and_refuses_a_misspelt_key() {
    let what = "the manifests on an API server";
    let Some(mut machine) = machine_for(what, "test-gateway", &[], &[]) else {
        return;
    };
    let path = machine.path("manifest.yaml");
    let server = ApiServer::start(&mut machine, &["gateway", "istio"]);
    for namespace in ["infra", "istio-ingress", "istio-system", "shop"] {
        server.kubectl(&format!("create namespace {namespace}"));
    }
    let apply = format!(
        "apply --dry-run=server --validate=strict --filename {}",
        path.display()
    );
    for text in manifests() {
        fs::write(&path, &text).unwrap();
        server.kubectl(&apply);

        let (right, wrong) = ("\nspec:\n", "\nspec:\n  failPolicy: FAIL_RELOAD\n");
        assert!(text.contains(right), "{text}");
        fs::write(&path, text.replace(right, wrong)).unwrap();
        let refused = server.try_kubectl(&apply);
        assert!(!refused.status.success(), "{text}");
        let error = String::from_utf8(refused.stderr).unwrap();
        assert!(
            error.contains("unknown field \"spec.failPolicy\""),
            "{error}"
        );
    }
}
