//! Changes that wait for an etcd that does not answer.

mod bodies;
mod departures;

use std::{
    thread,
    time::{Duration, Instant},
};

use support::{
    Envoy, Options,
    etcd::{Etcd, KEY, PASSWORD, USER},
    fleet::{agree, configuration, logged_in, options, start_all},
};

/// What an answer may take beyond the timeout.
const SLACK: Duration = Duration::from_millis(300);

fn with_timeout(etcd: &Etcd, timeout_ms: u64) -> Options {
    let mut plugin = configuration();
    plugin["store"]["etcd"]["timeout_ms"] = timeout_ms.into();
    let mut options = options(etcd);
    options.configuration = plugin.to_string();
    options
}

/// Asks for a change, which must be refused within the timeout; how long that took.
fn refused_within(envoy: &Envoy, call: &str, timeout: Duration) -> Duration {
    let asked = Instant::now();
    let refused = envoy.admin("POST", call);
    let took = asked.elapsed();
    assert_eq!(refused.status, 503, "{}", refused.text());
    assert!(
        took < timeout + SLACK,
        "{call} took {took:?}, not {timeout:?}"
    );
    took
}

#[test]
fn the_answer_comes_within_the_timeout_that_is_configured() {
    let mut etcd = Etcd::start();
    for timeout_ms in [200, 1000, 3000] {
        let timeout = Duration::from_millis(timeout_ms);
        let envoys = start_all([with_timeout(&etcd, timeout_ms)]);
        envoys[0].toggle(true);
        agree(&envoys, true);
        let before = etcd.mod_revision(KEY);
        etcd.stop();
        let mut waited = Duration::ZERO;
        for call in ["off", "reset", "on?message=a", "off"] {
            waited = waited.max(refused_within(&envoys[0], call, timeout));
        }
        assert!(
            waited > Duration::from_millis(50),
            "it was not waited: {waited:?}"
        );
        etcd.resume();
        agree(&envoys, true);
        assert_eq!(etcd.mod_revision(KEY), before);
        envoys[0].toggle(false);
        agree(&envoys, false);
        etcd.delete(KEY);
    }
}

#[test]
fn an_etcd_that_answers_in_time_is_waited_for() {
    let mut etcd = Etcd::start();
    let envoys = start_all([with_timeout(&etcd, 10_000)]);
    for on in [true, false] {
        etcd.stop();
        let answer = thread::scope(|scope| {
            let call = if on { "on" } else { "off" };
            let waiting = scope.spawn(|| envoys[0].admin("POST", call));
            // Less than it takes to find a server dead.
            thread::sleep(Duration::from_millis(700));
            assert!(!waiting.is_finished());
            assert_eq!(envoys[0].get("/").is_blocked(), !on);
            etcd.resume();
            waiting.join().unwrap()
        });
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(answer.json()["maintenance"], on);
        agree(&envoys, on);
    }
}

#[test]
fn a_login_is_part_of_the_timeout() {
    let mut etcd = Etcd::secured();
    let envoys = start_all([logged_in(&etcd, USER, PASSWORD)]);
    envoys[0].toggle(true);
    etcd.stop();
    for call in ["off", "reset"] {
        refused_within(&envoys[0], call, Duration::from_secs(1));
    }
    etcd.resume();
    agree(&envoys, true);
    // Without the token that was kept.
    etcd.set_password(USER, "another");
    etcd.set_password(USER, PASSWORD);
    etcd.stop();
    for call in ["off", "reset"] {
        refused_within(&envoys[0], call, Duration::from_secs(1));
    }
    etcd.resume();
    agree(&envoys, true);
    envoys[0].toggle(false);
    agree(&envoys, false);
}
