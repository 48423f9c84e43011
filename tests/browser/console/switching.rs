//! On, off, reset, and what is told with them.

use serde_json::{Value, json};
use support::{
    ADMIN, Envoy, Options, TOKEN,
    browser::{Browser, in_time},
};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::{configuration, confirm, signed_in, start, status, switch_on};

#[test]
fn on_off_and_reset_are_seen_at_a_glance() {
    let envoy = start();
    let browser = signed_in(&envoy);
    assert_eq!(browser.text("#state h2"), "Maintenance is off");
    assert_eq!(browser.text("#why"), "As configured, nobody has set it");
    for (button, done, heading, title, why) in [
        (
            "#on",
            "Switched on.",
            "Maintenance is on",
            "On · ",
            "Set by ops, ",
        ),
        (
            "#off",
            "Switched off.",
            "Maintenance is off",
            "Off · ",
            "Set by ops, ",
        ),
        (
            "#reset",
            "Reset: the configuration decides.",
            "Maintenance is off",
            "Off · ",
            "As configured",
        ),
    ] {
        if button == "#on" {
            confirm(&browser, button);
        } else {
            browser.click(button);
        }
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
    switch_on(&browser, "Switched on.");
    let status = status(&envoy);
    assert_eq!(status["message"], message);
    assert_eq!(status["retry_after"], 77);
    let until = OffsetDateTime::parse(status["until"].as_str().unwrap(), &Rfc3339).unwrap();
    let left = (until - OffsetDateTime::now_utc()).as_seconds_f64();
    assert!((3500.0..=3600.0).contains(&left), "{left}");
    let told = browser.text("#told");
    assert!(
        told.contains(message) && told.contains("Retry-After, seconds\n77"),
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
    switch_on(&browser, "Switched on.");
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
    switch_on(&browser, "Switched on.");
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
fn off_and_reset_say_what_they_did() {
    let envoy = start();
    let browser = signed_in(&envoy);
    browser.click("#off");
    browser.wait_for_text("#done", "It was off already.");
    envoy.admin("POST", "on?start=2999-01-01T00:00:00Z");
    browser.wait_for_text("#next", "Planned");
    browser.click("#off");
    browser.wait_for_text("#done", "The plan is dropped.");
    assert_eq!(browser.text("#next"), "Nothing is planned.");
    assert!(
        browser
            .text("#forgets")
            .starts_with("Reset forgets what was set here")
    );
    let described = "return document.querySelector('#reset').getAttribute('aria-describedby')";
    assert_eq!(browser.run(described), "forgets");
}

#[test]
fn who_switches_on_is_asked_what_it_stops() {
    let envoy = start();
    let browser = signed_in(&envoy);
    browser.pick("#lasts", "3600");
    browser.click("#on");
    browser.wait_until_shown("#ask");
    let asked = browser.text("#ask");
    assert!(asked.contains("Scope default"), "{asked}");
    assert!(
        asked.contains("Ends: ") && asked.contains("(in 60 minutes)"),
        "{asked}"
    );
    assert!(
        asked.contains("How many requests it will stop is not known"),
        "{asked}"
    );
    assert_eq!(browser.focus(), "button#no");
    browser.click("#no");
    in_time("the end of the question", || !browser.shows("#ask"));
    assert_eq!(status(&envoy)["generation"], 0);

    browser.pick("#lasts", "");
    switch_on(&browser, "Switched on.");
    in_time("a count", || {
        envoy.get("/");
        !browser.text("#rate").starts_with("0.0")
    });
    browser.click("#on");
    browser.wait_for_text("#ask", "Requests stopped a second, as last counted: ");
    let asked = browser.text("#ask");
    assert!(asked.contains("Ends: until switched off"), "{asked}");
    let (_, rate) = asked.split_once("as last counted: ").unwrap();
    let rate: f64 = rate.lines().next().unwrap().parse().unwrap();
    assert!(rate > 0.0, "{asked}");
}

#[test]
fn the_token_of_the_environment_is_called_so_unless_it_has_a_name() {
    let mut configuration = configuration();
    configuration["admin"]["token_env"] = "ADMIN_TOKEN".into();
    for (token, who) in [
        (TOKEN, "Set by ops, "),
        ("sixteen-bytes-ok", "Set by the token of the environment, "),
    ] {
        let mut options = Options::new(configuration.clone());
        options.environment = vec![("ADMIN_TOKEN".into(), token.into())];
        let envoy = Envoy::with(options);
        let browser = Browser::start();
        browser.open(&envoy, ADMIN);
        browser.fill("#token", token);
        browser.click("#enter button");
        browser.wait_for_text("#now", "Maintenance is off");
        switch_on(&browser, "Switched on.");
        let why = browser.text("#why");
        assert!(why.starts_with(who) && why.ends_with("(now)"), "{why}");
    }
}

#[test]
fn a_fixed_mode_locks_the_buttons_and_says_so() {
    let mut configuration = configuration();
    configuration["mode"] = "on".into();
    let envoy = Envoy::start(configuration);
    let browser = signed_in(&envoy);
    assert_eq!(browser.text("#why"), "Fixed by the configuration");
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
        "By a planned window of the configuration"
    );
    assert!(browser.text("#told").contains("Moving house"));
    browser.click("#end");
    browser.wait_for_text("#done", "Switched off.");
    in_time("the upstream", || envoy.get("/").is_upstream());
    assert_eq!(status(&envoy)["message"], Value::Null);
}
