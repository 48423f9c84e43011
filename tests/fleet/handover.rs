//! What holds the watch of an Envoy goes away.

use std::time::Duration;

use serde_json::Value;
use support::{
    Delivery, Observer, Options,
    etcd::{Etcd, KEY, value},
    fleet::{agree, configuration, generation, options, start_all},
    within,
};

/// How long the Envoy may be without a watch.
const TAKE_OVER: Duration = Duration::from_secs(3);

fn with_message(message: &str) -> Value {
    let mut plugin = configuration();
    plugin["response"]["message"] = message.into();
    plugin
}

/// Makes an update that may end the holder of the watch, again and again, and expects that
/// a change made right after it is obeyed in time.
fn survives(delivery: Delivery, update: impl Fn(&mut Options, usize)) {
    let etcd = Etcd::start();
    let mut options = options(&etcd);
    options.delivery = delivery;
    options.arguments = vec!["--drain-time-s", "1"];
    let mut envoys = start_all([options]);
    for round in 0..5 {
        envoys[0].change(|options| update(options, round));
        let observer = Observer::start(envoys[0].address);
        let on = round % 2 == 0;
        etcd.put(KEY, value(on));
        within(TAKE_OVER, "the change", || observer.is_blocked() == on);
        assert_eq!(observer.turns(), 1);
        agree(&envoys, on);
    }
    within(TAKE_OVER, "one watch", || {
        etcd.metric("etcd_debugging_mvcc_watcher_total") == 1
    });
}

#[test]
fn another_plugin_configuration_by_ecds_takes_over_the_watch() {
    survives(Delivery::Ecds, |options, round| {
        options.configuration = with_message(&round.to_string()).to_string();
    });
}

#[test]
fn another_vm_by_ecds_takes_over_the_watch() {
    survives(Delivery::Ecds, |options, round| {
        options.vm_configuration = round.to_string();
    });
}

#[test]
fn another_listener_by_lds_takes_over_the_watch() {
    survives(Delivery::Lds, |options, round| {
        options.configuration = with_message(&round.to_string()).to_string();
    });
}

#[test]
fn another_key_by_ecds_is_followed_instead() {
    let etcd = Etcd::start();
    let mut options = options(&etcd);
    options.delivery = Delivery::Ecds;
    let mut envoys = start_all([options]);
    for (key, on) in [("another-key", true), (KEY, false), ("another-key", true)] {
        etcd.put(key, value(on));
        let mut plugin = configuration();
        plugin["store"]["etcd"]["key"] = key.into();
        envoys[0].update(plugin);
        agree(&envoys, on);
        let current = etcd.mod_revision(key);
        assert_eq!(Some(generation(&envoys[0])), current);
        envoys[0].toggle(on);
        assert!(etcd.mod_revision(key) > current);
        agree(&envoys, on);
    }
}

/// Two listeners share a watch until one is gone.
fn survives_the_removal(of_first: bool) {
    let etcd = Etcd::start();
    let [one, two] = ["one", "two"].map(|message| with_message(message).to_string());
    let mut options = options(&etcd);
    options.delivery = Delivery::Lds;
    options.arguments = vec!["--drain-time-s", "1"];
    options.configuration.clone_from(&one);
    options.other_listener = Some(two.clone());
    let mut envoys = start_all([options]);
    let shared = etcd.metric("etcd_debugging_mvcc_watcher_total");
    assert_eq!(shared, 1);

    let observer = Observer::start(envoys[0].listener("other"));
    etcd.put(KEY, value(true));
    within(TAKE_OVER, "the change", || observer.is_blocked());
    drop(observer);
    envoys[0].change(|options| {
        options.other_listener = None;
        options.configuration = if of_first { two } else { one };
    });
    // The listener that is gone drains first.
    within(2 * TAKE_OVER, "the end of the draining", || {
        envoys[0].stat("listener_manager.total_listeners_draining") == 0
    });
    let observer = Observer::start(envoys[0].address);
    etcd.put(KEY, value(false));
    within(TAKE_OVER, "the change", || !observer.is_blocked());
    agree(&envoys, false);
    within(TAKE_OVER, "one watch", || {
        etcd.metric("etcd_debugging_mvcc_watcher_total") == 1
    });
}

#[test]
fn the_watch_of_two_listeners_outlives_the_first() {
    survives_the_removal(true);
}

#[test]
fn the_watch_of_two_listeners_outlives_the_second() {
    survives_the_removal(false);
}
