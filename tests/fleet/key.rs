//! The key itself: its name, its neighbours and its lease.

use serde_json::Value;
use support::{
    Options,
    etcd::{Etcd, KEY, value},
    eventually,
    fleet::{agree, configuration, generation, options, start_all, status},
};

fn with_key(etcd: &Etcd, key: &str) -> Options {
    let mut plugin = configuration();
    plugin["store"]["etcd"]["key"] = key.into();
    let mut options = options(etcd);
    options.configuration = plugin.to_string();
    options
}

#[test]
fn a_key_may_have_any_name() {
    let etcd = Etcd::start();
    for key in [
        "/",
        "k",
        " spaces and \"quotes\" \\ ",
        "\u{43a}\u{43b}\u{44e}\u{447}/\u{1f6a7}",
        "-w=json",
        &"n".repeat(1024),
    ] {
        let envoys = start_all([(); 2].map(|()| with_key(&etcd, key)));
        envoys[0].toggle(true);
        agree(&envoys, true);
        assert_eq!(etcd.mod_revision(key), Some(generation(&envoys[1])));
        etcd.put(key, value(false));
        agree(&envoys, false);
    }
}

#[test]
fn keys_beside_it_are_somebody_elses() {
    let etcd = Etcd::start();
    let envoys = start_all([(); 2].map(|()| options(&etcd)));
    envoys[0].toggle(true);
    agree(&envoys, true);
    let before = status(&envoys[0]);
    let revision = etcd.mod_revision(KEY);
    for key in [
        format!("{KEY}/"),
        format!("{KEY}x"),
        format!("/{KEY}"),
        KEY.to_uppercase(),
        "maintenance-mode/".to_owned(),
        "maintenance-mode/defaul".to_owned(),
    ] {
        etcd.put(&key, value(false));
        etcd.put(&key, "garbage");
        etcd.delete(&key);
        agree(&envoys, true);
        assert_eq!(status(&envoys[1]), before, "{key}");
    }
    assert_eq!(etcd.mod_revision(KEY), revision);
    assert!(envoys.iter().all(|envoy| envoy.metric("errors") == 0));
}

#[test]
fn a_key_whose_lease_ends_is_reset() {
    let etcd = Etcd::start();
    let envoys = start_all([(); 2].map(|()| options(&etcd)));
    let granted = etcd.ctl(&["lease", "grant", "2"]);
    let lease = granted.split(' ').nth(1).unwrap();
    etcd.ctl(&["put", "--lease", lease, KEY, value(true)]);
    agree(&envoys, true);
    eventually("the end of the lease", || etcd.get(KEY).is_none());
    agree(&envoys, false);
    assert_eq!(status(&envoys[0])["decided_by"], "initial");
}

#[test]
fn a_change_outlives_the_lease_of_the_value_it_replaced() {
    let etcd = Etcd::start();
    let envoys = start_all([(); 2].map(|()| options(&etcd)));
    let granted = etcd.ctl(&["lease", "grant", "60"]);
    let lease = granted.split(' ').nth(1).unwrap();
    etcd.ctl(&["put", "--lease", lease, KEY, value(false)]);
    agree(&envoys, false);
    envoys[0].toggle(true);
    etcd.ctl(&["lease", "revoke", lease]);
    agree(&envoys, true);
    let kept: Value = serde_json::from_str(&etcd.get(KEY).unwrap()).unwrap();
    assert_eq!(kept["maintenance"], true);
}

#[test]
fn a_transaction_of_others_is_one_change() {
    let etcd = Etcd::start();
    let envoys = start_all([(); 2].map(|()| options(&etcd)));
    for on in [true, false, true] {
        let transaction = format!(
            "\nput {KEY} {}\nput another-key {on}\nput {KEY}/audit {on}\n\n\n",
            value(on).replace(" ", "")
        );
        etcd.ctl_with_input(&["txn"], transaction.as_bytes());
        agree(&envoys, on);
        assert_eq!(etcd.mod_revision(KEY), Some(generation(&envoys[1])));
    }
}
