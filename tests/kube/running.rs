//! `run`: on while a command runs, and what was is put back.

use std::{
    fs,
    time::{Duration, Instant},
};

use serde_json::json;
use support::eventually;

use crate::cluster::{Cluster, machine_for};

#[test]
fn maintenance_lasts_as_long_as_a_command() {
    let Some(mut machine) = machine_for("a command in the maintenance of a cluster") else {
        return;
    };
    let cluster = Cluster::start(&mut machine);
    what_was_is_put_back(&cluster);
    proxies_get_time_to_obey(&cluster);
    what_somebody_else_has_set_stays(&cluster);
    an_interrupted_command_is_followed_by_what_was(&cluster);
}

fn what_was_is_put_back(cluster: &Cluster) {
    let ours = json!({"name": "maintenancectl", "start": "2126-01-01T00:00:00Z"});
    let night = json!({"name": "night", "start": "2126-01-01T00:00:00Z"});
    for (name, before) in [
        ("nothing", json!({})),
        ("off", json!({"mode": "off", "scope": "a"})),
        ("planned", json!({"mode": "auto", "windows": [ours, night]})),
        ("on", json!({"mode": "on"})),
    ] {
        let object = cluster.plugin(name, &before);
        for (options, code, by) in [("", 7, "mode"), ("--message migration", 0, "window")] {
            let script = format!("maintenancectl status {object} --json; exit {code}");
            let outcome = cluster.ctl(&format!(
                "run {object} --drain 0 {options} -- sh -c '{script}'"
            ));
            assert_eq!(outcome.code, Some(code), "{outcome:?}");
            let during = outcome.json();
            assert_eq!(
                (&during["maintenance"], &during["decided_by"]),
                (&json!(true), &json!(by))
            );
            assert_eq!(cluster.configuration(&object), before, "{name} {options}");
        }
    }
    let object = "--kube wasmplugin/off -n shop";
    let version = cluster.version(object);
    cluster
        .ctl(&format!("run {object} -- no-such-program"))
        .failed(127, "no-such-program");
    assert_eq!(cluster.version(object), version, "nothing was switched");
}

fn proxies_get_time_to_obey(cluster: &Cluster) {
    let object = cluster.plugin("drained", &json!({}));
    let began = Instant::now();
    cluster.ctl(&format!("run {object} -- true")).good();
    assert!(began.elapsed() > Duration::from_secs(5));
}

fn what_somebody_else_has_set_stays(cluster: &Cluster) {
    let object = cluster.plugin("foreign", &json!({}));
    for (options, command, left) in [
        ("", "off", json!({"mode": "off"})),
        ("--for 1h", "on", json!({"mode": "on"})),
    ] {
        let script = format!("maintenancectl {command} {object} >/dev/null 2>&1");
        let outcome = cluster.ctl(&format!(
            "run {object} --drain 0 {options} -- sh -c '{script}'"
        ));
        outcome.failed(4, "somebody else has changed it");
        assert_eq!(cluster.configuration(&object), left);
    }
    cluster.ctl(&format!("reset {object}")).good();

    let patch = json!([{"op": "add", "path": "/spec/pluginConfig/scope", "value": "b"}]);
    let script = format!(
        "kubectl -n shop patch wasmplugin foreign --type json -p \"{}\" >/dev/null",
        patch.to_string().replace('"', "\\\"")
    );
    cluster
        .ctl(&format!("run {object} --drain 0 -- sh -c '{script}'"))
        .good();
    let left = json!({"mode": "auto", "scope": "b"});
    assert_eq!(
        cluster.configuration(&object),
        left,
        "what is beside it is not ours to judge"
    );

    let script = "kubectl -n shop delete wasmplugin foreign >/dev/null";
    let outcome = cluster.ctl(&format!("run {object} --drain 0 -- {script}"));
    assert_eq!(outcome.code, Some(125), "{outcome:?}");
}

fn an_interrupted_command_is_followed_by_what_was(cluster: &Cluster) {
    let before = json!({"mode": "off"});
    let object = cluster.plugin("interrupted", &before);
    let machine = cluster.machine();
    let [started, code] = ["started", "code"].map(|name| machine.path(name));
    let running = machine.spawn(
        "run.log",
        &format!(
            "trap : INT\n\
             maintenancectl run {object} --drain 0 --message long -- \
             sh -c 'echo > {}; exec sleep 600' || echo $? > {}",
            started.display(),
            code.display(),
        ),
    );
    eventually("the command", || started.exists());
    assert_eq!(cluster.configuration(&object)["mode"], "auto");
    running.interrupt();
    assert_eq!(fs::read_to_string(code).unwrap(), "130\n");
    assert_eq!(cluster.configuration(&object), before);
}
