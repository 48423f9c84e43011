//! Requests from their beginning to their end.

use std::thread;
use std::time::Duration;

use crate::hosts::native::tests::envoy::{Configured, Request};

const TOKEN: &str = "a-token-for-the-tests";
const SHA256: &str = "c27dc09ecddd871ea7d1028c91a83083cf1f826925cd4f9d3671b9e644ed039a";

/// A configuration with an endpoint of these keys, and more.
pub(super) fn configuration(scope: &str, more: &str) -> String {
    format!(
        r#"{{"scope": "{scope}",
            "admin": {{"path": "/m", "tokens": [{{"name": "ops", "sha256": "{SHA256}"}}]}}{more}}}"#
    )
}

/// A call of the endpoint.
pub(super) fn call<'c>(configured: &'c Configured, path: &str) -> Request<'c> {
    let authorization = format!("Bearer {TOKEN}");
    let request = configured.request(&[
        (":method", "POST"),
        (":path", path),
        ("authorization", &authorization),
    ]);
    assert!(!request.come());
    request
}

pub(super) fn get<'c>(configured: &'c Configured) -> Request<'c> {
    configured.request(&[(":method", "GET"), (":path", "/"), ("accept", "text/html")])
}

#[test]
fn it_passes_or_is_answered_and_ends() {
    let configured = Configured::new(&configuration("passes", "")).unwrap();
    configured.run();
    for _ in 0..2 {
        assert_eq!(call(&configured, "/m/on").status(), Some(200));
        let blocked = get(&configured);
        assert!(!blocked.come());
        assert_eq!(blocked.status(), Some(503));
        assert_eq!(call(&configured, "/m/off").status(), Some(200));
        assert!(get(&configured).come());
    }
    configured.run();
    assert_eq!(configured.stat("passes", "blocked"), 2);
    assert_eq!(configured.stat("passes", "generation"), 4);
}

#[test]
fn what_is_read_of_it_may_be_changed() {
    let more = r#", "upstream_header": "x-maintenance", "allow": {"headers": [{"name": "x-a", "exact": "b"}]},
        "bypass": {"key": "a-key-of-thirty-two-bytes-or-more"}"#;
    let configured = Configured::new(&configuration("changed", more)).unwrap();
    assert_eq!(call(&configured, "/m/on").status(), Some(200));
    let request = configured.request(&[
        (":method", "GET"),
        (":path", "/?a=b"),
        ("cookie", "a=b; maintenance_bypass=no-token; c=d"),
        ("cookie", "maintenance_bypass=another"),
        ("x-maintenance", "forged"),
        ("x-maintenance-bypass", "no-token"),
        ("x-a", "b"),
    ]);
    assert!(request.come());
    let headers = request.envoy.headers.borrow();
    let value = |name: &str| headers.iter().find(|line| line.0 == name);
    assert_eq!(value("x-maintenance").unwrap().1, b"on; allowed=header");
    assert!(value("x-maintenance-bypass").is_none());
    assert_eq!(value("cookie").unwrap().1, b"a=b; c=d");
}

#[test]
fn those_who_wait_go_on_or_leave() {
    let more = r#", "response": {"hold_seconds": 60}"#;
    let configured = Configured::new(&configuration("waits", more)).unwrap();
    configured.run();
    assert_eq!(call(&configured, "/m/on").status(), Some(200));
    let all = [(); 4].map(|()| get(&configured));
    for request in &all {
        assert!(!request.come());
        assert_eq!(request.status(), None);
    }
    let [stays, leaves, goes, lasts] = all;
    drop(leaves);
    assert_eq!(configured.stat("waits", "held"), 3);
    assert_eq!(call(&configured, "/m/off").status(), Some(200));
    drop(goes);
    let rest = [stays, lasts];
    run_until(&rest, || rest.iter().all(|it| it.envoy.goes_on.get()));
    assert_eq!(configured.stat("waits", "held"), 0);
}

#[test]
fn none_of_those_who_wait_is_lost_where_others_are_answered() {
    const CLIENTS: usize = 40;
    const ROUNDS: usize = if cfg!(miri) { 1 } else { 4 };

    let more = r#", "response": {"hold_seconds": 60}"#;
    let configured = Configured::new(&configuration("turns", more)).unwrap();
    configured.run();
    for _ in 0..ROUNDS {
        assert_eq!(call(&configured, "/m/on").status(), Some(200));
        let all = [(); CLIENTS].map(|()| get(&configured));
        all.iter().for_each(|request| assert!(!request.come()));
        // Most are told to come back, and the others wait for their turn.
        let answered = || all.iter().filter(|it| it.status().is_some()).count();
        assert_eq!(call(&configured, "/m/off?ramp=300").status(), Some(200));
        run_until(&all, || answered() > 0);
        assert!(answered() < CLIENTS);
        assert_eq!(call(&configured, "/m/off").status(), Some(200));
        let is_over = |it: &Request<'_>| it.envoy.goes_on.get() || it.status().is_some();
        run_until(&all, || all.iter().all(is_over));
        assert_eq!(configured.stat("turns", "held"), 0);
    }
}

fn run_until(requests: &[Request<'_>], holds: impl Fn() -> bool) {
    const PATIENCE: usize = if cfg!(miri) { 10_000 } else { 500 };

    for _ in 0..PATIENCE {
        requests.iter().for_each(Request::run);
        if holds() {
            return;
        }
        thread::sleep(Duration::from_millis(10));
    }
    panic!("some wait still");
}

#[test]
fn a_configuration_that_is_none_leaves_nothing() {
    for text in ["{", "[]", r#"{"mdoe": "on"}"#] {
        assert!(Configured::new(text).is_none());
    }
}
