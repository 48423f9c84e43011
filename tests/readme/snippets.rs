//! The YAML and the query of the pages, each in its place: a real Envoy takes it, and
//! Prometheus understands it.

use std::{fs, path::Path, process::Command};

use serde_json::{Value, json};
use support::{
    binary, module,
    pages::{GUIDE, OPERATIONS, PAGES, README},
    programs::{has, not_tested, output},
    project::{file, read},
    yaml,
};
use tempfile::TempDir;

/// What stands for the reader's own hashes.
const HASH: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

/// A block as YAML, with the module and the hashes of this test in the place of the reader's.
fn parsed(block: &str) -> Value {
    let mut text = block.replace(
        "/etc/envoy/maintenance_mode.wasm",
        module().to_str().unwrap(),
    );
    while let Some((before, rest)) = text.split_once("<sha256 ") {
        let (_, after) = rest.split_once('>').unwrap();
        text = format!("{before}{HASH}{after}");
    }
    yaml::parse(&text)
}

/// The sample, whose filter and routes are to be others.
fn sample() -> Value {
    yaml::parse(&read("envoy/envoy.yaml"))
}

/// The connection manager of the sample's first listener.
fn manager(bootstrap: &mut Value) -> &mut Value {
    &mut bootstrap["static_resources"]["listeners"][0]["filter_chains"][0]["filters"][0]["typed_config"]
}

/// Fails unless Envoy takes a bootstrap.
fn assert_taken(directory: &Path, bootstrap: &Value) {
    let path = directory.join("bootstrap.json");
    fs::write(&path, bootstrap.to_string()).unwrap();
    output(
        Command::new(binary("ENVOY", "target/envoy-1.40.0/envoy/_bin/envoy"))
            .args(["--mode", "validate", "--log-level", "error"])
            .args(["--use-dynamic-base-id", "--config-path"])
            .arg(path)
            .env("MAINTENANCE_TOKEN", "a token for the snippets")
            .env(
                "ENVOY_DYNAMIC_MODULES_SEARCH_PATH",
                file("target/dynamic-module"),
            )
            .current_dir(env!("CARGO_MANIFEST_DIR")),
    );
}

#[test]
fn the_filter_is_taken_by_itself_and_by_ecds() {
    let directory = TempDir::new().unwrap();
    let [shortest, _, _] = README.blocks_of("Load it", "yaml");
    let mut bootstrap = sample();
    manager(&mut bootstrap)["http_filters"][0] = parsed(shortest)[0].clone();
    assert_taken(directory.path(), &bootstrap);

    let [filter] = GUIDE.blocks_of("Envoy", "yaml");
    let filter = parsed(filter);
    let mut bootstrap = sample();
    manager(&mut bootstrap)["http_filters"][0] = filter[0].clone();
    assert_taken(directory.path(), &bootstrap);

    let [discovery, resources] = GUIDE.blocks_of("Updates without restart", "yaml");
    let here = |block: &str| block.replace("/etc/envoy/ecds", directory.path().to_str().unwrap());
    let (resources, note) = resources.split_once("typed_config:").unwrap();
    assert!(note.contains("# as above"), "{note}");
    let mut resources = yaml::parse(resources);
    resources["resources"][0]["typed_config"] = filter[0]["typed_config"].clone();
    fs::write(
        directory.path().join("maintenance_mode.yaml"),
        resources.to_string(),
    )
    .unwrap();
    manager(&mut bootstrap)["http_filters"][0] = yaml::parse(&here(discovery))[0].clone();
    bootstrap["node"] = json!({"id": "sample", "cluster": "sample"});
    assert_taken(directory.path(), &bootstrap);
}

#[test]
fn the_dynamic_module_is_taken() {
    let directory = TempDir::new().unwrap();
    let [filter] = GUIDE.blocks_of("As a dynamic module", "yaml");
    let mut bootstrap = sample();
    manager(&mut bootstrap)["http_filters"][0] = parsed(filter)[0].clone();
    assert_taken(directory.path(), &bootstrap);
}

