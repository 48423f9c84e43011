//! A server that has no module of this filter, or does not answer.

use std::fs;

use serde_json::{Value, json};
use support::{Connection, Delivery, Envoy, Options, Request, admin, eventually, module, sha256};

use super::server::{Answer, FileServer, remote};

fn options(server: &FileServer, delivery: Delivery) -> Options {
    let mut options = Options::new(json!({"admin": admin()}));
    options.delivery = delivery;
    options.clusters = vec![server.cluster()];
    options
}

fn shipped() -> Vec<u8> {
    fs::read(module()).unwrap()
}

/// Where a server is that has the module.
fn good() -> Value {
    remote(&sha256(shipped()), "10s")
}

/// What servers may do that have not, and what Envoy is told to expect.
fn faults() -> Vec<(Answer, Value)> {
    let hash = sha256(shipped());
    let other = b"another file";
    vec![
        (Answer::Silence, remote(&hash, "0.2s")),
        (Answer::NotFound, remote(&hash, "10s")),
        (Answer::File(other.to_vec()), remote(&hash, "10s")),
        (Answer::File(other.to_vec()), remote(&sha256(other), "10s")),
    ]
}

/// A configuration that is another, since Envoy does nothing about the same again.
fn once_more(options: &mut Options, message: &str) {
    let configuration = json!({"admin": admin(), "response": {"message": message}});
    options.configuration = configuration.to_string();
    options.plugin = good();
}

#[test]
fn a_module_that_a_server_has_is_waited_for() {
    let server = FileServer::start(Answer::File(shipped()));
    for delivery in [Delivery::Static, Delivery::Lds, Delivery::Ecds] {
        let mut options = options(&server, delivery);
        options.plugin = good();
        let envoy = Envoy::with(options);
        envoy.toggle(true);
        assert!(envoy.get("/").is_blocked());
    }
}

#[test]
fn without_a_module_every_request_gets_503_until_the_next_configuration() {
    for (answer, code) in faults() {
        let server = FileServer::start(answer);
        let mut options = options(&server, Delivery::Lds);
        options.plugin = code;
        let mut envoy = Envoy::with(options);
        for _ in 0..2 {
            assert!(envoy.get("/").is_failed());
            assert!(envoy.admin("GET", "").is_failed());
            // Nobody asks again.
            server.set(Answer::File(shipped()));
        }
        assert_eq!(envoy.upstream.requests(), 0);
        let log = envoy.access_log(4);
        assert!(
            log.iter()
                .all(|line| line.ends_with("503 wasm_fail_stream -")),
            "{log:?}"
        );
        assert!(
            envoy
                .log()
                .contains("Plugin maintenance_mode failed to load")
        );
        envoy.change(|options| once_more(options, "again"));
        eventually("the module", || envoy.get("/").is_upstream());
    }
}

#[test]
fn without_a_module_every_request_passes_under_fail_open() {
    for (answer, code) in faults() {
        let server = FileServer::start(answer);
        let mut options = options(&server, Delivery::Static);
        options.configuration = json!({"mode": "on"}).to_string();
        options.failure_policy = "FAIL_OPEN";
        options.plugin = code;
        assert!(Envoy::with(options).get("/").is_upstream());
    }
}

#[test]
fn an_update_by_lds_takes_the_filter_from_new_connections() {
    for (answer, code) in faults() {
        let server = FileServer::start(answer);
        let mut envoy = Envoy::with(options(&server, Delivery::Lds));
        envoy.toggle(true);
        let mut connection = Connection::open(envoy.address);
        assert!(connection.fetch(&Request::get("/")).is_blocked());
        envoy.change(|options| options.plugin = code);
        eventually("the new listener", || envoy.get("/").is_failed());
        assert!(connection.fetch(&Request::get("/")).is_blocked());
        assert_eq!(envoy.upstream.requests(), 0);
        // The state lives as long as the old listener, which drains.
        server.set(Answer::File(shipped()));
        envoy.change(|options| once_more(options, "again"));
        eventually("the module", || envoy.get("/").is_blocked());
    }
}

#[test]
fn an_update_by_ecds_lets_every_request_pass() {
    let server = FileServer::start(Answer::File(shipped()));
    let mut envoy = Envoy::with(options(&server, Delivery::Ecds));
    envoy.toggle(true);
    assert!(envoy.get("/").is_blocked());
    envoy.change(|options| options.plugin = good());
    eventually("the end of the filter", || envoy.get("/").is_upstream());
}

#[test]
fn an_update_by_ecds_that_is_refused_until_the_module_has_come_changes_nothing() {
    let server = FileServer::start(Answer::File(shipped()));
    let mut envoy = Envoy::with(options(&server, Delivery::Ecds));
    envoy.toggle(true);
    let mut tries = 0;
    eventually("the update", || {
        tries += 1;
        let message = format!("try {tries}");
        envoy.change(|options| {
            once_more(options, &message);
            options.plugin["vm_config"]["nack_on_code_cache_miss"] = true.into();
        });
        let response = envoy.get("/");
        assert!(response.is_blocked(), "{response:?}");
        response.text().contains(&message)
    });
    assert!(tries > 1);
}
