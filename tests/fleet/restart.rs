//! An Envoy starts, with etcd and without.

use std::time::Duration;

use serde_json::json;
use support::{
    Envoy, Options,
    etcd::{Etcd, KEY},
    fleet::{
        agree, assert_refused, configuration, generation, observe, options, status, store_connected,
    },
    within,
};

const FIRST_MOMENTS: Duration = Duration::from_secs(1);

fn with_initial(etcd: &Etcd, initial: &str) -> Options {
    let mut options = options(etcd);
    let mut plugin = configuration();
    plugin["initial"] = initial.into();
    options.configuration = plugin.to_string();
    options
}

#[test]
fn a_new_envoy_has_the_state_within_its_first_second() {
    let etcd = Etcd::start();
    let first = Envoy::with(options(&etcd));
    for on in [true, false] {
        first.toggle(on);
        let initial = if on { "off" } else { "on" };
        let envoy = Envoy::with(with_initial(&etcd, initial));
        within(FIRST_MOMENTS, "the state", || {
            envoy.get("/").is_blocked() == on && status(&envoy)["decided_by"] == "state"
        });
        assert_eq!(generation(&envoy), generation(&first));
        envoy.toggle(!on);
        within(FIRST_MOMENTS, "the toggle", || {
            first.get("/").is_blocked() != on
        });
    }
}

#[test]
fn an_envoy_that_starts_without_etcd_decides_by_initial_until_etcd_is_there() {
    for on in [true, false] {
        let mut etcd = Etcd::start();
        let initial = if on { "off" } else { "on" };
        let before = Envoy::with(with_initial(&etcd, initial));
        before.toggle(on);
        drop(before);
        let generation_before = etcd.mod_revision(KEY).unwrap();

        etcd.kill();
        let envoys = [Envoy::with(with_initial(&etcd, initial))];
        let envoy = &envoys[0];
        let observers = observe(&envoys);
        assert_eq!(envoy.get("/").is_blocked(), !on);
        assert_refused(envoy, if on { "on" } else { "off" });
        assert_eq!(store_connected(envoy), (false, 0));
        let expected = json!({
            "maintenance": !on, "decided_by": "initial", "mode": "auto", "scope": "default",
            "generation": 0, "since": null, "start": null, "until": null, "retry_after": null,
            "message": null, "changed_by": null, "hold": null, "ramp_until": null, "next": null, "store": "etcd", "store_connected": false,
            "version": env!("CARGO_PKG_VERSION"),
        });
        assert_eq!(status(envoy), expected);

        etcd.restart();
        agree(&envoys, on);
        assert_eq!(status(envoy)["decided_by"], "state");
        assert_eq!(generation(envoy), generation_before);
        assert_eq!(observers[0].turns(), 1);
    }
}

#[test]
fn a_cluster_that_envoy_does_not_have_is_a_store_that_is_down() {
    let etcd = Etcd::start();
    let mut options = with_initial(&etcd, "on");
    options.clusters.clear();
    let envoy = Envoy::with(options);
    assert!(envoy.get("/").is_blocked());
    assert_refused(&envoy, "off");
    assert_eq!(store_connected(&envoy), (false, 0));
    assert!(envoy.get("/").is_blocked());
}
