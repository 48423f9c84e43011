//! Bypass links.

use serde_json::json;
use support::{
    Delivery, Envoy, Options,
    browser::{Browser, Key, in_time},
};

use super::{configuration, confirm, signed_in, start};

/// Makes a link; its URL.
fn make(browser: &Browser) -> String {
    browser.fill("#name", "qa");
    browser.pick("#ttl", "900");
    browser.click("#bypass .main");
    browser.wait_until_shown("#link a");
    browser.text("#link a")
}

#[test]
fn a_link_opens_the_site_in_another_browser_until_it_is_revoked() {
    let envoy = start();
    envoy.toggle(true);
    let browser = signed_in(&envoy);
    let link = make(&browser);
    assert!(browser.text("#link p").starts_with("Holds until "));

    let guest = Browser::start();
    guest.open(&envoy, "/");
    assert!(guest.text("h1").contains("maintenance"));
    guest.open_url(&link);
    assert_eq!(guest.text("body"), "upstream");
    guest.open(&envoy, "/shop");
    assert_eq!(guest.text("body"), "upstream");

    confirm(&browser, "#revoke");
    browser.wait_for_text("#done", "Every link made before now has ended.");
    assert_eq!(browser.text("#link"), "");
    guest.reload();
    assert!(guest.text("h1").contains("maintenance"));
    guest.open_url(&link);
    assert!(guest.text("h1").contains("maintenance"));
}

#[test]
fn a_link_can_be_copied() {
    let envoy = start();
    let browser = signed_in(&envoy);
    let permissions = json!({"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]});
    browser.devtools("Browser.grantPermissions", permissions);
    let link = make(&browser);
    browser.click("#link button");
    browser.wait_for_text("#done", "Copied.");
    assert_eq!(browser.run("return navigator.clipboard.readText()"), link);
}

#[test]
fn where_a_page_cannot_copy_it_offers_no_button_for_it() {
    let envoy = start();
    let browser = signed_in(&envoy);
    browser.run("Object.defineProperty(navigator, 'clipboard', { value: undefined })");
    make(&browser);
    assert!(!browser.shows("#link button"));
}

#[test]
fn without_bypass_there_is_no_box_for_links() {
    let mut configuration = configuration();
    configuration.as_object_mut().unwrap().remove("bypass");
    let envoy = Envoy::start(configuration);
    let browser = signed_in(&envoy);
    assert!(!browser.shows("#links"));
    // Nobody was asked for that.
    assert!(
        browser
            .sent()
            .iter()
            .all(|sent| !sent.url.contains("bypass"))
    );
}

#[test]
fn links_that_the_configuration_ends_are_said_to_have_ended() {
    let mut options = Options::new(configuration());
    options.delivery = Delivery::Ecds;
    let mut envoy = Envoy::with(options);
    let browser = signed_in(&envoy);
    let mut without = configuration();
    without.as_object_mut().unwrap().remove("bypass");
    envoy.update(without);
    browser.fill("#name", "qa");
    browser.click("#bypass .main");
    browser.wait_for_text("#problem", "There are no bypass links any more.");
}

#[test]
fn who_does_not_want_to_revoke_them_revokes_none() {
    let envoy = start();
    let browser = signed_in(&envoy);
    make(&browser);
    browser.click("#revoke");
    browser.wait_for_text("#ask", "Every link made so far ends at once.");
    browser.press(Key::Escape);
    in_time("the end of the question", || !browser.shows("#ask"));
    assert_eq!(browser.focus(), "button#revoke");
    assert!(browser.shows("#link a") && !browser.shows("#done"));
    let calls = browser.sent();
    assert!(calls.iter().all(|sent| !sent.url.ends_with("/revoke")));
}

#[test]
fn a_link_that_would_hold_too_long_is_refused_beside_its_field() {
    let mut configuration = configuration();
    configuration["bypass"]["max_ttl_seconds"] = 600.into();
    let envoy = Envoy::start(configuration);
    let browser = signed_in(&envoy);
    browser.fill("#name", "qa");
    browser.click("#bypass .main");
    browser.wait_for_text("#ttl-fault", "Holds: at most 10 minutes");
    assert_eq!(browser.focus(), "select#ttl");
}
