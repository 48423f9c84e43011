//! Docker Compose as the pages show it, on a real engine.

use support::{
    machine::{Machine, PATIENCE},
    pages::GUIDE,
    within,
};

use crate::{
    engine, fleet, images, try_it,
    typing::{Typing, commands},
};

#[test]
fn one_envoy_and_a_fleet_are_blocked_allowed_toggled_and_removed_in_containers() {
    let Some(machine) = engine::machine_with_docker("the Compose files") else {
        return;
    };
    machine.enter();
    let engine = engine::start(&machine);
    images::envoy(&machine, "envoyproxy/envoy:v1.40-latest");
    images::etcd(&machine, "quay.io/coreos/etcd:v3.5.16");
    one_envoy(&machine);
    three_envoys(&machine);
    engine.interrupt();
}

fn one_envoy(machine: &Machine) {
    let [up, down] = GUIDE.blocks_of("With Docker", "sh");
    machine.shell(up);
    machine.wait_for("the Envoy of Compose", &[8080], 200);
    try_it::block_and_allow(machine);
    try_it::toggle_in_a_browser(machine, 8080);
    machine.shell(down);
    assert_nothing_is_left(machine);
}

fn three_envoys(machine: &Machine) {
    let [_, switch, up_and_down] = GUIDE.blocks_of("A fleet", "sh");
    let [build, up, down] = commands(up_and_down).try_into().unwrap();
    machine.shell(&format!("{build}\n{up}"));
    fleet::wait_for_the_fleet(machine);
    assert_eq!(machine.follow(switch), 2);
    machine.shell(&down);
    assert_nothing_is_left(machine);
}

fn assert_nothing_is_left(machine: &Machine) {
    within(PATIENCE, "the end of the containers", || {
        machine.shell("docker ps --all --quiet").is_empty()
    });
    let networks = machine.shell("docker network ls --quiet --filter type=custom");
    assert_eq!(networks, "");
}
