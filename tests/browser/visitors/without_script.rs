//! A browser that runs no script.

use serde_json::json;
use support::browser::{Browser, LOOKS, in_time};

use super::blocking;

fn start() -> Browser {
    let browser = Browser::start();
    browser.devtools(
        "Emulation.setScriptExecutionDisabled",
        json!({"value": true}),
    );
    browser
}

#[test]
fn the_end_is_readable_as_it_is_and_the_page_fits() {
    let envoy = blocking("on?until=2999-01-01T22:15:00Z");
    let browser = start();
    browser.open(&envoy, "/");
    assert_eq!(browser.text("time"), "2999-01-01T22:15:00Z");
    for look in LOOKS {
        browser.look(look);
        browser.assert_fits(look);
    }
    browser.picture("page-without-script");
}

#[test]
fn the_page_comes_back_by_its_refresh() {
    let envoy = blocking("on");
    let browser = start();
    browser.open(&envoy, "/");
    envoy.toggle(false);
    browser.hurry();
    in_time("the site", || browser.text("body") == "upstream");
}
