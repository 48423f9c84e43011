//! How many watches etcd has.

use std::time::Duration;

use support::{
    Connection, Delivery, Envoy, Options, Request,
    etcd::{Etcd, KEY, Relay, envoy_cluster, value},
    fleet::{agree, configuration, disconnected, options, options_on, start_all, store_connected},
    within,
};

const SETTLE: Duration = Duration::from_secs(5);
const ROUNDS: usize = 20;

fn with_four_workers(mut options: Options) -> Options {
    options.workers = 4;
    options.delivery = Delivery::Ecds;
    options
}

fn watches(etcd: &Etcd) -> u64 {
    etcd.metric("etcd_debugging_mvcc_watcher_total")
}

/// The watches that were begun since etcd started.
fn watches_begun(etcd: &Etcd) -> u64 {
    etcd.metric(
        "grpc_server_started_total{grpc_method=\"Watch\",grpc_service=\"etcdserverpb.Watch\",grpc_type=\"bidi_stream\"}",
    )
}

fn settle_at(etcd: &Etcd, count: u64) {
    within(SETTLE, "the number of watches", || watches(etcd) == count);
}

fn assert_steady(etcd: &Etcd, envoys: &[Envoy]) {
    let count = u64::try_from(envoys.len()).unwrap();
    settle_at(etcd, count);
    let begun = watches_begun(etcd);
    // Every worker has its requests and each VM several ticks.
    let mut connections: Vec<Connection> = envoys
        .iter()
        .flat_map(|envoy| (0..16).map(|_| Connection::open(envoy.address)))
        .collect();
    for _ in 0..40 {
        for connection in &mut connections {
            assert!(connection.fetch(&Request::get("/")).is_upstream());
        }
        assert_eq!(watches(etcd), count);
        std::thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(watches_begun(etcd), begun);
}

#[test]
fn an_envoy_has_one_watch_however_many_workers() {
    let etcd = Etcd::start();
    let envoys = start_all((0..3).map(|_| with_four_workers(options(&etcd))));
    assert_steady(&etcd, &envoys);
    drop(envoys);
    settle_at(&etcd, 0);
}

fn connected(envoy: &Envoy) {
    within(SETTLE, "the store", || store_connected(envoy) == (true, 1));
}

#[test]
fn reconnects_leave_no_watch_behind() {
    let mut etcd = Etcd::start();
    let relay = Relay::start(etcd.members[0].address);
    let cluster = envoy_cluster([relay.address]);
    let envoys = start_all([with_four_workers(options_on(cluster))]);
    for round in 0..ROUNDS {
        agree(&envoys, round % 2 == 1);
        relay.cut();
        disconnected(&envoys);
        settle_at(&etcd, 0);
        relay.mend();
        connected(&envoys[0]);
        // Not right after a change: etcd before 3.5.3 may forget one that it has just confirmed.
        if round % 5 == 4 {
            etcd.kill();
            disconnected(&envoys);
            etcd.restart();
            connected(&envoys[0]);
        }
        envoys[0].toggle(round % 2 == 0);
    }
    agree(&envoys, false);
    assert_steady(&etcd, &envoys);
}

#[test]
fn updates_of_the_configuration_leave_no_watch_behind() {
    let etcd = Etcd::start();
    let mut envoys = start_all([with_four_workers(options(&etcd))]);
    for round in 0..ROUNDS {
        let mut plugin = configuration();
        plugin["response"]["message"] = format!("message {round}").into();
        envoys[0].update(plugin);
        let on = round % 2 == 0;
        etcd.put(KEY, value(on));
        agree(&envoys, on);
    }
    assert_steady(&etcd, &envoys);
}
