//! The stats, as the guide shows them: by curl, in Prometheus, and in the files that Grafana is given.

use std::{fs, path::Path, process::Command};

use serde_json::{Value, json};
use support::{
    machine::{Machine, PATIENCE, machine},
    pages::GUIDE,
    programs::{has, not_tested, output},
    project::{file, read},
    within, yaml,
};

use crate::typing::commands;

/// The commands under the heading: those that print the stats, and those of the profile `observe`.
pub fn blocks() -> [Vec<String>; 2] {
    let blocks: [&str; 2] = GUIDE.blocks_of("Stats, Prometheus and Grafana", "sh");
    blocks.map(commands)
}

/// Types what prints the stats, after the lines that `make run` says to type.
pub fn show_one_blocked_and_one_allowed(machine: &Machine) {
    let [print, _] = blocks();
    let [text, series] = print.try_into().unwrap();
    for (command, lines) in [
        (
            text,
            [
                ".maintenance_mode.default.blocked: 1",
                ".maintenance_mode.default.allowed.path: 1",
            ],
        ),
        (
            series,
            [
                "maintenance_mode_blocked{maintenance_scope=\"default\"} 1",
                "maintenance_mode_allowed{maintenance_scope=\"default\",maintenance_reason=\"path\"} 1",
            ],
        ),
    ] {
        let printed = machine.shell(&command);
        for line in lines {
            assert!(printed.contains(line), "{line} is not in {printed}");
        }
    }
}

/// The instances of Envoy that Prometheus at its usual port has state of.
fn instances(machine: &Machine) -> Vec<String> {
    let query = "http://localhost:9090/api/v1/query?query=maintenance_mode_active";
    let answer = machine
        .try_shell(&format!("curl --silent '{query}'"))
        .stdout;
    let answer: Value = serde_json::from_slice(&answer).unwrap_or_default();
    let series = answer["data"]["result"].as_array().into_iter().flatten();
    let named = series.map(|series| series["metric"]["instance"].as_str().unwrap().to_owned());
    let mut names: Vec<String> = named.collect();
    names.sort();
    names
}

/// Waits until Prometheus has read the stats of these Envoys, and of no others.
pub fn wait_for_prometheus(machine: &Machine, envoys: &[&str]) {
    within(PATIENCE, "the Envoys in Prometheus", || {
        instances(machine) == envoys
    });
}

#[test]
fn a_prometheus_with_the_entry_of_the_guide_reads_the_stats() {
    let Some(machine) = machine("the entry for Prometheus", &["prometheus"]) else {
        return;
    };
    machine.enter();
    let mut sample = machine.spawn("make-run", "make run");
    sample.wait_for("Ctrl-C");
    let [entry] = GUIDE.blocks_of("Stats, Prometheus and Grafana", "yaml");
    let configuration =
        json!({"scrape_configs": yaml::parse(entry), "global": {"scrape_interval": "1s"}});
    fs::write(machine.path("prometheus.json"), configuration.to_string()).unwrap();
    let prometheus = machine.spawn(
        "prometheus",
        &format!(
            "exec prometheus --config.file={0}.json --storage.tsdb.path={0}.data",
            machine.path("prometheus").display()
        ),
    );
    wait_for_prometheus(&machine, &["localhost:9901"]);
    prometheus.interrupt();
    sample.interrupt();
}

#[test]
fn promtool_takes_the_configuration_of_the_profile() {
    if has("promtool") {
        output(
            Command::new("promtool")
                .args(["check", "config"])
                .arg(file("envoy/prometheus.yaml")),
        );
    } else {
        not_tested("envoy/prometheus.yaml, because promtool is not here");
    }
}

/// Where a container has what of `envoy/`.
fn mounts(service: &Value) -> Vec<(String, String)> {
    let volumes = service["volumes"].as_array().unwrap().iter();
    let mounts = volumes.map(|volume| {
        let [source, target, "ro"] = volume.as_str().unwrap().split(':').collect::<Vec<_>>()[..]
        else {
            panic!("{volume}");
        };
        (format!("envoy/{source}"), target.to_owned())
    });
    mounts.collect()
}

/// Grafana itself is started by nobody here: what it is given fits together, and to Prometheus.
#[test]
fn grafana_is_given_the_dashboard_and_the_prometheus_of_the_profile() {
    for name in ["compose", "fleet"] {
        let services = &yaml::parse(&read(&format!("envoy/{name}.yaml")))["services"];
        for service in ["prometheus", "grafana"] {
            let extends = json!({"file": "observe.yaml", "service": service});
            assert_eq!(services[service]["extends"], extends, "{name}");
            assert_eq!(services[service]["profiles"], json!(["observe"]), "{name}");
        }
    }
    let observe = &yaml::parse(&read("envoy/observe.yaml"))["services"];
    let given = |target: &str| {
        let mounts = mounts(&observe["grafana"]);
        let found = mounts.iter().find(|(_, place)| place.starts_with(target));
        let (source, place) = found.unwrap_or_else(|| panic!("nothing is at {target}"));
        (read(source), place.clone())
    };

    // Grafana reads each file of these folders that ends so.
    let provisioned = |kind: &str| {
        let (text, place) = given(&format!("/etc/grafana/provisioning/{kind}/"));
        assert!(place.ends_with(".yaml"), "{place}");
        let document = yaml::parse(&text);
        assert_eq!(document["apiVersion"], 1);
        document
    };
    let source = provisioned("datasources")["datasources"][0].clone();
    assert_eq!(source["url"], "http://prometheus:9090");
    assert_eq!(source["isDefault"], true);
    assert_eq!(
        observe["prometheus"]["ports"],
        json!(["127.0.0.1:9090:9090"])
    );
    let prometheus = yaml::parse(&read("envoy/prometheus.yaml"));
    let interval = &prometheus["global"]["scrape_interval"];
    assert_eq!(source["jsonData"]["timeInterval"], *interval);

    let provider = provisioned("dashboards")["providers"][0].clone();
    assert_eq!(provider["type"], "file");
    let folder = provider["options"]["path"].as_str().unwrap();
    let (dashboard, place) = given(folder);
    assert_eq!(Path::new(&place).parent(), Some(Path::new(folder)));
    let home = &observe["grafana"]["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"];
    assert_eq!(*home, place);
    let dashboard: Value = serde_json::from_str(&dashboard).unwrap();
    let choices = dashboard["templating"]["list"].as_array().unwrap();
    let choice = choices.iter().find(|choice| choice["type"] == "datasource");
    assert_eq!(choice.unwrap()["query"], source["type"]);
}
