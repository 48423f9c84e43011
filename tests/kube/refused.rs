//! What cannot be done is told, and nothing is written.

use serde_json::json;
use support::api_server::VIEWER;

use crate::cluster::{Cluster, machine_for, outcome};

#[test]
fn what_fails_is_told_on_one_line_and_nothing_is_written() {
    let Some(mut machine) = machine_for("what the command line cannot do in a cluster") else {
        return;
    };
    let cluster = Cluster::start(&mut machine);
    let object = cluster.plugin("maintenance-mode", &json!({"scope": "a"}));
    let before = cluster.version(&object);

    let missing = "on --kube wasmplugin/none -n shop";
    cluster
        .ctl(missing)
        .failed(1, "wasmplugins.extensions.istio.io \"none\" not found");
    let context = format!("on {object} --context none");
    cluster
        .ctl(&context)
        .failed(1, "context \"none\" does not exist");
    for (wrong, why) in [
        (
            "--until 2001-01-01T00:00:00Z",
            "the end, 2001-01-01T00:00:00Z, is past",
        ),
        (
            "--start 2126-01-02T00:00:00Z --until 2126-01-01T00:00:00Z",
            "windows[0]: the end, 2126-01-01T00:00:00Z, is not after the start, 2126-01-02T00:00:00Z",
        ),
        ("--for 0", "is not after the start"),
        ("--for 9999999d", "past the year 9999"),
    ] {
        cluster.ctl(&format!("on {object} {wrong}")).failed(1, why);
        cluster
            .ctl(&format!("run {object} {wrong} -- echo ran"))
            .failed(125, why);
    }
    for (wrong, why) in [
        ("on --hold 20s", "response.hold_seconds"),
        ("on --retry-after 60", "response.retry_after"),
        ("off --ramp 10m", "--url"),
    ] {
        cluster.ctl(&format!("{wrong} {object}")).failed(2, why);
    }
    cluster
        .ctl(&format!("run --hold 1s {object} -- echo ran"))
        .failed(2, "response.hold_seconds");
    no_kubectl(&cluster, &object);
    no_permission(&cluster, &object);
    assert_eq!(cluster.version(&object), before);
}

fn no_kubectl(cluster: &Cluster, object: &str) {
    let without = |command: &str| {
        let script = format!(
            "program=$(command -v maintenancectl)\nPATH=/nowhere\n\"$program\" {command} {object}"
        );
        outcome(cluster.machine().try_shell(&script))
    };
    without("status").failed(1, "no kubectl in PATH");
    without("on").failed(1, "no kubectl in PATH");
}

/// Who may see an object may not change it.
fn no_permission(cluster: &Cluster, object: &str) {
    let as_viewer = |command: &str| cluster.ctl(&format!("{command} {object} --context {VIEWER}"));
    as_viewer("status").failed(1, "cannot get resource \"wasmplugins\"");
    cluster.server.kubectl(
        "-n shop create role viewer --verb get --resource wasmplugins.extensions.istio.io",
    );
    cluster.server.kubectl(&format!(
        "-n shop create rolebinding viewer --role viewer --user {VIEWER}"
    ));
    as_viewer("status").good();
    as_viewer("on --dry-run").good();
    as_viewer("on").failed(1, "cannot patch resource \"wasmplugins\"");
    let refused = cluster.ctl(&format!("run {object} --context {VIEWER} -- echo ran"));
    refused.failed(125, "cannot patch resource");
}
