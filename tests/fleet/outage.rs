//! etcd dies and comes back.

use std::{thread, time::Duration};

use serde_json::Value;
use support::{
    Envoy,
    etcd::{Etcd, KEY, value},
    fleet::{
        CATCH_UP, agree, assert_refused, change, disconnected, generation, observe, status, three,
    },
    within,
};

/// Long enough that a back-off without a limit would have grown past [`CATCH_UP`].
const LONG: Duration = Duration::from_secs(15);

/// Less than what a change waits for etcd.
const NOTICEABLE: Duration = Duration::from_millis(900);

/// Kills etcd for so long, and puts a value right after its return.
fn kill(on: bool, outage: Duration) {
    let mut etcd = Etcd::start();
    let envoys = three(&etcd);
    envoys[0].toggle(!on);
    envoys[1].toggle(on);
    agree(&envoys, on);
    let stored: Value = serde_json::from_str(&etcd.get(KEY).unwrap()).unwrap();
    assert_eq!(stored["maintenance"], on);
    let mut before = status(&envoys[0]);
    let observers = observe(&envoys);

    etcd.kill();
    let refused = if on { "off" } else { "on" };
    for envoy in &envoys {
        assert_refused(envoy, refused);
    }
    disconnected(&envoys);
    thread::sleep(outage);
    before["store_connected"] = false.into();
    for (envoy, observer) in envoys.iter().zip(&observers) {
        assert_refused(envoy, refused);
        assert_refused(envoy, "reset");
        assert_eq!(status(envoy), before);
        let requests = observer.requests();
        within(CATCH_UP, "more requests", || {
            observer.requests() > requests + 10
        });
        assert_eq!((observer.turns(), observer.is_blocked()), (0, on));
        let wait = observer.waits().percentile(99);
        assert!(wait < NOTICEABLE, "users wait for etcd: {wait:?}");
    }

    etcd.restart();
    assert_eq!(Some(generation(&envoys[0])), etcd.mod_revision(KEY));
    etcd.put(KEY, value(!on));
    agree(&envoys, !on);
    assert_eq!(Some(generation(&envoys[0])), etcd.mod_revision(KEY));
    assert!(observers.iter().all(|observer| observer.turns() == 1));
}

#[test]
fn a_dead_etcd_changes_nothing_while_maintenance_is_on() {
    kill(true, Duration::ZERO);
}

#[test]
fn a_dead_etcd_changes_nothing_while_maintenance_is_off() {
    kill(false, Duration::ZERO);
}

#[test]
fn a_long_outage_is_over_as_soon_as_a_short_one() {
    kill(true, LONG);
}

/// Toggles on each Envoy, in turn.
fn toggle_everywhere(envoys: &[Envoy]) {
    for toggle in 0..12 {
        let on = toggle % 2 == 0;
        envoys[toggle % envoys.len()].toggle(on);
        agree(envoys, on);
    }
}

#[test]
fn toggles_outlive_the_leader_of_three_and_the_killed_member_rejoins() {
    let mut etcd = Etcd::cluster(3);
    let envoys = three(&etcd);
    envoys[0].toggle(true);
    agree(&envoys, true);
    let observers = observe(&envoys);

    let first = etcd.leader();
    etcd.members[first].kill();
    for envoy in &envoys {
        within(CATCH_UP, "a toggle", || change(envoy, "on").status == 200);
    }
    agree(&envoys, true);
    assert!(observers.iter().all(|observer| observer.turns() == 0));
    toggle_everywhere(&envoys);

    etcd.restart();
    let second = etcd.leader();
    etcd.members[second].kill();
    // Only with the one that rejoined is there a quorum.
    for envoy in &envoys {
        within(CATCH_UP, "a toggle", || change(envoy, "on").status == 200);
    }
    toggle_everywhere(&envoys);
    etcd.restart();
    agree(&envoys, false);
    assert_eq!(Some(generation(&envoys[0])), etcd.mod_revision(KEY));
}
