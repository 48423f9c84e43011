//! An Envoy is cut off from etcd while the key changes.

use support::{
    Envoy,
    etcd::{Etcd, KEY, Relay, envoy_cluster, value},
    fleet::{
        CATCH_UP, agree, assert_refused, disconnected, generation, options, options_on, status,
        store_connected, three,
    },
    within,
};

/// An Envoy behind a relay.
fn behind_relay(etcd: &Etcd) -> (Envoy, Relay) {
    let relay = Relay::start(etcd.members[0].address);
    let envoy = Envoy::with(options_on(envoy_cluster([relay.address])));
    (envoy, relay)
}

/// Cuts an Envoy off while the key changes, and waits until it does as another that was not.
fn cut_off(before: bool, meanwhile: impl Fn(&Etcd), after: bool) {
    let etcd = Etcd::start();
    let (envoy, relay) = behind_relay(&etcd);
    let envoys = [envoy, Envoy::with(options(&etcd))];
    etcd.put(KEY, value(before));
    agree(&envoys, before);

    relay.cut();
    disconnected(&envoys[..1]);
    meanwhile(&etcd);
    assert_eq!(envoys[0].get("/").is_blocked(), before);
    assert_refused(&envoys[0], "on");
    relay.mend();

    within(CATCH_UP, "the state", || {
        let blocked = envoys[0].get("/").is_blocked();
        blocked == after && store_connected(&envoys[0]) == (true, 1)
    });
    if etcd.get(KEY).is_some() {
        agree(&envoys, after);
    }
    envoys[0].toggle(!after);
    agree(&envoys, !after);
}

fn change_often(etcd: &Etcd) {
    for on in [true, false].repeat(10) {
        etcd.put(KEY, value(on));
    }
}

#[test]
fn an_envoy_that_was_cut_off_catches_up() {
    cut_off(true, change_often, false);
}

#[test]
fn an_envoy_that_was_cut_off_catches_up_though_what_it_missed_is_compacted() {
    let change_and_compact = |etcd: &Etcd| {
        change_often(etcd);
        etcd.put(KEY, value(true));
        etcd.compact();
    };
    cut_off(false, change_and_compact, true);
}

#[test]
fn an_envoy_that_was_cut_off_learns_that_the_key_was_deleted() {
    cut_off(true, |etcd| etcd.delete(KEY), false);
}

#[test]
fn an_envoy_that_was_cut_off_learns_that_the_key_was_deleted_though_that_is_compacted() {
    let delete_and_compact = |etcd: &Etcd| {
        change_often(etcd);
        etcd.delete(KEY);
        etcd.put("another-key", "");
        etcd.compact();
    };
    cut_off(true, delete_and_compact, false);
}

#[test]
fn an_envoy_that_starts_after_a_deletion_is_at_one_with_the_others_from_the_next_change() {
    let etcd = Etcd::start();
    let mut envoys = vec![Envoy::with(options(&etcd))];
    etcd.put(KEY, value(true));
    agree(&envoys, true);
    etcd.delete(KEY);
    agree(&envoys, false);
    let newcomer = Envoy::with(options(&etcd));
    within(CATCH_UP, "the store", || {
        store_connected(&newcomer) == (true, 1)
    });
    assert_eq!(status(&newcomer)["decided_by"], "initial");
    assert_eq!(generation(&newcomer), 0);
    newcomer.toggle(true);
    envoys.push(newcomer);
    agree(&envoys, true);
}

#[test]
fn an_envoy_that_was_cut_off_learns_that_the_key_was_deleted_and_made_again() {
    let delete_and_put = |etcd: &Etcd| {
        etcd.delete(KEY);
        etcd.put(KEY, value(true));
    };
    cut_off(false, delete_and_put, true);
}

#[test]
fn a_compaction_does_not_end_a_watch() {
    let etcd = Etcd::start();
    let envoys = [Envoy::with(options(&etcd))];
    for on in [true, false, true] {
        etcd.put(KEY, value(on));
        agree(&envoys, on);
        etcd.put("another-key", "");
        etcd.compact();
    }
    etcd.delete(KEY);
    agree(&envoys, false);
    assert_eq!(status(&envoys[0])["decided_by"], "initial");
}

#[test]
fn an_etcd_that_lost_its_data_is_followed_though_its_revisions_begin_anew() {
    let mut etcd = Etcd::start();
    let envoys = three(&etcd);
    for on in [true, false].repeat(5) {
        envoys[0].toggle(on);
    }
    envoys[1].toggle(true);
    agree(&envoys, true);
    etcd.kill();
    etcd.wipe();
    etcd.restart();
    agree(&envoys, false);
    for on in [true, false] {
        etcd.put(KEY, value(on));
        agree(&envoys, on);
    }
    envoys[2].toggle(true);
    agree(&envoys, true);
}
