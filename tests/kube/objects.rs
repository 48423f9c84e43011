//! What else is in an object stays, and what is wrong there is told.

use serde_json::{Value, json};

use crate::cluster::{Cluster, KEY, machine_for};

#[test]
fn what_others_have_in_an_object_stays() {
    let Some(mut machine) = machine_for("objects with more in them") else {
        return;
    };
    let cluster = Cluster::start(&mut machine);
    other_windows_stay(&cluster);
    a_configuration_that_is_not_there_is_made(&cluster);
    plugins_of_other_makers_stay(&cluster);
    several_filters_of_ours_are_named(&cluster);
    older_faults_are_warned_of(&cluster);
    no_key_is_shown(&cluster);
}

fn other_windows_stay(cluster: &Cluster) {
    let night = json!({"name": "night", "schedule": "0 2 * * SUN", "duration": "90m"});
    let past = json!({"end": "2026-01-01T00:00:00Z"});
    let object = cluster.plugin("windows", &json!({"windows": [night, past], "mode": true}));
    let configuration = || cluster.configuration(&object);
    cluster.ctl(&format!("on {object} --for 1h")).good();
    let during = configuration();
    assert_eq!(
        (&during["windows"][0], &during["windows"][1]),
        (&night, &past)
    );
    assert_eq!(during["windows"][2]["name"], "maintenancectl");
    assert_eq!(during["mode"], "auto");
    cluster.ctl(&format!("off {object}")).good();
    assert_eq!(
        configuration(),
        json!({"windows": [night, past], "mode": "off"})
    );
}

/// As in a manifest that says nothing but where the module is.
fn a_configuration_that_is_not_there_is_made(cluster: &Cluster) {
    let wasm = json!({
        "url": "oci://registry.example.com/maintenance-mode:1",
    });
    cluster.create(&json!({
        "apiVersion": "extensions.istio.io/v1alpha1",
        "kind": "TrafficExtension",
        "metadata": {"name": "bare", "namespace": "shop"},
        "spec": {"wasm": wasm},
    }));
    let object = "--kube trafficextension/bare -n shop";
    cluster.ctl(&format!("on {object}")).good();
    let spec = &cluster.object(object)["spec"];
    assert_eq!(spec["wasm"]["pluginConfig"], json!({"mode": "on"}));
}

/// An entry of `spec.wasm`.
fn wasm(name: &str, module: &str, config: &Value) -> Value {
    let url = format!("registry.example.com/{module}:1");
    json!({
        "name": name,
        "code": {"type": "Image", "image": {"url": url}},
        "config": config,
        "failOpen": false,
    })
}

fn plugins_of_other_makers_stay(cluster: &Cluster) {
    let theirs = wasm("theirs", "theirs", &json!({"mode": "x", "windows": []}));
    let ours = |config: &Value| wasm("ours", "maintenance-mode", config);
    let module = json!({"name": "another", "config": {"mode": 1}, "terminalFilter": false});
    let spec = json!({"wasm": [theirs, ours(&json!({"mode": "off"}))], "dynamicModule": [module]});
    let object = cluster.policy("shared", spec);
    cluster.ctl(&format!("on {object}")).good();
    let spec = &cluster.object(&object)["spec"];
    assert_eq!(spec["wasm"], json!([theirs, ours(&json!({"mode": "on"}))]));
    assert_eq!(spec["dynamicModule"], json!([module]));

    let without = cluster.policy(
        "maintenance-but-theirs",
        json!({"wasm": [theirs, wasm("b", "b", &json!({}))]}),
    );
    cluster
        .ctl(&format!("on {without}"))
        .failed(1, "no filter of ours");
}

fn several_filters_of_ours_are_named(cluster: &Cluster) {
    let spec = json!({
        "wasm": [
            wasm("one", "maintenance-mode", &json!({"scope": "a"})),
            wasm("two", "maintenance-mode", &json!({"scope": "b"})),
        ],
        "dynamicModule": [{"name": "three", "filterName": "maintenance_mode"}],
    });
    let object = cluster.policy("several", spec);
    let before = cluster.version(&object);
    for command in ["on", "status", "reset --dry-run"] {
        let refused = cluster.ctl(&format!("{command} {object}"));
        refused.failed(
            1,
            "spec.wasm[0] (one), spec.wasm[1] (two), spec.dynamicModule[0] (three)",
        );
    }
    assert_eq!(cluster.version(&object), before);
}

fn older_faults_are_warned_of(cluster: &Cluster) {
    let wrong =
        json!({"allow": {"ips": []}, "windows": [{"name": "x"}, {"name": "maintenancectl"}]});
    let object = cluster.plugin("wrong", &wrong);
    let status = cluster.ctl(&format!("status {object} --json"));
    assert_eq!(status.code, Some(1), "{status:?}");
    assert_eq!(status.json()["maintenance"], Value::Null);
    for command in ["on --for 1h", "on", "off", "reset"] {
        let told = cluster.ctl(&format!("{command} {object}")).good();
        assert!(
            told.stderr.contains("warning: allow.ips: unknown field"),
            "{told:?}"
        );
        assert!(
            told.stderr.contains("warning: windows[0]: expected"),
            "{told:?}"
        );
        assert!(!told.stderr.contains("windows[1]"), "{told:?}");
    }
    let left = json!({"allow": {"ips": []}, "windows": [{"name": "x"}], "mode": "auto"});
    assert_eq!(cluster.configuration(&object), left);
    let list = cluster.plugin("no-list", &json!({"windows": "x"}));
    cluster
        .ctl(&format!("on {list} --for 1"))
        .failed(1, "windows: expected a list");
    cluster.ctl(&format!("on {list}")).good();
}

/// The outcome of each run is looked at for it.
fn no_key_is_shown(cluster: &Cluster) {
    for (name, bypass) in [
        ("right", json!({"key": KEY})),
        ("nested", json!({"key": {"value": KEY}})),
        ("misplaced", json!(KEY)),
    ] {
        let object = cluster.plugin(name, &json!({"bypass": bypass}));
        for command in [
            "status --json",
            "on --dry-run",
            "on",
            "on --for 1h --json",
            "off --json",
            "reset",
            "run --drain 0 --",
        ] {
            let (verb, options) = command.split_once(' ').unwrap_or((command, ""));
            let options = options.replace("--drain 0 --", "--drain 0 -- true");
            cluster.ctl(&format!("{verb} {object} {options}"));
        }
        assert_eq!(cluster.configuration(&object)["bypass"], bypass);
    }
    let refused = cluster.ctl("status --kube wasmplugin/misplaced -n shop");
    assert!(
        refused
            .stderr
            .contains("bypass: invalid type: string \"…\""),
        "{refused:?}"
    );
}
