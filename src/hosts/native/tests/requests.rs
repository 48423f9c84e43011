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
    while !(stays.envoy.goes_on.get() && lasts.envoy.goes_on.get()) {
        thread::sleep(Duration::from_millis(10));
        [&stays, &lasts].into_iter().for_each(Request::run);
    }
    assert_eq!(configured.stat("waits", "held"), 0);
}

#[test]
fn a_configuration_that_is_none_leaves_nothing() {
    for text in ["{", "[]", r#"{"mdoe": "on"}"#] {
        assert!(Configured::new(text).is_none());
    }
}
