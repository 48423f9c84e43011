//! `make run` and `make fleet` beside others: other Envoys, and whoever has their ports.

use std::process::Output;

use support::{
    machine::{Machine, PATIENCE, Running, is_taken, machine},
    within,
};

/// What somebody has said who has not come up.
fn complaint(output: &Output) -> String {
    let said = [&output.stdout, &output.stderr].map(|said| String::from_utf8_lossy(said));
    assert!(!output.status.success(), "{said:?}");
    assert!(!said[0].contains("In another terminal"), "{said:?}");
    said[1].clone().into_owned()
}

/// Somebody who has a port.
fn web_server(machine: &Machine, port: u16) -> Running<'_> {
    let server = machine.spawn("web-server", &format!("exec python3 -m http.server {port}"));
    within(PATIENCE, "a web server", || is_taken(port));
    server
}

/// The processes of a machine that are called so.
fn processes(machine: &Machine, name: &str) -> usize {
    let names = machine.shell("cat /proc/[0-9]*/comm 2>/dev/null || :");
    names.lines().filter(|found| *found == name).count()
}

#[test]
fn make_run_says_who_has_its_port_and_starts_nothing() {
    let Some(machine) = machine("`make run` whose port is taken", &[]) else {
        return;
    };
    machine.enter();
    let server = web_server(&machine, 8080);
    let said = complaint(&machine.try_shell("make run"));
    let (_, holder) = said.split_once("\n  8080  process ").unwrap();
    let (process, command) = holder.split_once(": ").unwrap();
    assert!(
        command.starts_with("python3 -m http.server 8080\n"),
        "{said}"
    );
    assert!(said.contains(&format!("kill {process}\n")), "{said}");
    assert!(!is_taken(8081) && !is_taken(9901));

    let said = complaint(&machine.try_shell(
        "exec setpriv --reuid 65534 --clear-groups \
         /usr/bin/python3 -c \"$(cat envoy/preflight.py)\" < envoy/envoy.yaml",
    ));
    let end = "  8080  by whom only root can see: sudo ss -ltnp\nEnd what holds them\n";
    assert!(said.contains(end), "{said}");

    machine.shell(&format!("kill {process}"));
    let mut sample = machine.spawn("make-run", "make run");
    sample.wait_for("Ctrl-C");
    assert_eq!(machine.status_at(8080), 200);
    sample.interrupt();
    drop(server);
}

#[test]
fn make_run_comes_up_beside_another_envoy_but_not_beside_itself() {
    let Some(machine) = machine("`make run` beside another Envoy", &[]) else {
        return;
    };
    machine.enter();
    // Envoy's own default, the base id 0, is what others have.
    let bootstrap = r#"{"admin": {"address": {"socket_address": {"address": "127.0.0.1", "port_value": 19901}}}}"#;
    let envoy = support::binary("ENVOY", "target/envoy-1.40.0/envoy/_bin/envoy");
    let other = machine.spawn(
        "another-envoy",
        &format!("exec {} --config-yaml '{bootstrap}'", envoy.display()),
    );
    within(PATIENCE, "another Envoy", || is_taken(19901));
    let mut sample = machine.spawn("make-run", "make run");
    sample.wait_for("Ctrl-C");
    assert_eq!(machine.status_at(8080), 200);

    let said = complaint(&machine.try_shell("make run"));
    for port in ["8080", "8081", "9901"] {
        assert!(said.contains(&format!("\n  {port}  process ")), "{said}");
    }
    assert!(said.contains("--config-path envoy/envoy.yaml"), "{said}");
    assert_eq!(machine.status_at(8080), 200);
    assert_eq!(processes(&machine, "envoy"), 2);
    sample.hang_up();
    assert!(!is_taken(8080));
    other.interrupt();
    assert_eq!(processes(&machine, "envoy"), 0);
}

#[test]
fn what_envoy_itself_complains_of_is_said_last() {
    let Some(machine) = machine("an Envoy that does not come up", &[]) else {
        return;
    };
    machine.enter();
    let envoy = support::binary("ENVOY", "target/envoy-1.40.0/envoy/_bin/envoy");
    let broken = machine.path("envoy.yaml");
    std::fs::write(&broken, "no_such_field: 1\n").unwrap();
    let start = format!(
        "ENVOY={} MAINTENANCE_TOKEN=any sh envoy/run.sh {}",
        envoy.display(),
        broken.display()
    );
    let said = complaint(&machine.try_shell(&start));
    assert!(
        said.lines().last().unwrap().contains("no_such_field"),
        "{said}"
    );
    assert_eq!(processes(&machine, "envoy"), 0);
}

/// A part of the test of the fleet, because two fleets at a time would share a folder.
pub fn make_fleet_says_who_has_its_port_and_leaves_nothing_behind(machine: &Machine) {
    let server = web_server(machine, 23802);
    let said = complaint(&machine.try_shell("make fleet"));
    let (_, holder) = said.split_once("\n  23802  process ").unwrap();
    assert!(
        holder.contains(": python3 -m http.server 23802\n"),
        "{said}"
    );
    assert_eq!(processes(machine, "etcd") + processes(machine, "envoy"), 0);
    server.interrupt();
}
