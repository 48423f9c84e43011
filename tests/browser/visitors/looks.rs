//! Screens, colours and accessibility.

use support::browser::{Browser, LIGHT_PHONE, LOOKS};

use super::blocking;

#[test]
fn it_fits_phone_and_desk_in_both_schemes_and_axe_finds_no_fault() {
    let browser = Browser::start();
    for (state, call) in [("plain", "on"), ("end", "on?for=9000")] {
        let envoy = blocking(call);
        browser.open(&envoy, "/");
        for look in LOOKS {
            browser.look(look);
            browser.assert_fits(look);
            browser.assert_accessible(look.name);
            browser.picture(&format!("page-{state}-{}", look.name));
        }
    }
}

#[test]
fn a_very_long_message_fits_a_phone() {
    let browser = Browser::start();
    browser.look(LIGHT_PHONE);
    for message in ["word%20".repeat(142), "unbreakable".repeat(90)] {
        let envoy = blocking(&format!("on?message={message}"));
        browser.open(&envoy, "/");
        browser.assert_fits(LIGHT_PHONE);
        browser.assert_accessible(&message);
    }
    browser.picture("page-long-light-phone");
}

#[test]
fn nothing_moves() {
    let browser = Browser::start();
    let envoy = blocking("on?for=9000");
    browser.open(&envoy, "/");
    assert_eq!(browser.run("return document.getAnimations().length"), 0);
}

#[test]
fn the_check_for_accessibility_finds_faults() {
    let browser = Browser::start();
    let envoy = blocking("on");
    browser.open(&envoy, "/");
    browser.run("document.documentElement.removeAttribute('lang')");
    browser.run("document.querySelector('p').style.color = 'silver'");
    let faults = browser.accessibility_faults();
    assert!(
        faults.contains("html-has-lang") && faults.contains("color-contrast"),
        "{faults}"
    );
}
