//! A fleet that shares its state: what the pages do with `make fleet`, and what that prints.

use serde_json::Value;
use support::{
    machine::{Machine, PATIENCE, is_taken, machine},
    pages::{GUIDE, REFERENCE},
    within,
};

use crate::{
    kubernetes::{install_kubectl, told},
    ports::make_fleet_says_who_has_its_port_and_leaves_nothing_behind,
    try_it::toggle_in_a_browser,
    typing::{Typing, commands},
};

/// The ports of the fleet.
pub const FLEET: [u16; 3] = [8091, 8092, 8093];

/// The status that the endpoint at a port gives.
pub fn status_of(machine: &Machine, port: u16) -> Value {
    let status = machine.shell(&format!(
        ". target/sample.env\n\
         curl --silent --max-time 5 -H \"Authorization: Bearer $MAINTENANCE_TOKEN\" \
         localhost:{port}/maintenance-mode"
    ));
    serde_json::from_str(&status).unwrap()
}

/// Waits until the Envoys of the fleet have their store.
pub fn wait_for_the_fleet(machine: &Machine) {
    machine.wait_for("the Envoys of the fleet", &FLEET, 200);
    within(PATIENCE, "the store of the fleet", || {
        FLEET
            .iter()
            .all(|port| status_of(machine, *port)["store_connected"] == true)
    });
}

#[test]
fn three_envoys_are_switched_as_one_by_calls_and_by_etcdctl() {
    let Some(machine) = machine("`make fleet`", &[]) else {
        return;
    };
    machine.enter();
    make_fleet_says_who_has_its_port_and_leaves_nothing_behind(&machine);
    let [make, switch, _] = GUIDE.blocks_of("A fleet", "sh");
    let mut fleet = machine.spawn("make-fleet", make);
    let printed = fleet.wait_for("Ctrl-C");
    assert_eq!(machine.follow(switch), 2);
    toggle_in_a_browser(&machine, 8092);
    every_value_is_obeyed(&machine);
    the_printed_lines_work(&machine, &printed);
    fleet.interrupt();
    assert!(![8091, 8092, 8093, 23791].into_iter().any(is_taken));
}

/// The values that the reference writes, and the removal of the key.
fn every_value_is_obeyed(machine: &Machine) {
    let everywhere = |what: &str, holds: fn(&Value) -> bool| {
        within(PATIENCE, what, || {
            FLEET.iter().all(|port| holds(&status_of(machine, *port)))
        });
    };
    let [block] = REFERENCE.blocks_of("The fleet store", "sh");
    let [endpoints, on, off, delete] = commands(block).try_into().unwrap();
    let run = |command: &str| machine.shell(&format!("{endpoints}\n{command}"));
    run(&on);
    everywhere("the first value", |status| {
        status["until"] == "2026-12-01T23:00:00Z" && status["message"] == "Back at midnight."
    });
    run(&off);
    everywhere("the second value", |status| {
        status["since"] == "2026-12-01T22:30:00Z" && status["maintenance"] == false
    });
    run(&delete);
    everywhere("the reset", |status| {
        status["decided_by"] == "initial" && status["since"].is_null()
    });

    run(&on);
    install_kubectl(machine);
    let [remove] = GUIDE.blocks_of("Remove it", "sh");
    run(remove);
    everywhere("the removal", |status| status["until"].is_null());
    let manifest = "envoy/istio/gateway-traffic-extension.yaml";
    assert_eq!(told(machine), [["delete", "-f", manifest]]);
}

/// What `make fleet` says to type, as printed.
fn the_printed_lines_work(machine: &Machine, printed: &str) {
    let transcript = machine.type_what_is_said(printed);
    let answers: Vec<&str> = transcript
        .iter()
        .filter(|(command, _)| command.starts_with("curl"))
        .map(|(_, answer)| answer.lines().next().unwrap_or_default())
        .collect();
    let expected = [
        "{\"maintenance\":true",
        "{\"maintenance\":true",
        "HTTP/1.1 503",
        "HTTP/1.1 200",
        // With two members of etcd.
        "{\"maintenance\":true",
        "HTTP/1.1 503",
        // With one.
        "HTTP/1.1 503",
        "{\"type\":\"about:blank\"",
        "{\"maintenance\":true",
        // With two again, once the third Envoy has its store.
        "{\"maintenance\":false",
        "HTTP/1.1 ",
    ];
    assert_eq!(answers.len(), expected.len(), "{answers:#?}");
    for (answer, begins) in answers.iter().zip(expected) {
        assert!(answer.starts_with(begins), "{begins}: {answers:#?}");
    }
    machine.wait_for("the end everywhere", &FLEET, 200);
}
