//! Requests that wait for the end of a toggle.

use support::{Background, Connection, Request, eventually};

use super::{signed_in, start, status, switch_on};

#[test]
fn whoever_comes_meanwhile_waits_as_long_as_was_given() {
    let envoy = start();
    let browser = signed_in(&envoy);
    browser.pick("#hold", "60");
    switch_on(&browser, "Switched on.");
    assert_eq!(status(&envoy)["hold"], 60);
    browser.wait_for_text("#told", "Requests wait up to\n1 minute");
    let address = envoy.address;
    let waiting = Background::start(move |_| Connection::open(address).fetch(&Request::get("/")));
    eventually("a request that waits", || envoy.metric("held") == 1);
    browser.wait_for_text("#counters", "waiting now\t1");
    browser.click("#off");
    browser.wait_for_text("#done", "Switched off.");
    assert!(waiting.end().is_upstream());
    assert_eq!(browser.text("#told"), "");

    browser.pick("#hold", "0");
    switch_on(&browser, "Switched on.");
    browser.wait_for_text("#told", "Requests wait up to\nnot at all");
    assert!(envoy.get("/").is_blocked());
}
