//! Somebody else changes the object between what is read and what is written.

use serde_json::{Value, json};
use support::project::file;

use crate::cluster::{Cluster, machine_for};

/// A kubectl that does something else before it patches what it is told, unless it has done so
/// `times`.
fn disturb(cluster: &Cluster, times: usize, disturbance: &str) {
    let (machine, kubectl) = (cluster.machine(), file("target/go/bin/kubectl"));
    let (done, kubectl) = (machine.path("done"), kubectl.display());
    machine.shell(&format!("rm -f {}", done.display()));
    machine.install(
        "kubectl",
        &format!(
            "#!/bin/sh\n\
             if [ \"$1\" = patch ] && [ \"$(cat {done} 2>/dev/null | wc -l)\" -lt {times} ]; then\n\
             echo done >> {done}\n\
             {kubectl} -n shop {disturbance} >/dev/null || exit 9\n\
             fi\n\
             exec {kubectl} \"$@\"\n",
            done = done.display(),
        ),
    );
}

fn undisturbed(cluster: &Cluster) {
    disturb(cluster, 0, "");
}

#[test]
fn a_lost_race_is_run_again_and_nobody_loses_what_they_wrote() {
    let Some(mut machine) = machine_for("races for an object") else {
        return;
    };
    let cluster = Cluster::start(&mut machine);
    let night = json!({"name": "night", "start": "2126-01-01T00:00:00Z"});
    let object = cluster.plugin(
        "maintenance-mode",
        &json!({"windows": [night], "mode": "auto"}),
    );
    let change =
        |patch: &Value| format!("patch wasmplugin maintenance-mode --type json -p '{patch}'");

    let early = json!({"name": "early", "start": "2125-01-01T00:00:00Z"});
    let path = "/spec/pluginConfig/windows/0";
    disturb(
        &cluster,
        1,
        &change(&json!([{"op": "add", "path": path, "value": early}])),
    );
    cluster.ctl(&format!("on {object} --for 1h")).good();
    let windows = &cluster.configuration(&object)["windows"];
    assert_eq!(windows[0], early);
    assert_eq!(windows[1], night);
    assert_eq!(windows[2]["name"], "maintenancectl");

    disturb(
        &cluster,
        1,
        &change(&json!([{"op": "remove", "path": path}])),
    );
    cluster.ctl(&format!("off {object}")).good();
    assert_eq!(
        cluster.configuration(&object),
        json!({"windows": [night], "mode": "off"})
    );

    let anything = "annotate wasmplugin maintenance-mode --overwrite \"at=$(date +%N)\"";
    disturb(&cluster, 3, anything);
    cluster.ctl(&format!("reset {object}")).good();
    assert_eq!(cluster.configuration(&object)["mode"], "auto");

    disturb(&cluster, 1000, anything);
    cluster
        .ctl(&format!("on {object}"))
        .failed(1, "somebody else changes it all the time");
    cluster
        .ctl(&format!("run {object} -- echo ran"))
        .failed(125, "all the time");
    undisturbed(&cluster);
    assert_eq!(cluster.configuration(&object)["mode"], "auto");

    disturb(&cluster, 1, "delete wasmplugin maintenance-mode");
    cluster.ctl(&format!("on {object}")).failed(1, "not found");
}

/// A kubectl that a signal ends is no answer, as at a second Ctrl-C.
#[test]
fn a_kubectl_that_is_interrupted_is_run_again() {
    let Some(mut machine) = machine_for("a kubectl that is interrupted") else {
        return;
    };
    let cluster = Cluster::start(&mut machine);
    let object = cluster.plugin("maintenance-mode", &json!({}));
    let kubectl = file("target/go/bin/kubectl");
    let done = cluster.machine().path("done");
    cluster.machine().install(
        "kubectl",
        &format!(
            "#!/bin/sh\n[ -e {done} ] || {{ echo > {done}; kill -INT $$; }}\nexec {kubectl} \"$@\"\n",
            done = done.display(),
            kubectl = kubectl.display()
        ),
    );
    cluster.ctl(&format!("on {object}")).good();
    assert!(done.exists());
    undisturbed(&cluster);
    assert_eq!(cluster.configuration(&object), json!({"mode": "on"}));
}
