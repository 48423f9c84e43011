//! Docker Compose as the README shows it, on a real engine.

mod engine;
mod images;

use std::{process::Child, time::Duration};

use self::engine::Engine;
use crate::{
    support::within,
    tools::{has, not_tested, read},
};

const START_TIMEOUT: Duration = Duration::from_secs(120);

/// The engine with its images, where this machine can start one.
fn engine() -> Option<Engine> {
    let engine = if compose().is_some() {
        Engine::start()
    } else {
        Err("neither `docker compose` nor docker-compose is here".to_owned())
    };
    engine
        .inspect_err(|why| not_tested(&format!("the Compose files, because {why}")))
        .ok()
}

/// Compose as this machine has it: the plugin of the README, or the program before it.
fn compose() -> Option<&'static str> {
    let plugin = std::process::Command::new("docker")
        .args(["compose", "version"])
        .output();
    if plugin.is_ok_and(|output| output.status.success()) {
        return Some("docker compose");
    }
    has("docker-compose").then_some("docker-compose")
}

/// The services of a Compose file, until they are taken down.
struct Services<'e> {
    engine: &'e Engine,
    file: &'static str,
    up: Child,
}

impl<'e> Services<'e> {
    /// Runs `up` as the README says.
    fn up(engine: &'e Engine, file: &'static str) -> Self {
        let readme = read("README.md");
        assert!(readme.contains("docker compose -f envoy/compose.yaml up"));
        assert!(readme.contains(file));
        let up = engine.spawn(&format!("exec {} -f {file} up", compose().unwrap()));
        Self { engine, file, up }
    }

    /// Takes them down: nothing is left of them.
    fn down(mut self) {
        let down = format!("{} -f {} down", compose().unwrap(), self.file);
        self.engine.shell(&down);
        self.up.wait().unwrap();
        assert_eq!(self.engine.shell("docker ps --all --quiet"), "");
        assert_eq!(
            self.engine
                .shell("docker network ls --quiet --filter type=custom"),
            ""
        );
    }

    /// The status of `GET /` at a port of this machine; 0 if nobody answers.
    fn status_at(&self, port: u16) -> u16 {
        let get = "curl --silent --output /dev/null --write-out '%{http_code}' --max-time 5";
        let status = self.engine.shell(&format!("{get} localhost:{port}/ || :"));
        status.parse().unwrap()
    }

    fn wait_for(&self, what: &str, ports: &[u16], status: u16) {
        within(START_TIMEOUT, what, || {
            ports.iter().all(|port| self.status_at(*port) == status)
        });
    }

    /// A call of the admin endpoint at a port, with the token that `make build` left.
    fn call(&self, arguments: &str, port: u16, path: &str) -> String {
        self.engine.shell(&format!(
            ". target/sample.env\n\
             curl --silent --show-error --max-time 5 {arguments} \
             -H \"Authorization: Bearer $MAINTENANCE_TOKEN\" 'localhost:{port}/maintenance-mode{path}'"
        ))
    }
}

/// The lines of the README's first example, each with the status that it promises.
fn example(readme: &str) -> Vec<(&str, Option<u16>)> {
    let block = readme
        .split("```sh\n")
        .filter_map(|block| block.split("```").next())
        .find(|block| block.starts_with(". target/sample.env"))
        .expect("the README has no example that begins with the token");
    block
        .lines()
        .filter(|line| line.starts_with("curl"))
        .map(|line| {
            let comment = line.split_once("# ").map(|(_, comment)| comment);
            let status = comment.and_then(|comment| comment.get(..3)?.parse().ok());
            (line, status)
        })
        .collect()
}

#[test]
fn the_example_of_the_readme_works_in_compose_and_three_envoys_obey_one_toggle() {
    let Some(engine) = engine() else { return };
    images::envoy(&engine, "envoyproxy/envoy:v1.40-latest");
    images::etcd(&engine, "quay.io/coreos/etcd:v3.5.16");
    one_envoy(&engine);
    the_fleet(&engine);
}

fn one_envoy(engine: &Engine) {
    let services = Services::up(engine, "envoy/compose.yaml");
    services.wait_for("the Envoy of Compose", &[8080], 200);
    let readme = read("README.md");
    let lines = example(&readme);
    let promised: Vec<u16> = lines.iter().filter_map(|(_, status)| *status).collect();
    assert_eq!(promised, [200, 503, 200, 200]);
    for (line, status) in lines {
        let answer = engine.shell(&format!(". target/sample.env\n{line}"));
        let begins = status.map_or("{\"maintenance\":".to_owned(), |status| {
            format!("HTTP/1.1 {status} ")
        });
        assert!(answer.starts_with(&begins), "{line} gave {answer}");
    }
    services.down();
}

fn the_fleet(engine: &Engine) {
    const PORTS: [u16; 3] = [8091, 8092, 8093];
    let services = Services::up(engine, "envoy/fleet.yaml");
    services.wait_for("the Envoys of the fleet", &PORTS, 200);
    within(START_TIMEOUT, "the store of the fleet", || {
        PORTS.iter().all(|port| {
            services
                .call("", *port, "")
                .contains("\"store_connected\":true")
        })
    });
    services.call("--fail -X POST", PORTS[0], "/on?for=600");
    services.wait_for("maintenance everywhere", &PORTS, 503);
    services.call("--fail -X POST", PORTS[1], "/off");
    services.wait_for("the end everywhere", &PORTS, 200);
    services.down();
}
