//! Logins that etcd refuses.

use support::{
    Delivery, Envoy,
    etcd::{Etcd, KEY, PASSWORD, USER},
    fleet::{
        CATCH_UP, agree, assert_detail, assert_never_connected, change, disconnected, logged_in,
        options, start_all, status, store_connected,
    },
    within,
};

use super::{assert_secret, discreet};

const WRONG: &str = "authentication failed, invalid user ID or password";
const DENIED: &str = "etcdserver: permission denied";

#[test]
fn a_wrong_password_leaves_an_envoy_unconnected_until_etcd_has_it_too() {
    let etcd = Etcd::secured();
    let right = start_all([logged_in(&etcd, USER, PASSWORD)]);
    let mistaken = "another-p\u{e4}ssword";
    let wrong = Envoy::with(discreet(&etcd, mistaken));
    assert_never_connected(&wrong, WRONG);
    right[0].toggle(true);
    assert!(wrong.get("/").is_upstream());
    assert_secret(&wrong, mistaken);

    etcd.set_password(USER, mistaken);
    within(CATCH_UP, "the store", || {
        store_connected(&wrong) == (true, 1)
    });
    assert!(wrong.get("/").is_blocked());
    assert_secret(&wrong, mistaken);
}

#[test]
fn a_user_that_etcd_does_not_know_leaves_an_envoy_unconnected() {
    let etcd = Etcd::secured();
    let stranger = Envoy::with(logged_in(&etcd, "stranger", PASSWORD));
    assert_never_connected(&stranger, WRONG);
    etcd.add_user("stranger", PASSWORD);
    etcd.grant("stranger", USER);
    let envoys = [stranger];
    agree(&envoys, false);
    envoys[0].toggle(true);
}

#[test]
fn an_envoy_that_does_not_log_in_stays_unconnected_while_etcd_wants_it() {
    let etcd = Etcd::secured();
    let envoys = [Envoy::with(options(&etcd))];
    assert_never_connected(&envoys[0], "etcdserver: user name is empty");
    etcd.ctl(&["auth", "disable"]);
    agree(&envoys, false);
    envoys[0].toggle(true);
}

#[test]
fn an_envoy_that_does_not_log_in_says_so_once_etcd_wants_it() {
    let etcd = Etcd::secured();
    etcd.ctl(&["auth", "disable"]);
    let envoys = start_all([options(&etcd)]);
    envoys[0].toggle(true);
    etcd.ctl(&["auth", "enable"]);
    let before = etcd.mod_revision(KEY);
    assert_detail(&change(&envoys[0], "off"), "user name is empty");
    assert_eq!(etcd.mod_revision(KEY), before);
    assert!(envoys[0].get("/").is_blocked());
}

#[test]
fn a_user_may_have_no_more_than_the_two_keys() {
    let etcd = Etcd::secured();
    etcd.add_user("guest", PASSWORD);
    etcd.ctl(&["role", "add", "guest"]);
    for key in [KEY, &format!("{KEY}/bypass-revoked-at")] {
        etcd.ctl(&["role", "grant-permission", "guest", "readwrite", key]);
    }
    etcd.grant("guest", "guest");
    let envoys = start_all((0..2).map(|_| logged_in(&etcd, "guest", PASSWORD)));
    for on in [true, false] {
        envoys[0].toggle(on);
        agree(&envoys, on);
    }
    for envoy in &envoys {
        assert!(!envoy.log().contains(DENIED), "{}", envoy.log());
    }
}

#[test]
fn a_user_without_permission_leaves_an_envoy_unconnected_until_it_is_granted() {
    let etcd = Etcd::secured();
    etcd.add_user("guest", PASSWORD);
    let envoys = [Envoy::with(logged_in(&etcd, "guest", PASSWORD))];
    assert_never_connected(&envoys[0], DENIED);
    etcd.grant("guest", USER);
    agree(&envoys, false);
    envoys[0].toggle(true);
    agree(&envoys, true);
}

