//! The console without a mouse.

use support::{
    ADMIN, TOKEN,
    browser::{Browser, Key},
};

use super::{start, status};

/// Where Tab goes, one after the other.
const ORDER: [&str; 13] = [
    "input#message",
    "select#lasts",
    "input#retry",
    "select#hold",
    "input#start",
    "button#on",
    "button#off",
    "button#reset",
    "input#name",
    "select#ttl",
    "button",
    "button#revoke",
    "button#forget",
];

#[test]
fn all_of_it_can_be_reached_in_order_and_the_focus_is_seen() {
    let envoy = start();
    let browser = Browser::start();
    browser.open(&envoy, ADMIN);
    browser.press(TOKEN);
    browser.press(Key::Enter);
    browser.wait_for_text("#state h2", "Maintenance is off");
    let mut reached: Vec<String> = Vec::new();
    while reached.len() < ORDER.len() {
        browser.press(Key::Tab);
        let focus = browser.focus();
        // A date has a part each for day, month …
        if reached.last() != Some(&focus) && focus != "body" {
            let outline = "return getComputedStyle(document.activeElement).outlineStyle";
            assert_eq!(browser.run(outline), "solid", "{focus}");
            reached.push(focus);
        }
    }
    assert_eq!(reached, ORDER);
}

#[test]
fn enter_switches_on_and_space_presses_a_button() {
    let envoy = start();
    let browser = Browser::start();
    browser.open(&envoy, ADMIN);
    browser.press(TOKEN);
    browser.press(Key::Enter);
    browser.wait_for_text("#state h2", "Maintenance is off");
    while browser.focus() != "input#message" {
        browser.press(Key::Tab);
    }
    browser.press("Back soon");
    browser.press(Key::Enter);
    browser.wait_for_text("#done", "Switched on.");
    assert_eq!(status(&envoy)["message"], "Back soon");
    while browser.focus() != "button#off" {
        browser.press(Key::Tab);
    }
    browser.press(" ");
    browser.wait_for_text("#done", "Switched off.");
    assert!(envoy.get("/").is_upstream());
}
