//! Docker Compose as the pages show it, on a real engine.

use support::{
    machine::{Machine, PATIENCE},
    pages::GUIDE,
    programs::{has, not_tested},
    project::read,
    within,
};

use crate::{
    engine, fleet, images, stats, try_it,
    typing::{Typing, commands},
};

const ENVOY: &str = "envoyproxy/envoy:v1.40.0";
const ETCD: &str = "quay.io/coreos/etcd:v3.5.16";
const PROMETHEUS: &str = "prom/prometheus:v3.5.0";

#[test]
fn one_envoy_and_a_fleet_are_blocked_allowed_toggled_watched_and_removed_in_containers() {
    let Some(machine) = engine::machine_with_docker("the Compose files") else {
        return;
    };
    machine.enter();
    let engine = engine::start(&machine);
    images::envoy(&machine, ENVOY);
    images::etcd(&machine, ETCD);
    one_envoy(&machine);
    three_envoys(&machine);
    watched(&machine);
    by_compose_1(&machine);
    with_another_image(&machine);
    engine.interrupt();
}

fn one_envoy(machine: &Machine) {
    let [up, down, _] = GUIDE.blocks_of("With Docker", "sh");
    machine.shell(up);
    machine.wait_for("the Envoy of Compose", &[8080], 200);
    try_it::block_and_allow(machine);
    try_it::toggle_in_a_browser(machine, 8080);
    assert_eq!(projects(machine), ["maintenance-mode"]);
    machine.shell(down);
    assert_nothing_is_left(machine);
}

fn three_envoys(machine: &Machine) {
    let [_, switch, up_and_down] = GUIDE.blocks_of("A fleet", "sh");
    let [build, up, down] = commands(up_and_down).try_into().unwrap();
    machine.shell(&format!("{build}\n{up}"));
    fleet::wait_for_the_fleet(machine);
    assert_eq!(machine.follow(switch), 2);
    assert_eq!(projects(machine), ["maintenance-mode-fleet"]);
    machine.shell(&down);
    assert_nothing_is_left(machine);
}

/// By all but Grafana, of which there is no program here.
fn watched(machine: &Machine) {
    not_tested(
        "Grafana in the profile of the Compose files, because its image cannot be made here",
    );
    if !images::prometheus(machine, PROMETHEUS) {
        not_tested("Prometheus in that profile, because this machine has no prometheus");
        return;
    }
    let [_, watch] = stats::blocks();
    let [build, up, down] = watch.try_into().unwrap();
    machine.shell(&build);
    for (file, envoys) in [
        ("compose.yaml", &["envoy"][..]),
        ("fleet.yaml", &["envoy-1", "envoy-2", "envoy-3"]),
    ] {
        let of = |command: &str| command.replace("compose.yaml", file);
        machine.shell(&format!("{} prometheus {}", of(&up), envoys.join(" ")));
        let instances: Vec<String> = envoys.iter().map(|envoy| format!("{envoy}:9901")).collect();
        let instances: Vec<&str> = instances.iter().map(String::as_str).collect();
        stats::wait_for_prometheus(machine, &instances);
        let rules = machine.shell("curl --silent localhost:9090/api/v1/rules");
        assert!(rules.contains("MaintenanceForgotten"), "{rules}");
        machine.shell(&of(&down));
        assert_nothing_is_left(machine);
    }
}

fn by_compose_1(machine: &Machine) {
    if !has("docker-compose") {
        not_tested("Compose 1, because this machine has no docker-compose");
        return;
    }
    let [_, _, block] = GUIDE.blocks_of("With Docker", "sh");
    let [build, copy, up, down, remove] = commands(block).try_into().unwrap();
    machine.shell(&format!("{build}\n{copy}\n{up}"));
    machine.wait_for("the Envoy of Compose 1", &[8080], 200);
    assert_eq!(projects(machine), ["maintenance-mode"]);
    machine.shell(&format!("{down}\n{remove}"));
    assert_nothing_is_left(machine);
}

fn with_another_image(machine: &Machine) {
    let image = "registry.example.com/envoy:mine";
    images::envoy(machine, image);
    let [up, down, _] = GUIDE.blocks_of("With Docker", "sh");
    machine.shell(&format!("export ENVOY_IMAGE={image}\n{up}"));
    machine.wait_for("the Envoy of another image", &[8080], 200);
    let running = machine.shell("docker ps --format '{{.Image}}'");
    assert_eq!(running.trim(), image);
    machine.shell(down);
    assert_nothing_is_left(machine);
}

/// What Compose calls what runs.
fn projects(machine: &Machine) -> Vec<String> {
    let labels = "docker ps --format '{{.Label \"com.docker.compose.project\"}}' | sort -u";
    machine.shell(labels).lines().map(str::to_owned).collect()
}

fn assert_nothing_is_left(machine: &Machine) {
    within(PATIENCE, "the end of the containers", || {
        machine.shell("docker ps --all --quiet").is_empty()
    });
    let networks = machine.shell("docker network ls --quiet --filter type=custom");
    assert_eq!(networks, "");
    assert_eq!(machine.shell("docker volume ls --quiet"), "");
}

#[test]
fn the_compose_files_pin_their_images_and_the_envoy_that_is_tested() {
    let makefile = read("Makefile");
    let pinned = makefile
        .lines()
        .find_map(|line| line.strip_prefix("ENVOY_VERSION := "));
    assert_eq!(ENVOY, format!("envoyproxy/envoy:v{}", pinned.unwrap()));
    let texts = ["compose", "fleet", "observe"].map(|name| read(&format!("envoy/{name}.yaml")));
    let lines = texts.iter().flat_map(|text| text.lines());
    let images = lines.filter_map(|line| line.trim().strip_prefix("image: "));
    for image in images {
        let (variable, image) = image.strip_prefix("${").unwrap().split_once(":-").unwrap();
        let image = image.strip_suffix('}').unwrap();
        assert!(
            variable.ends_with("_IMAGE") && GUIDE.text.contains(variable),
            "{variable}"
        );
        let (name, version) = image.rsplit_once(':').unwrap();
        let is_pinned = version.trim_start_matches('v').split('.').count() == 3;
        assert!(is_pinned, "{name}: {version}");
    }
}
