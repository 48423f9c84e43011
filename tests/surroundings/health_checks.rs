//! A balancer that asks hosts whether they are well.

use std::net::SocketAddr;

use serde_json::{Value, json};
use support::{Connection, Envoy, Options, Request, eventually};

use crate::{
    chain::{filters, in_front, shop, with},
    document::block,
};

const HEADING: &str = "Health checks of a balancer";

/// Where nobody listens: an upstream that is down.
fn nobody() -> SocketAddr {
    ([127, 0, 0, 1], 1).into()
}

/// An Envoy in front that asks every tenth of a second, and believes each answer.
fn balancer(inner: &Envoy) -> Envoy {
    let check = json!({
        "timeout": "1s",
        "interval": "0.1s",
        "no_traffic_interval": "0.1s",
        "unhealthy_threshold": 1,
        "healthy_threshold": 1,
        "http_health_check": {"path": "/healthz"},
    });
    let front = in_front(with(shop(inner), &json!({"health_checks": [check]})));
    eventually("a check", || checks(&front) > 0);
    front
}

fn checks(front: &Envoy) -> u64 {
    front.stat("cluster.shop.health_check.attempt")
}

/// Waits for some more answers.
fn ask_again(front: &Envoy) {
    let before = checks(front);
    eventually("more checks", || checks(front) > before + 2);
}

fn is_well(front: &Envoy) -> bool {
    front.stat("cluster.shop.membership_healthy") == 1
}

fn start(allow: &Value, is_upstream_down: bool) -> Envoy {
    Envoy::with(Options {
        upstream: is_upstream_down.then(nobody),
        ..Options::new(with(json!({"mode": "on"}), allow))
    })
}

#[test]
fn a_check_that_is_blocked_takes_the_host_and_its_page_out() {
    let inner = start(&json!({}), false);
    let front = balancer(&inner);
    eventually("the end of the host", || !is_well(&front));
    let response = front.get("/");
    assert!(!response.is_blocked());
    assert!(
        response.text().contains("no healthy upstream"),
        "{response:?}"
    );
}

#[test]
fn where_the_path_is_allowed_the_page_stays() {
    let inner = start(&block(HEADING, "The plugin configuration"), false);
    let front = balancer(&inner);
    eventually("the host", || is_well(&front));
    ask_again(&front);
    assert!(is_well(&front));
    assert!(front.get("/").is_blocked());
    assert!(inner.metric("allowed.path") > 2);
}

#[test]
fn the_path_is_no_help_where_the_upstream_is_down() {
    let inner = start(&block(HEADING, "The plugin configuration"), true);
    let front = balancer(&inner);
    eventually("the end of the host", || !is_well(&front));
    assert!(front.get("/").text().contains("no healthy upstream"));
}

#[test]
fn envoy_answers_by_itself_also_where_the_upstream_is_down() {
    let mend = block(HEADING, "In the HTTP connection manager");
    let inner = Envoy::with(Options {
        upstream: Some(nobody()),
        ..filters(&mend["http_filters"], &json!({"mode": "on"}))
    });
    let front = balancer(&inner);
    eventually("the host", || is_well(&front));
    ask_again(&front);
    assert!(is_well(&front));
    assert!(front.get("/").is_blocked());
    assert_eq!(inner.metric("blocked"), 1);

    // A host that is to be taken out says so.
    let fail = Request::new("POST", "/healthcheck/fail");
    let answer = Connection::open(inner.admin).fetch(&fail);
    assert_eq!(answer.status, 200);
    eventually("the end of the host", || !is_well(&front));
}
