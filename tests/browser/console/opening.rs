//! A slow opening: begun, watched, hastened, ended.

use serde_json::Value;
use support::browser::{Browser, in_time};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::{signed_in, start, status, switch_on};

/// How many clients in a hundred pass, as the console tells it.
fn share(browser: &Browser) -> u32 {
    let told = browser.text("#share");
    let share = told.strip_prefix("Clients that pass now: ");
    let share = share.and_then(|share| share.strip_suffix('%'));
    share.and_then(|share| share.parse().ok()).expect(&told)
}

/// The seconds that are left.
fn left(ramp_until: &Value) -> f64 {
    let until = OffsetDateTime::parse(ramp_until.as_str().unwrap(), &Rfc3339).unwrap();
    (until - OffsetDateTime::now_utc()).as_seconds_f64()
}

/// Lets all pass after so many seconds.
fn press(browser: &Browser, button: &str, seconds: &str) {
    browser.pick("#ramp", seconds);
    assert_eq!(browser.text("#slowly"), button);
    browser.click("#slowly");
    browser.wait_for_text("#done", "Opening until ");
    assert_eq!(browser.text("#done"), browser.text("#now"));
}

#[test]
fn it_is_begun_hastened_and_ended_with_a_click_each() {
    let envoy = start();
    let browser = signed_in(&envoy);
    assert!(!browser.shows("#open"), "there is nothing to open");
    switch_on(&browser, "Switched on.");
    browser.wait_until_shown("#open");
    assert_eq!(browser.text("#off"), "Switch off");

    press(&browser, "Off slowly", "14400");
    let begun = status(&envoy);
    assert_eq!(begun["maintenance"], false);
    let first = left(&begun["ramp_until"]);
    assert!((14_300.0..=14_400.0).contains(&first), "{first}");
    assert_eq!(share(&browser), 0);
    assert!(browser.text("#why").starts_with("Set by ops, "));
    assert_eq!(browser.text("#off"), "Open at once");
    let title = browser.run("return document.title");
    assert_eq!(title, "Opening · Maintenance mode");

    press(&browser, "Open faster", "60");
    let hastened = status(&envoy)["ramp_until"].clone();
    assert!(left(&hastened) <= 60.0);
    // It is not slowed down.
    press(&browser, "Open faster", "3600");
    assert_eq!(status(&envoy)["ramp_until"], hastened);

    in_time("some clients", || share(&browser) >= 10);
    let before = share(&browser);
    envoy.admin("POST", "off?ramp=20s");
    browser.reload();
    browser.wait_for_text("#share", "pass now");
    assert!(browser.shows("#opened"));
    let after = share(&browser);
    assert!(before <= after && after < before + 50, "{before} {after}");

    browser.click("#off");
    browser.wait_for_text("#done", "Switched off.");
    assert_eq!(browser.text("#now"), "Maintenance is off");
    assert_eq!(browser.text("#share"), "");
    assert!(!browser.shows("#open"));
    assert!(envoy.get("/").is_upstream());
}

#[test]
fn its_end_is_seen_without_a_click() {
    let envoy = start();
    let browser = signed_in(&envoy);
    envoy.toggle(true);
    envoy.admin("POST", "off?ramp=3s");
    browser.wait_for_text("#now", "Opening until ");
    browser.wait_for_text("#now", "Maintenance is off");
    assert_eq!(browser.text("#share"), "");
}

#[test]
fn what_is_refused_is_told() {
    let mut configuration = super::configuration();
    configuration["admin"]["max_on_seconds"] = 600.into();
    let envoy = support::Envoy::start(configuration);
    let browser = signed_in(&envoy);
    switch_on(&browser, "Switched on.");
    browser.pick("#ramp", "3600");
    browser.click("#slowly");
    browser.wait_for_text(
        "#ramp-fault",
        "All clients pass again after: at most 10 minutes",
    );
    assert_eq!(browser.text("#now"), "Maintenance is on");
}
