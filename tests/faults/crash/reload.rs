//! Under `FAIL_RELOAD` a worker whose VM died has a new one for the next request.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use support::{Background, Connection, Envoy, Request, admin, eventually};

use super::{Death, assert_failed, assert_serves, deadly, kill, mortal, status, workers};

/// What Envoy waits at most after it made a VM until it makes another.
const BACKOFF: Duration = Duration::from_millis(1500);
const SLACK: Duration = Duration::from_secs(3);

fn start() -> Envoy {
    Envoy::with(mortal(&Death::BY_REQUEST))
}

fn reloads(envoy: &Envoy) -> u64 {
    envoy.stat("wasm.maintenance_mode.vm_reload_success")
}

#[test]
fn only_the_request_that_kills_is_lost() {
    for maintenance in [false, true] {
        let envoy = start();
        envoy.toggle(maintenance);
        let mut connections = workers::connections(&envoy);
        let before = envoy.upstream.requests();
        let calls = 1 + envoy.access_log(0).len();
        kill(&mut connections[0]);
        assert_eq!(envoy.upstream.requests(), before);
        for connection in &mut connections {
            assert_serves(connection, maintenance);
        }
        assert_eq!(reloads(&envoy), 1);
        let log = envoy.access_log(calls);
        assert!(
            log.contains(&"/deadly 503 wasm_fail_stream -".to_owned()),
            "{log:?}"
        );
    }
}

#[test]
fn a_vm_that_dies_young_is_missed_for_a_second_and_a_half_at_most() {
    let mut options = mortal(&Death::BY_REQUEST);
    options.plugin = json!({});
    let envoy = Envoy::with(options);
    envoy.toggle(true);
    let mut connections = workers::connections(&envoy);
    let (one, others) = connections.split_first_mut().unwrap();
    let mut killed = Instant::now();
    eventually("the death of a young VM", || {
        killed = Instant::now();
        kill(one);
        let next = one.fetch(&Request::get("/"));
        next.is_failed() || !next.is_blocked()
    });
    eventually("a new VM", || {
        assert_serves(&mut others[0], true);
        let response = one.fetch(&Request::get("/"));
        assert!(
            response.is_blocked() || response.is_failed(),
            "{response:?}"
        );
        response.is_blocked()
    });
    assert!(killed.elapsed() < BACKOFF + SLACK, "{:?}", killed.elapsed());
    assert!(envoy.stat("wasm.maintenance_mode.vm_reload_backoff") > 0);
    assert_eq!(envoy.upstream.requests(), 0);
}

#[test]
fn the_state_outlives_all_vms_of_all_workers() {
    let mut options = mortal(&Death::BY_REQUEST);
    let key = "a-key-of-at-least-thirty-two-bytes";
    options.configuration = json!({"admin": admin(), "bypass": {"key": key}}).to_string();
    let envoy = Envoy::with(options);
    let mint = || envoy.admin("POST", "bypass?name=qa").json();
    let revoked = mint();
    envoy.admin("POST", "bypass/revoke");
    envoy.admin("POST", "on?for=600&retry_after=7&message=a-message");
    let good = mint();
    let passes = |connection: &mut Connection, token: &Value| {
        let token = token["token"].as_str().unwrap();
        let request = Request::get("/").header("x-maintenance-bypass", token);
        connection.fetch(&request).is_upstream()
    };
    let mut connections = workers::connections(&envoy);
    let before = status(&mut connections[0]);
    assert_eq!(before["generation"], 2);
    connections.iter_mut().for_each(kill);
    for connection in &mut connections {
        let blocked = connection.fetch(&Request::get("/"));
        assert!(blocked.text().contains("a-message"), "{blocked:?}");
        assert_eq!(blocked.header("retry-after"), Some("7"));
        assert_eq!(status(connection), before);
        assert!(passes(connection, &good) && !passes(connection, &revoked));
    }
    envoy.toggle(false);
    for connection in &mut connections {
        assert_serves(connection, false);
        assert_eq!(status(connection)["generation"], 3);
    }
}

/// Crashes each worker twenty times while clients keep sending, and expects that each answer
/// is right or that of a worker that has no VM.
fn serves_while_vms_die(maintenance: bool) {
    const CLIENTS: usize = 4;
    const DEATHS: u64 = 20;
    let envoy = start();
    envoy.toggle(maintenance);
    let mut connections = workers::connections(&envoy);
    let address = envoy.address;
    let client = move |goes_on: &dyn Fn() -> bool| {
        let mut connection = Connection::open(address);
        let mut right = 0;
        while goes_on() {
            let Some(response) = connection.try_fetch(&Request::get("/")) else {
                assert!(!maintenance, "no response");
                connection = Connection::open(address);
                continue;
            };
            let is_right =
                response.is_blocked() == maintenance && response.is_upstream() != maintenance;
            assert!(is_right || response.is_failed(), "{response:?}");
            right += usize::from(is_right);
        }
        right
    };
    let before = envoy.upstream.requests();
    let clients: Vec<_> = (0..CLIENTS).map(|_| Background::start(client)).collect();
    for connection in &mut connections {
        let goal = reloads(&envoy) + DEATHS;
        eventually("so many deaths", || {
            assert_failed(&connection.fetch(&deadly(Request::get("/"))));
            reloads(&envoy) >= goal
        });
    }
    let answers: usize = clients.into_iter().map(Background::end).sum();
    assert!(answers > 100, "{answers}");
    let passed = envoy.upstream.requests() - before;
    if maintenance {
        assert_eq!(passed, 0);
    } else {
        // Some got no answer, because it came when the VM was gone.
        assert!(passed >= answers, "{passed} of {answers}");
    }
    eventually("a new VM", || {
        connections
            .iter_mut()
            .all(|connection| !connection.fetch(&Request::get("/")).is_failed())
    });
    for connection in &mut connections {
        assert_serves(connection, maintenance);
        assert_eq!(status(connection)["generation"], 1);
    }
}

#[test]
fn no_request_passes_while_vms_die_under_maintenance() {
    serves_while_vms_die(true);
}

#[test]
fn no_request_is_blocked_while_vms_die_without_maintenance() {
    serves_while_vms_die(false);
}