#[test]
fn the_pieces_of_the_recipes_are_taken_where_they_belong() {
    let directory = TempDir::new().unwrap();
    let [route, listener, tls, access_log] = [
        "Force on or off per route",
        "The endpoint on a listener of its own",
        "etcd with client certificates",
        "Alerts that leave planned 503s out",
    ]
    .map(|recipe| {
        let [block] = GUIDE.blocks_of(recipe, "yaml");
        (block, parsed(block))
    });

    let mut bootstrap = sample();
    let manager = manager(&mut bootstrap);
    let routes = &mut manager["route_config"]["virtual_hosts"][0]["routes"];
    routes.as_array_mut().unwrap().insert(0, route.1[0].clone());
    routes[0]["route"]["cluster"] = "upstream".into();
    manager["access_log"] = access_log.1["access_log"].clone();
    let filters = manager["http_filters"].clone();

    assert!(listener.0.contains("# the filter"), "{}", listener.0);
    let mut admin = bootstrap["static_resources"]["listeners"][0].clone();
    admin["name"] = listener.1[0]["name"].clone();
    admin["address"] = listener.1[0]["address"].clone();
    admin["filter_chains"][0]["filters"][0]["typed_config"]["http_filters"] = filters;
    bootstrap["static_resources"]["listeners"]
        .as_array_mut()
        .unwrap()
        .push(admin);

    let names = ["maintenance-mode.crt", "maintenance-mode.key", "ca.crt"];
    certificate(directory.path(), names);
    let here = tls
        .0
        .replace("/etc/envoy/etcd", directory.path().to_str().unwrap());
    let mut cluster = bootstrap["static_resources"]["clusters"][0].clone();
    cluster["name"] = "etcd".into();
    cluster["load_assignment"]["cluster_name"] = "etcd".into();
    cluster["transport_socket"] = yaml::parse(&here)["transport_socket"].clone();
    bootstrap["static_resources"]["clusters"]
        .as_array_mut()
        .unwrap()
        .push(cluster);
    assert_taken(directory.path(), &bootstrap);

    let broken = json!({"no_such_field": 1});
    bootstrap["static_resources"]["clusters"][1]["transport_socket"] = broken;
    let refused = std::panic::catch_unwind(|| assert_taken(directory.path(), &bootstrap));
    assert!(refused.is_err());
}

/// A certificate, its key, and its authority, which is the same.
fn certificate(directory: &Path, [certificate, key, authority]: [&str; 3]) {
    output(
        Command::new("openssl")
            .args(["req", "-x509", "-newkey", "ec", "-nodes", "-days", "2"])
            .args(["-pkeyopt", "ec_paramgen_curve:P-256"])
            .args(["-subj", "/CN=test", "-keyout", key, "-out", certificate])
            .current_dir(directory),
    );
    fs::copy(directory.join(certificate), directory.join(authority)).unwrap();
}

#[test]
fn the_manifests_pass_the_check() {
    let directory = TempDir::new().unwrap();
    let [_, istio, gateway] = README.blocks_of("Load it", "yaml");
    let [of_istio] = GUIDE.blocks_of("Istio", "yaml");
    let [of_gateway] = GUIDE.blocks_of("Envoy Gateway", "yaml");
    for manifest in [istio, gateway, of_istio, of_gateway] {
        let path = directory.path().join("manifest.json");
        fs::write(&path, parsed(manifest).to_string()).unwrap();
        let checked = Command::new(env!("CARGO_BIN_EXE_maintenancectl"))
            .arg("check")
            .arg(&path)
            .output()
            .unwrap();
        assert!(checked.status.success(), "{manifest}: {checked:?}");
    }
}

#[test]
fn prometheus_understands_the_query() {
    if !has("promtool") {
        not_tested("the query of the guide, because promtool is not here");
        return;
    }
    let [query] = GUIDE.blocks_of("Alerts that leave planned 503s out", "promql");
    let rules = json!({"groups": [{"name": "readme", "rules": [{"alert": "A", "expr": query}]}]});
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("rules.json");
    fs::write(&path, rules.to_string()).unwrap();
    output(Command::new("promtool").args(["check", "rules"]).arg(path));
}

/// `tests/surroundings` takes those of the runbook, and `tests/schema` that of a configuration alone.
#[test]
fn no_other_snippet_is_shown() {
    let tested = [
        (README, "Load it"),
        (GUIDE, "As a dynamic module"),
        (GUIDE, "Envoy"),
        (GUIDE, "Envoy Gateway"),
        (GUIDE, "Istio"),
        (GUIDE, "Stats, Prometheus and Grafana"),
        (GUIDE, "Updates without restart"),
        (GUIDE, "Force on or off per route"),
        (GUIDE, "The endpoint on a listener of its own"),
        (GUIDE, "etcd with client certificates"),
        (GUIDE, "Alerts that leave planned 503s out"),
        (GUIDE, "Editors that know the keys"),
    ];
    for page in PAGES.into_iter().filter(|page| *page != OPERATIONS) {
        for block in page.blocks() {
            let is_snippet = ["yaml", "promql"].contains(&block.language);
            let is_tested = tested.contains(&(page, block.heading));
            assert!(!is_snippet || is_tested, "{}: {block:?}", page.path);
        }
    }
}
