//! The samples for Envoy Gateway, as they stand but for their placeholders: applied, switched by
//! the commands of their own comments, and removed.

use serde_json::json;
use support::{Connection, Observer, Request, eventually};

use crate::policy::{Policy, TOGGLE, machine_for, of_the_dynamic_module, of_the_module};

/// All that a sample promises, from its first request to its last.
fn is_obeyed(policy: &Policy) {
    let gateway = &policy.gateway;
    let observer = Observer::of_newcomers(gateway.address);
    endpoint(policy, &observer);
    policy.check();
    push(policy, &observer);
    manifest(policy, &observer);

    assert_eq!(gateway.admin("POST", "on").status, 200);
    assert!(gateway.get("/").is_blocked());
    policy.remove();
    eventually("the removal", || gateway.get("/").is_upstream());
    assert!(gateway.admin("GET", "").is_upstream());
}

/// It is obeyed by the next request, but for what is allowed, and keeps the rest from the upstream.
fn endpoint(policy: &Policy, observer: &Observer) {
    let gateway = &policy.gateway;
    let mut open = Connection::open(gateway.address);
    assert!(open.fetch(&Request::get("/")).is_upstream());
    assert_eq!(gateway.admin("POST", "on").status, 200);
    assert!(open.fetch(&Request::get("/")).is_blocked());
    assert!(gateway.get("/").is_blocked());
    assert!(gateway.get("/healthz").is_upstream());
    assert!(gateway.get("/open").is_blocked());
    eventually("the turn", || observer.is_blocked());
    let (asked, passed) = (observer.requests(), gateway.upstream.requests());
    eventually("some requests", || observer.requests() > asked + 20);
    assert_eq!(gateway.upstream.requests(), passed);
}

/// A push keeps what the endpoint was told.
fn push(policy: &Policy, observer: &Observer) {
    let gateway = &policy.gateway;
    policy.add("/allow/paths/-", json!("/open"));
    eventually("the push", || gateway.get("/open").is_upstream());
    assert!(gateway.get("/").is_blocked());
    assert_eq!(observer.turns(), 1);
    assert_eq!(gateway.admin("POST", "off").status, 200);
    assert!(gateway.get("/").is_upstream());
}

/// The commands of the comment are obeyed in time, and lock the endpoint meanwhile. A connection
/// that is open gets one more answer of the listener before, which closes it.
fn manifest(policy: &Policy, observer: &Observer) {
    let [on, back] = &policy.patches;
    let mut open = Connection::open(policy.gateway.address);
    assert!(open.fetch(&Request::get("/")).is_upstream());
    let took = policy.switch(on, observer, true);
    println!("blocked {took:?} after the command began");
    assert!(took < TOGGLE, "{took:?}");
    let last = open.fetch(&Request::get("/"));
    assert!(last.is_upstream());
    assert_eq!(last.header("connection"), Some("close"));
    assert_eq!(policy.gateway.admin("POST", "off").status, 409);

    let took = policy.switch(back, observer, false);
    println!("let through {took:?} after the command began");
    assert!(took < TOGGLE, "{took:?}");
}

#[test]
fn the_module_is_blocked_allowed_toggled_and_removed() {
    let what = "the module behind Envoy Gateway";
    if let Some(mut machine) = machine_for(what, &["skopeo", "docker-registry"]) {
        is_obeyed(&of_the_module(&mut machine));
    }
}

#[test]
fn the_dynamic_module_is_blocked_allowed_toggled_and_removed() {
    if let Some(mut machine) = machine_for("the dynamic module behind Envoy Gateway", &[]) {
        is_obeyed(&of_the_dynamic_module(&mut machine));
    }
}
