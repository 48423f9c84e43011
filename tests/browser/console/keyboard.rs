//! The console without a mouse.

use std::time::{Duration, Instant};

use support::{
    ADMIN, Envoy, TOKEN,
    browser::{Browser, Key, in_time},
};

use super::{start, status};

/// Where Tab goes from the state, one after the other.
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

fn sign_in(envoy: &Envoy) -> Browser {
    let browser = Browser::start();
    browser.open(envoy, ADMIN);
    browser.press(TOKEN);
    browser.press(Key::Enter);
    browser.wait_for_text("#state h2", "Maintenance is off");
    browser
}

/// Presses Tab until an element has the focus.
fn go_to(browser: &Browser, element: &str) {
    while browser.focus() != element {
        browser.press(Key::Tab);
    }
}

#[test]
fn all_of_it_can_be_reached_in_order_and_the_focus_is_seen() {
    let envoy = start();
    let browser = sign_in(&envoy);
    in_time("the focus", || browser.focus() == "h2#now");
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
fn enter_in_a_field_never_switches_on() {
    let envoy = start();
    let browser = sign_in(&envoy);
    browser.fill("#message", "Back soon");
    for field in ["message", "lasts", "retry", "hold", "start"] {
        browser.run(&format!("document.querySelector('#{field}').focus()"));
        browser.press(Key::Enter);
        browser.press(Key::Escape);
    }
    assert!(!browser.shows("#ask") && !browser.shows("#done"));
    assert!(browser.sent().iter().all(|sent| sent.method == "GET"));
    assert_eq!(status(&envoy)["generation"], 0);
}

#[test]
fn on_extended_and_ended_takes_less_than_a_minute() {
    let envoy = start();
    let browser = sign_in(&envoy);
    let begun = Instant::now();
    go_to(&browser, "input#message");
    browser.press("Back soon");
    browser.press(Key::Tab);
    // The list of how long it lasts.
    browser.press("1 h");
    go_to(&browser, "button#on");
    browser.press(Key::Enter);
    browser.wait_until_shown("#ask");
    go_to(&browser, "button#yes");
    browser.press(Key::Enter);
    browser.wait_for_text("#done", "Switched on.");
    let first = status(&envoy);
    assert_eq!(first["message"], "Back soon");

    go_to(&browser, "button#extend");
    browser.press(Key::Enter);
    browser.wait_for_text("#done", "Extended until ");
    let extended = status(&envoy);
    assert_eq!(extended["message"], "Back soon");
    assert!(extended["until"].as_str() > first["until"].as_str());

    go_to(&browser, "button#end");
    browser.press(" ");
    browser.wait_for_text("#done", "Switched off.");
    let taken = begun.elapsed();
    assert!(taken < Duration::from_secs(60), "{taken:?}");
    assert!(envoy.get("/").is_upstream());
}
