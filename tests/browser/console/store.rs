//! The console of a fleet.

use support::etcd::{self, Etcd};

use super::{signed_in, start_with, switch_on};

#[test]
fn it_tells_whether_the_store_is_there() {
    let mut etcd = Etcd::start();
    let envoy = start_with(&etcd);
    let browser = signed_in(&envoy);
    browser.wait_for_text("#store", "etcd, one state for all Envoys: connected.");
    switch_on(&browser, "Switched on.");

    etcd.kill();
    browser.wait_for_text("#store", "NOT connected");
    browser.click("#off");
    browser.wait_for_text(
        "#problem",
        "The store cannot be reached, so nothing was changed.",
    );
    assert_eq!(browser.text("#state h2"), "Maintenance is on");

    etcd.restart();
    etcd.put(etcd::KEY, etcd::value(false));
    browser.wait_for_text("#store", ": connected.");
    browser.wait_for_text("#state h2", "Maintenance is off");
    switch_on(&browser, "Switched on.");
}
