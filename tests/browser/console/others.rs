//! Two people at once.

use support::browser::Browser;

use super::{confirm, sign_in, start, status, switch_on};

#[test]
fn whoever_is_second_is_told_and_sees_what_it_is_now() {
    let envoy = start();
    let second = Browser::start();
    // With a clock that stands still, it does not look again by itself.
    second.take_clock();
    sign_in(&second, &envoy);
    for (first, button, heading) in [
        ("on?message=mine", "#off", "Maintenance is on"),
        ("off", "#on", "Maintenance is off"),
    ] {
        let answer = envoy.admin("POST", first).json();
        if button == "#on" {
            confirm(&second, button);
        } else {
            second.click(button);
        }
        // The second time it was told before.
        second.wait_for_text("#state h2", heading);
        second.wait_for_text("#problem", "Somebody else was faster");
        assert_eq!(second.text("#state h2"), heading);
        assert!(!second.shows("#done"));
        assert_eq!(status(&envoy)["generation"], answer["generation"]);
    }
    switch_on(&second, "Switched on.");
    assert!(!second.shows("#problem"));
    assert!(envoy.get("/").is_blocked());
}

#[test]
fn what_was_done_is_not_said_any_more_when_somebody_has_undone_it() {
    let envoy = start();
    let browser = Browser::start();
    sign_in(&browser, &envoy);
    switch_on(&browser, "Switched on.");
    envoy.toggle(false);
    browser.wait_for_text("#state h2", "Maintenance is off");
    assert!(!browser.shows("#done"));
}
