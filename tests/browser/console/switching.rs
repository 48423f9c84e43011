//! On, off, reset, and what is told with them.

use serde_json::{Value, json};
use support::{
    ADMIN, Envoy, TOKEN,
    browser::{Browser, in_time},
};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::{configuration, signed_in, start, status};

#[test]
fn on_off_and_reset_are_a_click_each_and_seen_at_a_glance() {
    let envoy = start();
    let browser = signed_in(&envoy);
    assert_eq!(browser.text("#state h2"), "Maintenance is off");
    assert_eq!(browser.text("#why"), "as configured, nobody has set it");
    for (button, done, heading, title, why) in [
        (
            "#on",
            "Switched on.",
            "Maintenance is on",
            "On · ",
            "set by ops, ",
        ),
        (
            "#off",
            "Switched off.",
            "Maintenance is off",
            "Off · ",
            "set by ops, ",
        ),
        (
            "#reset",
            "Reset: the configuration decides.",
            "Maintenance is off",
            "Off · ",
            "as configured",
        ),
    ] {
        browser.click(button);
        browser.wait_for_text("#done", done);
        assert_eq!(browser.text("#state h2"), heading, "{button}");
        assert!(
            browser.text("#why").starts_with(why),
            "{button}: {}",
            browser.text("#why")
        );
        assert!(
            browser
                .run("return document.title")
                .as_str()
                .unwrap()
                .starts_with(title)
        );
        assert_eq!(envoy.get("/").is_blocked(), button == "#on");
        assert!(!browser.shows("#problem"));
    }
}

#[test]
fn message_retry_after_and_duration_go_with_it() {
    let envoy = start();
    let browser = signed_in(&envoy);
    let message = "Back soon + 100% \u{e4}&b=c \u{1f6e0} <b>\"x\"</b>";
    browser.run_with(
        "document.querySelector('#message').value = arguments[0]",
        vec![message.into()],
    );
    browser.fill("#retry", "77");
    browser.pick("#lasts", "3600");
    browser.click("#on");
    browser.wait_for_text("#done", "Switched on");
    let status = status(&envoy);
    assert_eq!(status["message"], message);
    assert_eq!(status["retry_after"], 77);
    let until = OffsetDateTime::parse(status["until"].as_str().unwrap(), &Rfc3339).unwrap();
    let left = (until - OffsetDateTime::now_utc()).as_seconds_f64();
    assert!((3500.0..=3600.0).contains(&left), "{left}");
    let told = browser.text("#told");
    assert!(
        told.contains(&format!("“{message}”")) && told.contains("Retry-After 77 s"),
        "{told}"
    );
    assert_eq!(envoy.get("/").header("retry-after"), Some("77"));
}

#[test]
fn an_end_is_in_the_time_zone_of_the_one_who_gives_it() {
    let envoy = start();
    let browser = signed_in(&envoy);
    browser.travel("Asia/Kolkata");
    browser.reload();
    browser.wait_for_text("#zone", "Asia/");
    assert!(!browser.shows("#until"));
    browser.pick("#lasts", "until");
    assert!(browser.shows("#until"));
    browser.pick("#until", "2998-06-01T10:00");
    browser.click("#on");
    browser.wait_for_text("#done", "Switched on");
    assert_eq!(status(&envoy)["until"], "2998-06-01T04:30:00Z");
    assert!(
        browser.text("#told").contains("10:00"),
        "{}",
        browser.text("#told")
    );
    assert!(envoy.get("/").is_blocked());
}

#[test]
fn the_console_may_be_opened_with_a_slash() {
    let envoy = start();
    let browser = Browser::start();
    browser.open(&envoy, &format!("{ADMIN}/"));
    browser.fill("#token", TOKEN);
    browser.click("#enter button");
    browser.wait_for_text("#state h2", "Maintenance is off");
    browser.click("#on");
    browser.wait_for_text("#done", "Switched on.");
    assert!(envoy.get("/").is_blocked());
}

#[test]
fn what_somebody_else_does_is_seen_without_a_click() {
    let envoy = start();
    let browser = signed_in(&envoy);
    envoy.toggle(true);
    browser.wait_for_text("#state h2", "Maintenance is on");
    envoy.admin("POST", "on?for=1");
    browser.wait_for_text("#state h2", "Maintenance is off");
}

#[test]
fn a_refusal_says_what_is_wrong_and_changes_nothing() {
    let envoy = start();
    let browser = signed_in(&envoy);
    browser.pick("#lasts", "until");
    browser.pick("#until", "2020-06-01T10:00");
    browser.click("#on");
    browser.wait_for_text("#problem", "past");
    assert_eq!(status(&envoy)["generation"], 0);
    browser.pick("#lasts", "");
    browser.click("#on");
    browser.wait_for_text("#done", "Switched on");
    assert!(!browser.shows("#problem"));
}

#[test]
fn a_fixed_mode_locks_the_buttons_and_says_so() {
    let mut configuration = configuration();
    configuration["mode"] = "on".into();
    let envoy = Envoy::start(configuration);
    let browser = signed_in(&envoy);
    assert_eq!(browser.text("#why"), "fixed by the configuration, mode on");
    assert!(browser.shows("#locked"));
    let enabled = "return document.querySelectorAll('#switch button:enabled').length";
    assert_eq!(browser.run(enabled), 0);
}

#[test]
fn a_planned_window_is_told_as_what_decided() {
    let mut configuration = configuration();
    configuration["windows"] = json!([{"start": "2020-01-01T00:00:00Z", "end": "2999-01-01T00:00:00Z", "message": "Moving house"}]);
    let envoy = Envoy::start(configuration);
    let browser = signed_in(&envoy);
    assert_eq!(
        browser.text("#why"),
        "by a planned window of the configuration"
    );
    assert!(browser.text("#told").contains("Moving house"));
    browser.click("#off");
    browser.wait_for_text("#done", "Switched off.");
    in_time("the upstream", || envoy.get("/").is_upstream());
    assert_eq!(status(&envoy)["message"], Value::Null);
}
