//! `kubectl maintenance`.

use std::os::unix::fs::symlink;

use serde_json::json;

use crate::cluster::{Cluster, machine_for, outcome};

#[test]
fn kubectl_runs_it_as_a_plugin_that_names_itself_so() {
    let Some(mut machine) = machine_for("the plugin of kubectl") else {
        return;
    };
    let cluster = Cluster::start(&mut machine);
    let machine = cluster.machine();
    let program = machine.shell("command -v maintenancectl");
    symlink(program.trim(), machine.path("bin/kubectl-maintenance")).unwrap();
    let kubectl = |arguments: &str| {
        outcome(machine.try_shell(&format!("exec kubectl maintenance {arguments}")))
    };
    let object = cluster.plugin("maintenance-mode", &json!({"mode": "auto"}));
    kubectl(&format!("on {object}")).good();
    assert_eq!(cluster.configuration(&object), json!({"mode": "on"}));
    kubectl(&format!("reset {object}")).good();
    let status = kubectl(&format!("status {object} --json")).good();
    assert_eq!(status.json()["maintenance"], false);
    let run = kubectl(&format!("run {object} --drain 0 -- sh -c 'exit 3'"));
    assert_eq!(run.code, Some(3), "{run:?}");

    for command in ["", "status ", "on ", "off ", "reset ", "run "] {
        let help = kubectl(&format!("{command}--help")).good();
        let usage = format!("Usage: kubectl maintenance {command}");
        assert!(help.stdout.contains(&usage), "{help:?}");
        assert!(help.stdout.contains("  kubectl maintenance "), "{help:?}");
        assert!(!help.stdout.contains("  maintenancectl "), "{help:?}");
    }
    let wrong = kubectl("on");
    assert_eq!(wrong.code, Some(2), "{wrong:?}");
    assert!(
        wrong.stderr.contains("Usage: kubectl maintenance on"),
        "{wrong:?}"
    );
}
