//! The contract, section 9: with the admission policy, the API server refuses a typo and says where,
//! and takes all else.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};
use support::{machine::PATIENCE, project::file, typos::typos, within, yaml};

use crate::cluster::{Cluster, machine_for};

const POLICY: &str = "envoy/kubernetes/admission-policy.yaml";
const IMAGE: &str = "oci://registry.example.com/maintenance-mode:1";

/// Objects of each kind with a configuration, and its path.
fn objects(configuration: &Value) -> [(Value, &'static str); 4] {
    let image = |url: &str| json!({"type": "Image", "image": {"url": url}});
    let other =
        json!({"name": "other", "code": image("example.com/other:1"), "config": {"mdoe": 1}});
    let own = json!({
        "name": "own",
        "code": image("example.com/maintenance-mode@sha256:0"),
        "config": configuration,
    });
    let module = json!({"name": "maintenance-mode", "filterName": "maintenance_mode", "config": configuration});
    [
        (wasm_plugin(IMAGE, configuration), "spec.pluginConfig"),
        (
            object(
                "extensions.istio.io/v1alpha1",
                "TrafficExtension",
                json!({"wasm": {"url": IMAGE, "pluginConfig": configuration}}),
            ),
            "spec.wasm.pluginConfig",
        ),
        (
            extension_policy(json!({"wasm": [other, own]})),
            "spec.wasm[1].config",
        ),
        (
            extension_policy(json!({"dynamicModule": [module]})),
            "spec.dynamicModule[0].config",
        ),
    ]
}

fn object(version: &str, kind: &str, spec: Value) -> Value {
    json!({
        "apiVersion": version,
        "kind": kind,
        "metadata": {"name": "tried", "namespace": "shop"},
        "spec": spec,
    })
}

fn wasm_plugin(url: &str, configuration: &Value) -> Value {
    let spec = json!({"url": url, "pluginConfig": configuration});
    object("extensions.istio.io/v1alpha1", "WasmPlugin", spec)
}

fn extension_policy(mut spec: Value) -> Value {
    spec["targetRefs"] =
        json!([{"group": "gateway.networking.k8s.io", "kind": "Gateway", "name": "eg"}]);
    object(
        "gateway.envoyproxy.io/v1alpha1",
        "EnvoyExtensionPolicy",
        spec,
    )
}

/// What the server says of each object of a file, without keeping it: nothing where it takes it.
fn refusals(cluster: &Cluster, objects: &[Value]) -> Vec<String> {
    let mut said = Vec::new();
    let directory = cluster.machine().path("tried");
    fs::create_dir_all(&directory).unwrap();
    for (number, object) in objects.iter().enumerate() {
        let mut object = object.clone();
        object["metadata"]["name"] = json!(format!("tried-{number}"));
        fs::write(directory.join(format!("{number}.json")), object.to_string()).unwrap();
    }
    let created = cluster.server.try_kubectl(&format!(
        "create --dry-run=server --filename {}",
        directory.display()
    ));
    fs::remove_dir_all(&directory).unwrap();
    let (out, errors) = (
        String::from_utf8(created.stdout).unwrap(),
        String::from_utf8(created.stderr).unwrap(),
    );
    for number in 0..objects.len() {
        let name = format!("tried-{number}");
        let is_taken = out
            .lines()
            .any(|line| line.contains(&format!("/{name} created")));
        let refusal = errors.lines().find(|line| {
            line.contains(&format!("\"{name}\" is ")) || line.contains(&format!("/{number}.json"))
        });
        match (is_taken, refusal) {
            (true, None) => said.push(String::new()),
            (false, Some(refusal)) => said.push(refusal.to_owned()),
            _ => panic!("nothing is said of {name}: {out}\n{errors}"),
        }
    }
    said
}

/// A cluster with the policy, once it is obeyed.
fn guard(cluster: &Cluster) {
    cluster.server.kubectl(&format!(
        "create --validate=strict --filename {}",
        file(POLICY).display()
    ));
    let typo = wasm_plugin(IMAGE, &json!({"mdoe": "on"}));
    within(PATIENCE, "the admission policy", || {
        !refusals(cluster, std::slice::from_ref(&typo))[0].is_empty()
    });
}

#[test]
fn a_typo_is_refused_with_its_path_and_all_else_is_taken() {
    let Some(mut machine) = machine_for("the admission policy on an API server") else {
        return;
    };
    let cluster = Cluster::start(&mut machine);
    guard(&cluster);
    typos_are_refused(&cluster);
    what_is_shipped_is_taken(&cluster);
    others_are_taken(&cluster);
    long_lists_are_taken(&cluster);
}

fn typos_are_refused(cluster: &Cluster) {
    let tried: Vec<(Value, String)> = typos()
        .into_iter()
        .flat_map(|(configuration, path)| {
            objects(&configuration).map(|(object, at)| (object, format!("{at}.{path}")))
        })
        .collect();
    let objects: Vec<Value> = tried.iter().map(|(object, _)| object.clone()).collect();
    for ((object, path), refusal) in tried.iter().zip(refusals(cluster, &objects)) {
        // A key that is missing is told at its object.
        assert!(
            refusal.contains(path),
            "{object} is to be refused at {path}: {refusal:?}"
        );
        assert!(refusal.contains("ValidatingAdmissionPolicy"), "{refusal}");
        assert!(!refusal.contains("is not valid"), "{refusal}");
    }
}

/// The YAML of a file: itself, or what a document shows, with a hash in the place of those that it
/// leaves to its reader.
fn manifests(path: &Path) -> Vec<String> {
    let end = path.extension().and_then(|end| end.to_str());
    let text = || fs::read_to_string(path).unwrap();
    match end {
        Some("yaml") => vec![text()],
        Some("md") => {
            let text = text();
            let shown = text.split("```yaml\n").skip(1);
            shown
                .map(|rest| hashed(rest.split("```").next().unwrap()))
                .collect()
        }
        _ => Vec::new(),
    }
}

fn hashed(text: &str) -> String {
    let mut parts = text.split("<sha256 ");
    let begin = parts.next().unwrap().to_owned();
    parts.fold(begin, |text, part| {
        let (_, rest) = part.split_once('>').unwrap();
        format!("{text}\"{}\"{rest}", "0".repeat(64))
    })
}

fn what_is_shipped_is_taken(cluster: &Cluster) {
    let files = ["envoy", "envoy/istio", "envoy/gateway"].into_iter();
    let files = files.flat_map(|folder| fs::read_dir(file(folder)).unwrap());
    let paths = files.map(|entry| entry.unwrap().path());
    let paths: Vec<PathBuf> = paths.chain([file("README.md")]).collect();
    let texts: Vec<String> = paths.iter().flat_map(|path| manifests(path)).collect();
    let kinds = ["WasmPlugin", "TrafficExtension", "EnvoyExtensionPolicy"];
    let texts = texts.iter().filter(|text| text.contains("apiVersion: "));
    let mut objects: Vec<Value> = texts
        .flat_map(|text| yaml::parse_all(text))
        .filter(|object| kinds.iter().any(|kind| object["kind"] == *kind))
        .collect();
    assert!(objects.len() >= 8, "{}", objects.len());
    for object in &mut objects {
        object["metadata"]["namespace"] = json!("shop");
    }
    for (object, refusal) in objects.iter().zip(refusals(cluster, &objects)) {
        assert!(refusal.is_empty(), "{object} is refused: {refusal}");
    }
}

/// Whatever they are configured with.
fn others_are_taken(cluster: &Cluster) {
    let wrong = json!({"mdoe": "on", "allow": 7});
    let others = [
        "oci://registry.example.com/other:1",
        "oci://registry.example.com/maintenance-mode-extra:1",
        "oci://registry.example.com/maintenance-mode/other:1",
        "oci://registry.example.com/my-maintenance-mode:1",
        "https://example.com/other.wasm?of=/maintenance-mode",
    ];
    let ours = [
        "oci://registry.example.com/maintenance_mode:1",
        "registry.example.com/maintenance-mode",
        "registry.example.com:5000/a/maintenance-mode@sha256:0000000000000000000000000000000000000000000000000000000000000000",
        "registry.example.com/maintenance-mode:1@sha256:0000000000000000000000000000000000000000000000000000000000000000",
        "https://example.com/maintenance_mode.wasm",
        "https://example.com/maintenance-mode.wasm?token=a/b",
        "file:///etc/maintenance_mode.wasm",
    ];
    let plugin = |url: &&str| wasm_plugin(url, &wrong);
    let objects: Vec<Value> = others.iter().chain(&ours).map(plugin).collect();
    let refused: Vec<bool> = refusals(cluster, &objects)
        .iter()
        .map(|it| !it.is_empty())
        .collect();
    let expected: Vec<bool> = others
        .iter()
        .map(|_| false)
        .chain(ours.iter().map(|_| true))
        .collect();
    assert_eq!(refused, expected, "of {others:?} and {ours:?}");
}

/// A configuration with a list of every kind, of 300 entries each.
fn large() -> Value {
    const ENTRIES: usize = 300;
    let each = |entry: &dyn Fn(usize) -> Value| (0..ENTRIES).map(entry).collect::<Value>();
    let address = |at: usize| json!(format!("10.{}.{}.0/24", at / 256, at % 256));
    json!({
        "allow": {
            "client_ips": each(&|at| if at % 2 == 0 { address(at) } else { json!(format!("2001:db8:{at:x}::/48")) }),
            "paths": each(&|at| if at % 2 == 0 { json!(format!("/a/b/c/d/{at}/*")) } else { json!({"prefix": format!("/b/{at}")}) }),
            "hosts": each(&|at| json!(format!("*.shop{at}.example.com"))),
            "methods": each(&|_| json!("PROPFIND")),
            "headers": each(&|at| json!({"name": format!("x-{at}"), "exact": "a long enough value"})),
            "cookies": each(&|at| json!({"name": format!("c{at}"), "present": true})),
            "attributes": each(&|at| json!({"path": ["metadata", "filter_metadata", "a", format!("b{at}")], "exact": "c"})),
        },
        "rules": each(&|at| json!({
            "name": format!("rule {at}"),
            "match": {"hosts": [format!("a{at}.example.com")], "paths": ["/checkout/*", "/pay/*"], "methods": ["GET", "POST"]},
            "action": "on",
            "response": {"status": 503, "message": "Closed for an hour.", "retry_after": "1h"},
        })),
        "windows": each(&|at| json!({
            "name": format!("window {at}"), "schedule": "0 2 * * SUN", "duration": "90m", "time_zone": "Europe/Berlin",
        })),
        "response": {
            "headers": (0..ENTRIES).map(|at| (format!("x-{at}"), json!("a"))).collect::<serde_json::Map<_, _>>(),
            "cors": {"allow_origins": each(&|at| json!(format!("https://a{at}.example.com")))},
        },
        "admin": {"path": "/m", "token_env": "A", "client_ips": each(&address)},
    })
}

fn long_lists_are_taken(cluster: &Cluster) {
    let right = large();
    // Within what is looked at the fault is found, also in a list that is longer.
    let places = [
        ("/allow/client_ips/255", "allow.client_ips[255]"),
        ("/allow/headers/255/exact", "allow.headers[255].exact"),
        ("/rules/255/match/paths/1", "rules[255].match.paths[1]"),
        ("/rules/255/response/status", "rules[255].response.status"),
        ("/windows/255/duration", "windows[255].duration"),
        (
            "/response/cors/allow_origins/255",
            "response.cors.allow_origins[255]",
        ),
    ];
    let beyond = [
        "/allow/client_ips/256",
        "/rules/299/match/paths/1",
        "/windows/299/duration",
    ];
    let with_fault = |place: &str| {
        let mut wrong = right.clone();
        *wrong.pointer_mut(place).unwrap() = json!(-1);
        wasm_plugin(IMAGE, &wrong)
    };
    let mut tried = vec![wasm_plugin(IMAGE, &right)];
    tried.extend(beyond.iter().map(|place| with_fault(place)));
    tried.extend(places.iter().map(|(place, _)| with_fault(place)));
    let said = refusals(cluster, &tried);
    let (taken, refused) = said.split_at(1 + beyond.len());
    assert!(taken.iter().all(String::is_empty), "{taken:?}");
    for ((_, path), refusal) in places.iter().zip(refused) {
        assert!(refusal.contains(path), "{path}: {refusal:?}");
    }
}
