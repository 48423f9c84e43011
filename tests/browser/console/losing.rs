//! Calls that are lost, and a state that is.

use std::time::Duration;

use serde_json::json;
use support::{
    Envoy, Options,
    browser::{Browser, in_time},
};

use super::{configuration, confirm, sign_in, signed_in, start, status, switch_on};

const PERIOD: Duration = Duration::from_secs(2);
const SILENT: &str = "Envoy does not answer.";

fn set_offline(browser: &Browser, is_offline: bool) {
    let network = json!({"offline": is_offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1});
    browser.devtools("Network.emulateNetworkConditions", network);
}

/// Waits until a look has been answered or is lost, and the next is planned.
fn wait_for_look(browser: &Browser) {
    in_time("the next look", || browser.run("return timers.size") == 1);
}

/// Lets it look once.
fn let_look(browser: &Browser) {
    browser.let_pass(PERIOD);
    wait_for_look(browser);
}

#[test]
fn one_lost_look_is_not_told_and_more_are_until_it_answers_again() {
    let envoy = start();
    let browser = Browser::start();
    browser.take_clock();
    sign_in(&browser, &envoy);
    wait_for_look(&browser);
    for round in 0..2 {
        set_offline(&browser, true);
        let_look(&browser);
        assert!(!browser.shows("#problem"), "{round}");
        set_offline(&browser, false);
        let_look(&browser);
    }
    set_offline(&browser, true);
    let_look(&browser);
    let_look(&browser);
    browser.wait_for_text("#problem", SILENT);
    set_offline(&browser, false);
    browser.let_pass(PERIOD);
    in_time("no problem", || !browser.shows("#problem"));
}

#[test]
fn a_change_that_is_lost_is_told_until_envoy_answers_again() {
    let envoy = start();
    let browser = Browser::start();
    browser.take_clock();
    sign_in(&browser, &envoy);
    wait_for_look(&browser);
    set_offline(&browser, true);
    confirm(&browser, "#on");
    browser.wait_for_text("#problem", SILENT);
    set_offline(&browser, false);
    browser.let_pass(PERIOD);
    in_time("no problem", || !browser.shows("#problem"));
    assert_eq!(browser.text("#now"), "Maintenance is off");
    switch_on(&browser, "Switched on.");
}

#[test]
fn a_state_that_a_restart_lost_is_said_and_stands_in_the_form() {
    let envoy = start();
    let port = envoy.address.port();
    let browser = signed_in(&envoy);
    envoy.admin("POST", "on?message=Moving&retry_after=77");
    browser.wait_for_text("#now", "Maintenance is on");
    drop(envoy);
    let mut options = Options::new(configuration());
    options.port = port;
    let envoy = Envoy::with(options);
    browser.wait_for_text(
        "#problem",
        "Envoy restarted, and what was set is forgotten.",
    );
    assert_eq!(browser.text("#now"), "Maintenance is off");
    switch_on(&browser, "Switched on.");
    let status = status(&envoy);
    assert_eq!(
        json!([status["message"], status["retry_after"]]),
        json!(["Moving", 77])
    );
    assert!(!browser.shows("#problem"));
}

#[test]
fn a_reset_is_no_loss() {
    let envoy = start();
    let browser = signed_in(&envoy);
    switch_on(&browser, "Switched on.");
    envoy.admin("POST", "reset");
    browser.wait_for_text("#why", "As configured");
    assert!(!browser.shows("#problem"));
}
