//! Clients that are slow, leave half-way, or send more than they should.

mod departures;
mod huge_headers;
mod slow;
mod tiny_window;

use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    fixtures::Observer,
    support::{Envoy, Options, admin, eventually},
};

/// What a user of the same worker may have to wait, on a machine that does much else.
const PATIENCE: Duration = Duration::from_secs(5);

/// An Envoy with one worker, in maintenance from the start.
fn one_worker(mut configuration: Value) -> Options {
    configuration["initial"] = "on".into();
    configuration["admin"] = admin();
    let mut options = Options::new(configuration);
    options.workers = 1;
    options
}

/// An Envoy in maintenance with a page of 100 kB.
fn with_a_large_page() -> Envoy {
    let page = format!("<!DOCTYPE html>{}", "page ".repeat(20_000));
    Envoy::with(one_worker(
        json!({"response": {"format": "html", "html": page}}),
    ))
}

/// Waits until Envoy has so many connections.
fn connected(envoy: &Envoy, count: usize) {
    eventually("the right number of connections", || {
        envoy.stat("http.test.downstream_cx_active") == count as u64
    });
}

/// Waits until no request is left; users of the one worker have all been served in time.
fn assert_undisturbed(envoy: &Envoy, user: Observer) {
    let longest = user.waits().percentile(100);
    println!("a user waited up to {longest:?}");
    assert!(longest < PATIENCE, "{longest:?}");
    drop(user);
    eventually("the end of all requests", || {
        envoy.stat("http.test.downstream_rq_active") == 0
    });
}
