//! How long a toggle takes to every other Envoy.

use std::time::{Duration, Instant};

use support::{
    etcd::{Etcd, KEY},
    fleet::{agree, generation, observe, three},
};

const TOGGLES: usize = 50;
const MEDIAN: Duration = Duration::from_millis(100);
const WORST: Duration = Duration::from_millis(250);

/// From the answer to the toggle on one Envoy to the first request of the last Envoy that
/// obeys.
fn measure(etcd: &Etcd) {
    let envoys = three(etcd);
    let observers = observe(&envoys);
    let mut delays: Vec<Duration> = (0..TOGGLES)
        .map(|toggle| {
            let on = toggle % 2 == 0;
            let here = toggle % envoys.len();
            envoys[here].toggle(on);
            let answered = Instant::now();
            assert_eq!(envoys[here].get("/").is_blocked(), on);
            let obeyed = observers.iter().map(|observer| observer.turn(on)).max();
            obeyed.unwrap().saturating_duration_since(answered)
        })
        .collect();
    delays.sort_unstable();
    let (median, worst) = (delays[TOGGLES / 2], delays[TOGGLES - 1]);
    println!(
        "{TOGGLES} toggles, {} Envoys, etcd of {}: median {median:?}, worst {worst:?}",
        envoys.len(),
        etcd.members.len()
    );

    for observer in &observers {
        assert_eq!(observer.turns(), TOGGLES);
    }
    agree(&envoys, false);
    assert_eq!(Some(generation(&envoys[0])), etcd.mod_revision(KEY));
    assert!(median < MEDIAN && worst < WORST, "{delays:?}");
}

#[test]
fn a_toggle_reaches_every_other_envoy_within_milliseconds() {
    measure(&Etcd::alone(1));
}

#[test]
fn a_toggle_reaches_every_other_envoy_within_milliseconds_through_three_members() {
    measure(&Etcd::alone(3));
}
