//! The form says what is set, so that it is kept where only a part is changed.

use maintenance_mode_core::state::setting::Setting;
use serde_json::{Value, json};
use support::{
    Envoy,
    browser::{Browser, in_time},
};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::{signed_in, start, status, switch_on};

/// The minutes from now to a moment.
fn minutes(moment: &Value) -> f64 {
    let moment = OffsetDateTime::parse(moment.as_str().unwrap(), &Rfc3339).unwrap();
    (moment - OffsetDateTime::now_utc()).as_seconds_f64() / 60.0
}

/// What stands in the form.
fn form(browser: &Browser) -> Value {
    browser.run(
        "return ['message', 'retry', 'hold', 'lasts', 'start'].map(id => document.getElementById(id).value)",
    )
}

fn wait_for_form(browser: &Browser, expected: &Value) {
    in_time(&format!("{expected}"), || form(browser) == *expected);
}

/// What is set beside the times.
fn parts(envoy: &Envoy) -> Vec<(&'static str, Value)> {
    let names = Setting::PARAMETERS.iter().map(|parameter| parameter.name);
    let names = names.filter(|name| !["start", "until"].contains(name));
    let status = status(envoy);
    names.map(|name| (name, status[name].clone())).collect()
}

#[test]
fn extending_keeps_all_that_is_set_and_so_does_the_form() {
    let envoy = start();
    let browser = signed_in(&envoy);
    assert!(!browser.shows("#extend") && !browser.shows("#end"));
    envoy.admin("POST", "on?for=600&message=Moving&retry_after=77&hold=25");
    let given = parts(&envoy);
    let is_given = |(_, value): &(&str, Value)| !value.is_null();
    assert!(given.iter().all(is_given), "give all of {given:?}");
    browser.wait_until_shown("#extend");
    assert!(browser.text("#told").ends_with(
        "\nMessage to visitors\nMoving\nRetry-After, seconds\n77\nRequests wait up to\n25 seconds"
    ));
    assert_eq!(browser.text("#extend"), "Extend by 30 min");
    browser.click("#extend");
    browser.wait_for_text("#done", "Extended until ");
    let left = minutes(&status(&envoy)["until"]);
    assert!((39.0..=40.0).contains(&left), "{left}");
    assert_eq!(parts(&envoy), given);

    // By the form, too.
    wait_for_form(&browser, &json!(["Moving", "77", "25", "until", ""]));
    browser.pick("#lasts", "14400");
    switch_on(&browser, "Switched on.");
    let left = minutes(&status(&envoy)["until"]);
    assert!((239.0..=240.0).contains(&left), "{left}");
    assert_eq!(parts(&envoy), given);

    browser.click("#end");
    browser.wait_for_text("#done", "Switched off.");
    assert_eq!(form(&browser), json!(["", "", "", "", ""]));
    assert!(envoy.get("/").is_upstream());
    assert!(!browser.shows("#extend") && !browser.shows("#end"));
}

#[test]
fn an_on_without_an_end_has_none_to_extend() {
    let envoy = start();
    let browser = signed_in(&envoy);
    switch_on(&browser, "Switched on.");
    assert!(browser.shows("#end") && !browser.shows("#extend"));
    assert!(browser.text("#told").contains("Ends\nuntil switched off"));
}

#[test]
fn a_plan_stands_in_the_form() {
    let envoy = start();
    let browser = signed_in(&envoy);
    envoy.admin(
        "POST",
        "on?start=2998-06-01T10:00:00Z&until=2998-06-01T11:00:00Z&message=Moving",
    );
    wait_for_form(
        &browser,
        &json!(["Moving", "", "", "until", "2998-06-01T10:00"]),
    );
    let end = "return document.querySelector('#until').value";
    assert_eq!(browser.run(end), "2998-06-01T11:00");
}

#[test]
fn what_somebody_writes_is_left_alone() {
    let envoy = start();
    let browser = signed_in(&envoy);
    browser.fill("#message", "Mine");
    envoy.admin("POST", "on?message=Theirs");
    browser.wait_for_text("#told", "Theirs");
    assert_eq!(form(&browser)[0], "Mine");
    switch_on(&browser, "Switched on.");
    envoy.admin("POST", "on?message=Theirs");
    wait_for_form(&browser, &json!(["Theirs", "", "", "", ""]));
}