#[test]
fn a_user_who_may_only_read_follows_and_changes_nothing() {
    let etcd = Etcd::secured();
    etcd.add_user("reader", PASSWORD);
    etcd.add_role("reader", "read");
    etcd.grant("reader", "reader");
    let envoys = start_all([USER, "reader"].map(|user| logged_in(&etcd, user, PASSWORD)));
    envoys[0].toggle(true);
    agree(&envoys, true);
    for call in ["off", "reset", "on"] {
        assert_detail(&change(&envoys[1], call), DENIED);
    }
    agree(&envoys, true);
    assert_eq!(
        etcd.mod_revision(KEY),
        status(&envoys[1])["generation"].as_u64()
    );
}

#[test]
fn a_user_who_may_only_read_and_write_another_key_is_denied() {
    let etcd = Etcd::secured();
    let mut options = logged_in(&etcd, USER, PASSWORD);
    options.configuration = options.configuration.replace(KEY, "another-key");
    assert_never_connected(&Envoy::with(options), DENIED);
    assert_eq!(etcd.get("another-key"), None);
}

#[test]
fn a_password_that_is_changed_in_etcd_refuses_changes_and_traffic_goes_on() {
    let mut etcd = Etcd::secured();
    let envoys = start_all([discreet(&etcd, PASSWORD)]);
    envoys[0].toggle(true);
    agree(&envoys, true);

    etcd.set_password(USER, "a-new-one");
    let before = etcd.mod_revision(KEY);
    assert_detail(&change(&envoys[0], "off"), WRONG);
    assert_eq!(etcd.mod_revision(KEY), before);
    assert!(envoys[0].get("/").is_blocked());
    etcd.kill();
    etcd.restart();
    disconnected(&envoys);
    assert_detail(&change(&envoys[0], "off"), WRONG);
    assert!(envoys[0].get("/").is_blocked());
    assert_secret(&envoys[0], PASSWORD);

    let renewed = [Envoy::with(logged_in(&etcd, USER, "a-new-one"))];
    agree(&renewed, true);
    renewed[0].toggle(false);
    assert!(envoys[0].get("/").is_blocked());
    etcd.set_password(USER, PASSWORD);
    agree(&envoys, false);
    envoys[0].toggle(true);
    agree(&envoys, true);
}

#[test]
fn a_permission_that_is_taken_away_refuses_changes_and_comes_back() {
    let mut etcd = Etcd::secured();
    let envoys = start_all([logged_in(&etcd, USER, PASSWORD)]);
    envoys[0].toggle(true);
    agree(&envoys, true);
    etcd.ctl(&["user", "revoke-role", USER, USER]);
    assert_detail(&change(&envoys[0], "off"), DENIED);
    assert!(envoys[0].get("/").is_blocked());
    etcd.kill();
    etcd.restart();
    disconnected(&envoys);
    assert_detail(&change(&envoys[0], "off"), DENIED);
    assert!(envoys[0].get("/").is_blocked());
    etcd.grant(USER, USER);
    agree(&envoys, true);
    envoys[0].toggle(false);
    agree(&envoys, false);
}

#[test]
fn an_update_to_another_user_has_the_rights_of_that_user() {
    let etcd = Etcd::secured();
    etcd.add_user("reader", PASSWORD);
    etcd.add_role("reader", "read");
    etcd.grant("reader", "reader");
    let mut options = logged_in(&etcd, USER, PASSWORD);
    options.delivery = Delivery::Ecds;
    let mut envoys = start_all([options]);
    envoys[0].toggle(true);
    agree(&envoys, true);
    let to = |user: &str| {
        let configuration = logged_in(&etcd, user, PASSWORD).configuration;
        serde_json::from_str(&configuration).unwrap()
    };
    envoys[0].update(to("reader"));
    agree(&envoys, true);
    assert_detail(&change(&envoys[0], "off"), DENIED);
    envoys[0].update(to(USER));
    agree(&envoys, true);
    envoys[0].toggle(false);
    agree(&envoys, false);
}
