//! A deployment under load that no client notices, but that it takes a while.

mod chart;
mod clients;

use std::{
    fs,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use serde_json::json;
use support::{Envoy, Http2Upstream, Options, admin, eventually, within};

use self::clients::Clients;
use crate::command::{command, url};

/// How long the upstream is down.
const DOWN: Duration = Duration::from_secs(5);
/// How long it takes for an answer.
const WORK: Duration = Duration::from_millis(20);
/// From the answer of the last that passed to the first after it, beyond the deployment, its
/// drain and its start.
const SLACK: Duration = Duration::from_secs(3);
/// The shell of the deployment: it tells the upstream to end, and waits until it is there again.
const SCRIPT: &str = "touch \"$0/stop\"; until test -e \"$0/started\"; do sleep 0.05; done";

/// Ends the upstream when it is told to, and starts it anew.
fn deploy(upstream: &mut Http2Upstream, directory: &Path) {
    within(Duration::from_secs(60), "the deployment", || {
        directory.join("stop").exists()
    });
    upstream.stop();
    thread::sleep(DOWN);
    upstream.restart();
    fs::write(directory.join("started"), "").unwrap();
}

#[test]
fn a_deployment_behind_hold_loses_no_request_and_doubles_none() {
    let mut upstream = Http2Upstream::start(WORK);
    let envoy = Envoy::with(upstream.behind(Options::new(json!({"admin": admin()}))));
    let clients = Clients::start(envoy.address);
    eventually("load", || clients.answers() > 3000);
    let directory = tempfile::tempdir().unwrap();
    let place = directory.path().display().to_string();
    let url = url(&envoy);
    let arguments = [
        "run", "--hold", "20s", "--url", &url, "--", "sh", "-c", SCRIPT, &place,
    ];
    let mut run = command(&arguments).spawn().unwrap();
    deploy(&mut upstream, directory.path());
    assert!(run.wait().unwrap().success());
    let over = clients.answers();
    eventually("load", || clients.answers() > over + 3000);
    let log = clients.end();
    assert_eq!(log.faults(), [""; 0]);
    let came = upstream.requests();
    assert_eq!(
        log.ids().len(),
        came.len(),
        "none is lost, and none was made up"
    );
    let doubled: Vec<_> = came.iter().filter(|(_, count)| **count != 1).collect();
    assert!(doubled.is_empty(), "{doubled:?}");
    assert!(log.ids().all(|id| came.contains_key(id)));
    assert!(envoy.metric("allowed.released") >= clients::COUNT as u64);
    assert_eq!((envoy.metric("held"), envoy.metric("blocked")), (0, 0));
    let longest = log.longest();
    assert!(longest > DOWN && longest < DOWN + SLACK, "{longest:?}");
    let chart = Path::new(env!("CARGO_TARGET_TMPDIR")).join("latency.svg");
    fs::write(chart, chart::draw(&log.dots())).unwrap();
}

#[test]
fn what_is_held_without_an_end_is_answered() {
    let envoy = Envoy::start(json!({"admin": admin()}));
    let url = url(&envoy);
    let arguments = [
        "run", "--drain", "0", "--hold", "1s", "--url", &url, "--", "sleep", "4",
    ];
    let mut run = command(&arguments).spawn().unwrap();
    eventually("maintenance", || envoy.admin("GET", "").json()["hold"] == 1);
    let begin = Instant::now();
    assert!(envoy.get("/").is_blocked());
    assert!(begin.elapsed() > Duration::from_millis(900));
    assert!(run.wait().unwrap().success());
    assert!(envoy.get("/").is_upstream());
}
