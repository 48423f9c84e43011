//! Clients that are slow, leave half-way, or send more than they should.

mod cost;
mod departures;
mod huge_headers;
mod long_paths;
mod many_rules;
mod slow;
mod tiny_window;

use std::time::Duration;

use serde_json::{Value, json};
use support::{Connection, Delivery, Envoy, Observer, Options, admin, eventually};

/// What a user of the same worker may have to wait, on a machine that does much else.
const PATIENCE: Duration = Duration::from_secs(5);

const TAKEN: &str = "http.test.downstream_cx_total";
const OPEN: &str = "http.test.downstream_cx_active";

/// An Envoy with one worker, in maintenance from the start.
fn one_worker(configuration: Value) -> Options {
    let mut options = Options::new(in_maintenance(configuration));
    options.workers = 1;
    options
}

fn in_maintenance(mut configuration: Value) -> Value {
    configuration["initial"] = "on".into();
    configuration["admin"] = admin();
    configuration
}

/// Such an Envoy that takes another configuration without compiling the module anew.
fn reconfigurable() -> Envoy {
    Envoy::with(Options {
        delivery: Delivery::Ecds,
        ..one_worker(json!({}))
    })
}

/// Gives it a configuration, and waits until the worker obeys: each has its own endpoint.
fn reconfigure(envoy: &mut Envoy, configuration: Value) {
    let reloads = "extension_config_discovery.http_filter.maintenance_mode.config_reload";
    let path = format!("/endpoint-{}", envoy.stat(reloads));
    let mut configuration = in_maintenance(configuration);
    configuration["admin"]["path"] = path.as_str().into();
    envoy.update(configuration);
    eventually("the configuration", || envoy.get(&path).status == 401);
}

/// An Envoy in maintenance with a page of 100 kB.
fn with_a_large_page() -> Envoy {
    let page = format!("<!DOCTYPE html>{}", "page ".repeat(20_000));
    Envoy::with(one_worker(
        json!({"response": {"format": "html", "html": page}}),
    ))
}

/// Lets so many clients come and go, and waits until Envoy has taken each of them and has none
/// left: what the last one sent may lie in the kernel for longer than the client stays.
fn let_pass(envoys: &[&Envoy], count: usize, mut client: impl FnMut(usize, Connection)) {
    let taken = || envoys.iter().map(|envoy| envoy.stat(TAKEN)).sum::<u64>();
    let open = || envoys.iter().map(|envoy| envoy.stat(OPEN)).sum::<u64>();
    let (taken_before, open_before) = (taken(), open());
    for number in 0..count {
        client(
            number,
            Connection::open(envoys[number % envoys.len()].address),
        );
    }
    eventually("the end of the clients", || {
        taken() == taken_before + count as u64 && open() == open_before
    });
}

/// Fails if Envoy still grows, by more than so many megabytes, when the same is done again and
/// again. What is done tells the memory, in bytes, where it may be at its largest.
fn assert_grows_no_more(megabytes: u64, mut again: impl FnMut() -> u64) {
    let memory: Vec<u64> = (0..6).map(|_| again()).collect();
    println!("memory {memory:?}");
    assert!(memory[5] < memory[2] + (megabytes << 20), "{memory:?}");
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
