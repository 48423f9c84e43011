//! Envoy is replaced by another that takes over its sockets.

mod traffic;

use std::{
    hash::{BuildHasher, RandomState},
    time::Duration,
};

use serde_json::json;
use support::{
    Connection, Envoy, Options, Request, Response, admin, admin_request, etcd::Etcd, eventually,
    fleet, within,
};

use self::traffic::{Client, http1, http2, new_connections};

/// The parent drains within a second, and is ended after three.
const QUICK: [&str; 4] = ["--drain-time-s", "1", "--parent-shutdown-time-s", "3"];
/// The parent stays, and closes no connection.
const SLOW: [&str; 4] = [
    "--drain-time-s",
    "86400",
    "--parent-shutdown-time-s",
    "86400",
];
/// Envoy asks the parent for its stats that often.
const MERGES: [&str; 2] = ["--config-yaml", "stats_flush_interval: 0.01s"];
/// How long a new Envoy may decide without the state that the store has.
const FIRST_MOMENTS: Duration = Duration::from_secs(3);
/// So many VMs each raise the signal of the parent when they begin: one of each worker, one of
/// the main thread, and one that tries the configuration out.
const VMS: usize = 4;

fn options(arguments: &[&'static str]) -> Options {
    let mut options = Options::new(json!({"admin": admin()}));
    options.arguments = arguments.to_vec();
    options
}

/// What processes that take over from each other have in common.
fn base_id() -> u32 {
    // Envoy multiplies it by ten.
    (RandomState::new().hash_one(0) as u32) >> 4
}

/// Starts an Envoy that another may take over from.
fn start(base_id: u32, mut options: Options) -> Envoy {
    options.restart = Some((base_id, 0));
    options.is_to_end = true;
    Envoy::with(options)
}

/// Starts an Envoy that takes over from another.
fn take_over(base_id: u32, parent: &Envoy, mut options: Options) -> Envoy {
    options.restart = Some((base_id, 1));
    options.port = parent.address.port();
    options.upstream = Some(parent.upstream.address);
    Envoy::with(options)
}

/// So many that no worker is without one.
fn connections(envoy: &Envoy) -> Vec<Connection> {
    let mut connections: Vec<Connection> =
        (0..16).map(|_| Connection::open(envoy.address)).collect();
    for connection in &mut connections {
        assert!(get(connection).is_upstream());
    }
    connections
}

fn get(connection: &mut Connection) -> Response {
    connection.fetch(&Request::get("/"))
}

fn toggle(connection: &mut Connection, on: bool) {
    let call = admin_request("POST", if on { "on" } else { "off" });
    let answer = connection.fetch(&call);
    assert_eq!(answer.status, 200, "{}", answer.text());
}

#[test]
fn no_request_is_lost_and_new_connections_meet_an_envoy_without_the_state() {
    let base_id = base_id();
    let parent = start(base_id, options(&QUICK));
    parent.toggle(true);
    let mut idle = Connection::open(parent.address);
    let clients = [http1, http2].map(|protocol| Client::start(parent.address, protocol));
    let newcomer = Client::start(parent.address, new_connections);
    let child = take_over(base_id, &parent, options(&QUICK));
    assert!(idle.read().is_none(), "the end of the parent");
    for client in clients {
        let mut answers = client.finish();
        answers.dedup_by_key(|answer| answer.is_blocked);
        let turns: Vec<bool> = answers.iter().map(|answer| answer.is_blocked).collect();
        assert_eq!(turns, [true, false], "first the parent, then the child");
    }
    assert!(
        newcomer
            .finish()
            .last()
            .is_some_and(|last| !last.is_blocked)
    );
    assert!(child.get("/").is_upstream());
}

#[test]
fn without_a_store_each_obeys_its_own_changes_while_there_are_two() {
    let base_id = base_id();
    let parent = start(base_id, options(&SLOW));
    let mut old = connections(&parent);
    let child = take_over(base_id, &parent, options(&[&SLOW[..], &MERGES].concat()));
    // The parent takes connections for a moment more: those that it blocks are its own.
    toggle(&mut old[0], true);
    let mut new = Vec::new();
    within(Duration::from_secs(10), "connections of the child", || {
        new = (0..16).map(|_| Connection::open(child.address)).collect();
        new.iter_mut().all(|new| get(new).is_upstream())
    });
    for round in 0..50 {
        let [on_old, on_new] = [round % 2 == 0, round % 3 == 0];
        toggle(&mut old[round % 16], on_old);
        toggle(&mut new[round % 16], on_new);
        assert!(old.iter_mut().all(|old| get(old).is_blocked() == on_old));
        assert!(new.iter_mut().all(|new| get(new).is_blocked() == on_new));
    }
}

#[test]
fn with_a_store_the_new_envoy_has_the_state_and_both_obey_the_changes_of_either() {
    let etcd = Etcd::start();
    let base_id = base_id();
    let options = || Options {
        arguments: SLOW.into(),
        ..fleet::options(&etcd)
    };
    let parent = start(base_id, options());
    let mut old = Connection::open(parent.address);
    toggle(&mut old, true);
    let newcomer = Client::start(parent.address, new_connections);
    let child = take_over(base_id, &parent, options());
    within(FIRST_MOMENTS, "the state", || child.get("/").is_blocked());
    let mut answers = newcomer.finish();
    answers.retain(|answer| !answer.is_blocked);
    if let [first, .., last] = &answers[..] {
        assert!(last.at - first.at < FIRST_MOMENTS);
    }
    let mut new = Connection::open(child.address);
    for on in [false, true].repeat(5) {
        toggle(if on { &mut new } else { &mut old }, on);
        within(FIRST_MOMENTS, "the change", || {
            [&mut old, &mut new]
                .into_iter()
                .all(|connection| get(connection).is_blocked() == on)
        });
    }
}

#[test]
fn as_many_changes_as_the_parent_has_seen_are_obeyed_at_once_when_it_ends() {
    let base_id = base_id();
    let parent = start(base_id, options(&QUICK));
    let child = take_over(base_id, &parent, options(&QUICK));
    let mut others = connections(&child);
    let mut admin = Connection::open(child.address);
    let before = child.metric("signals");
    eventually("the end of the parent's gauges", || {
        child.metric("signals") < before
    });
    (0..VMS).for_each(|_| toggle(&mut admin, true));
    assert!(others.iter_mut().all(|other| get(other).is_blocked()));
}
