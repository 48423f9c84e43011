//! Many updates, one right after the other.

use support::{Delivery, eventually};

use super::{start, traffic::Traffic, update::Update};

const UPDATES: usize = 10;

/// Makes good and bad updates by turns while traffic flows.
fn every_answer_is_right(delivery: Delivery, maintenance: bool) {
    let mut envoy = start(delivery, maintenance);
    let bad = Update::bad(delivery);
    let before = envoy.upstream.requests();
    let traffic = Traffic::start(envoy.address);
    let message = |number: usize| format!("update {number}.");
    for number in 0..UPDATES {
        let (bad, _) = &bad[number % bad.len()];
        envoy.change(|options| Update::good(&message(number)).apply(options));
        envoy.change(|options| bad.apply(options));
    }
    let messages: Vec<String> = (0..UPDATES)
        .map(message)
        .chain(["old".to_owned()])
        .collect();
    let answers = traffic.end_right(maintenance, &messages);
    let passed = envoy.upstream.requests() - before;
    assert_eq!(passed, if maintenance { 0 } else { answers });
    envoy.toggle(true);
    eventually("the last good update", || {
        envoy.get("/").text().contains(&message(UPDATES - 1))
    });
    assert_eq!(envoy.admin("GET", "").json()["generation"], 2);
}

#[test]
fn leave_every_answer_right_by_lds_under_maintenance() {
    every_answer_is_right(Delivery::Lds, true);
}

#[test]
fn leave_every_answer_right_by_lds_without_maintenance() {
    every_answer_is_right(Delivery::Lds, false);
}

#[test]
fn leave_every_answer_right_by_ecds_under_maintenance() {
    every_answer_is_right(Delivery::Ecds, true);
}

#[test]
fn leave_every_answer_right_by_ecds_without_maintenance() {
    every_answer_is_right(Delivery::Ecds, false);
}
