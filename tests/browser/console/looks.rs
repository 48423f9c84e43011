//! Screens, colours and accessibility, in every state of the console.

use serde_json::json;
use support::{
    ADMIN, Envoy, TOKEN,
    browser::{Browser, Key, LOOKS, in_time},
    etcd::Etcd,
};

use super::{configuration, confirm, signed_in, start, start_with};
use crate::visitors::languages::prefer;

fn check(browser: &Browser, language: &str, state: &str) {
    for look in LOOKS {
        let name = format!("{language}-{state}-{}", look.name);
        browser.look(look);
        browser.assert_fits(look);
        browser.assert_accessible(&name);
        browser.picture(&format!("console-{name}"));
    }
}

/// Looks at each state, in a language.
fn look_through(envoy: &Envoy, browser: &Browser, language: &str) {
    let check = |state| check(browser, language, state);
    envoy.admin("POST", "reset");
    prefer(browser, language);
    browser.open(envoy, ADMIN);
    check("asking");
    browser.fill("#token", "a-wrong-token");
    browser.click("#enter button");
    browser.wait_until_shown("#token-fault");
    check("refused");

    browser.fill("#token", TOKEN);
    browser.click("#enter button");
    browser.wait_until_shown("#parts");
    check("off");
    browser.pick("#lasts", "until");
    browser.pick("#until", "2020-06-01T10:00");
    browser.click("#on");
    browser.wait_until_shown("#ask");
    check("asked");
    browser.click("#yes");
    browser.wait_until_shown("#until-fault");
    check("fault");
    browser.click("#revoke");
    browser.wait_until_shown("#ask");
    check("asked-to-revoke");
    browser.press(Key::Escape);
    in_time("the end of the question", || !browser.shows("#ask"));

    browser.reload();
    envoy.admin(
        "POST",
        "on?for=5400&hold=30&retry_after=60&message=We%20are%20moving%20house.",
    );
    for _ in 0..3 {
        envoy.get("/healthz");
    }
    browser.wait_until_shown("#extend");
    browser.fill("#name", "qa");
    browser.click("#bypass .main");
    browser.wait_until_shown("#link a");
    check("on");

    envoy.admin("POST", "off?ramp=1h");
    browser.wait_until_shown("#opened");
    check("opening");

    envoy.toggle(false);
    envoy.admin(
        "POST",
        "on?start=2999-01-01T00:00:00Z&for=1h&hold=20&message=We%20are%20moving%20house.",
    );
    browser.wait_until_shown("#next dl");
    check("planned");
    browser.click("#forget");
}

#[test]
fn it_fits_phone_and_desk_in_both_schemes_and_axe_finds_no_fault() {
    let envoy = start();
    let browser = Browser::start();
    for language in ["en", "de", "ar"] {
        look_through(&envoy, &browser, language);
    }
}

#[test]
fn a_store_that_is_lost_and_an_envoy_that_is_gone_look_well() {
    let mut etcd = Etcd::start();
    let envoy = start_with(&etcd);
    let browser = signed_in(&envoy);
    browser.wait_for_text("#store", ": connected.");
    etcd.kill();
    browser.wait_for_text("#store", "NOT connected");
    confirm(&browser, "#on");
    browser.wait_until_shown("#problem");
    check(&browser, "en", "store-lost");
    drop(envoy);
    browser.wait_for_text("#problem", "Envoy does not answer");
    check(&browser, "en", "silent");
}

#[test]
fn a_fixed_mode_and_windows_look_well() {
    let mut fixed = configuration();
    fixed["mode"] = "on".into();
    let mut planned = configuration();
    planned["windows"] = json!([
        {"start": "2020-01-01T00:00:00Z", "end": "2997-01-01T00:00:00Z", "message": "Moving house"},
        {"name": "backup", "start": "2998-06-01T10:00:00Z", "message": "Unpacking"},
    ]);
    for (state, configuration) in [("locked", fixed), ("windows", planned)] {
        let envoy = Envoy::start(configuration);
        let browser = signed_in(&envoy);
        check(&browser, "en", state);
    }
}
