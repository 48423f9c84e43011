//! Requests that wait for the end of a toggle.

use support::{Background, Connection, Request, eventually};

use super::{signed_in, start, status};

#[test]
fn whoever_comes_meanwhile_waits_as_long_as_was_given() {
    let envoy = start();
    let browser = signed_in(&envoy);
    browser.pick("#hold", "60");
    browser.click("#on");
    browser.wait_for_text("#done", "Switched on.");
    assert_eq!(status(&envoy)["hold"], 60);
    browser.wait_for_text("#told", "requests wait up to 60 s");
    let address = envoy.address;
    let waiting = Background::start(move |_| Connection::open(address).fetch(&Request::get("/")));
    eventually("a request that waits", || envoy.metric("held") == 1);
    browser.click("#off");
    browser.wait_for_text("#done", "Switched off.");
    assert!(waiting.end().is_upstream());
    assert_eq!(browser.text("#told"), "");

    browser.pick("#hold", "0");
    browser.click("#on");
    browser.wait_for_text("#told", "no request waits");
    assert!(envoy.get("/").is_blocked());
}
