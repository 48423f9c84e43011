//! An Envoy is cut off from etcd while the key changes.

use crate::{
    fixtures::{
        CATCH_UP, Etcd, KEY, Relay, agree, assert_refused, envoy_cluster, options, options_on,
        status, store_connected,
    },
    support::{Envoy, within},
};

const ON: &str = r#"{"maintenance": true}"#;
const OFF: &str = r#"{"maintenance": false}"#;

/// An Envoy behind a relay.
fn behind_relay(etcd: &Etcd) -> (Envoy, Relay) {
    let relay = Relay::start(etcd.members[0].address);
    let envoy = Envoy::with(options_on(envoy_cluster([relay.address])));
    (envoy, relay)
}

/// Cuts an Envoy off while the key changes, and waits until it agrees with another that
/// was not.
fn cut_off(before: &str, meanwhile: impl Fn(&Etcd), maintenance: bool) -> Vec<Envoy> {
    let etcd = Etcd::start();
    let (envoy, relay) = behind_relay(&etcd);
    let envoys = vec![envoy, Envoy::with(options(&etcd))];
    etcd.put(KEY, before);
    agree(&envoys, before == ON);

    relay.cut();
    within(CATCH_UP, "the loss of the store", || {
        store_connected(&envoys[0]) == (false, 0)
    });
    meanwhile(&etcd);
    assert_eq!(envoys[0].get("/").is_blocked(), before == ON);
    assert_refused(&envoys[0], "on");
    relay.mend();

    agree(&envoys, maintenance);
    envoys[0].toggle(!maintenance);
    agree(&envoys, !maintenance);
    envoys
}

fn change_often(etcd: &Etcd) {
    for value in [ON, OFF].repeat(10) {
        etcd.put(KEY, value);
    }
}

#[test]
fn an_envoy_that_was_cut_off_catches_up() {
    cut_off(ON, change_often, false);
}

#[test]
fn an_envoy_that_was_cut_off_catches_up_though_what_it_missed_is_compacted() {
    let change_and_compact = |etcd: &Etcd| {
        change_often(etcd);
        etcd.put(KEY, ON);
        etcd.compact();
    };
    cut_off(OFF, change_and_compact, true);
}

#[test]
fn an_envoy_that_was_cut_off_learns_that_the_key_was_deleted() {
    cut_off(ON, |etcd| etcd.delete(KEY), false);
}

#[test]
fn an_envoy_that_was_cut_off_learns_that_the_key_was_deleted_though_that_is_compacted() {
    let delete_and_compact = |etcd: &Etcd| {
        change_often(etcd);
        etcd.delete(KEY);
        etcd.put("another-key", "");
        etcd.compact();
    };
    cut_off(ON, delete_and_compact, false);
}

#[test]
fn an_envoy_that_was_cut_off_learns_that_the_key_was_deleted_and_made_again() {
    let delete_and_put = |etcd: &Etcd| {
        etcd.delete(KEY);
        etcd.put(KEY, ON);
    };
    cut_off(OFF, delete_and_put, true);
}

#[test]
fn a_compaction_does_not_end_a_watch() {
    let etcd = Etcd::start();
    let envoys = [Envoy::with(options(&etcd))];
    for on in [true, false, true] {
        etcd.put(KEY, if on { ON } else { OFF });
        agree(&envoys, on);
        etcd.put("another-key", "");
        etcd.compact();
    }
    etcd.delete(KEY);
    agree(&envoys, false);
    assert_eq!(status(&envoys[0])["decided_by"], "initial");
}
