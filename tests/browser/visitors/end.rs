//! The end, where it is known.

use std::time::Duration;

use support::browser::Browser;

use super::{MINUTE, blocking, start_with_clock};

#[test]
fn it_is_told_in_the_time_zone_of_the_visitor() {
    let envoy = blocking("on?until=2999-01-01T22:15:00Z");
    let browser = Browser::start();
    for (time_zone, told) in [
        ("Etc/UTC", "Tuesday, January 1, 2999 at 10:15 PM UTC, in "),
        (
            "America/New_York",
            "Tuesday, January 1, 2999 at 5:15 PM EST, in ",
        ),
        (
            "Asia/Kolkata",
            "Wednesday, January 2, 2999 at 3:45 AM GMT+5:30, in ",
        ),
    ] {
        browser.travel(time_zone);
        browser.open(&envoy, "/");
        let text = browser.text("time");
        assert!(text.starts_with(told), "{text}");
        assert!(text.ends_with(" days"), "{text}");
    }
}

#[test]
fn the_countdown_goes_on_to_the_end() {
    let envoy = blocking(&format!("on?for={}", 100 * MINUTE));
    let browser = start_with_clock();
    browser.open(&envoy, "/");
    for (minutes, told) in [
        (0, "in 2 hours"),
        (20, "in 80 minutes"),
        (78, "in 2 minutes"),
        (1, "in 1 minute"),
    ] {
        browser.let_pass(Duration::from_secs(minutes * MINUTE));
        let text = browser.text("time");
        assert!(text.ends_with(told), "{told}: {text}");
    }
    browser.let_pass(Duration::from_secs(MINUTE + 15));
    assert_eq!(browser.text("time"), "any moment now");
}

#[test]
fn without_one_none_is_told() {
    let envoy = blocking("on");
    let browser = Browser::start();
    browser.open(&envoy, "/");
    assert!(!browser.shows("time"));
    assert!(!browser.text("main").contains("Expected"));
}
