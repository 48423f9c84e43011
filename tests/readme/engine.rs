//! A Docker engine on a machine of its own.

use std::time::Duration;

use support::{
    binary,
    machine::{Machine, Running, machine},
    within,
};

const START_TIMEOUT: Duration = Duration::from_secs(120);

/// What makes a plugin of the Compose that make has fetched.
const COMPOSE: &str = r#"#!/bin/sh
if [ "$1" = compose ]; then
    shift
    exec "$COMPOSE" "$@"
fi
PATH=${PATH#*:} exec docker "$@"
"#;

/// A machine on which `docker compose` works, where this one can have it.
pub fn machine_with_docker(what: &str) -> Option<Machine> {
    let mut machine = machine(what, &["dockerd", "docker"])?;
    if !machine.try_shell("docker compose version").status.success() {
        let compose = binary("COMPOSE", "target/compose-5.6.1.0/bin/docker-compose");
        machine.export("COMPOSE", &compose);
        machine.install("docker", COMPOSE);
    }
    Some(machine)
}

/// Starts the engine.
pub fn start(machine: &Machine) -> Running<'_> {
    let engine = machine.spawn(
        "dockerd",
        &format!(
            "exec dockerd --data-root {} --exec-root /run/docker --pidfile /run/docker.pid \
             --host unix:///run/docker.sock",
            machine.path("docker").display(),
        ),
    );
    within(START_TIMEOUT, "the Docker engine", || {
        machine.try_shell("docker info").status.success()
    });
    engine
}
