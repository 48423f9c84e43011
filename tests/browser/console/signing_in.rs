//! The token: asked for once, kept for the tab, shown nowhere.

use serde_json::{Value, json};
use support::{
    ADMIN, Delivery, Envoy, Options, TOKEN,
    browser::{Browser, in_time},
};

use super::{configuration, sign_in, signed_in, start, switch_on};

const WRONG: &str = "This token is not accepted";

#[test]
fn a_wrong_token_is_refused_and_asked_for_again() {
    let envoy = start();
    let browser = Browser::start();
    browser.open(&envoy, ADMIN);
    assert!(browser.shows("#enter") && !browser.shows("#parts") && !browser.shows("#forget"));
    assert_eq!(browser.focus(), "input#token");
    browser.fill("#token", "a-wrong-token");
    browser.click("#enter button");
    browser.wait_for_text("#token-fault", WRONG);
    assert!(browser.shows("#enter") && !browser.shows("#parts"));
    assert_eq!(browser.focus(), "input#token");

    browser.fill("#token", TOKEN);
    browser.click("#enter button");
    browser.wait_for_text("#state h2", "Maintenance is off");
    assert!(!browser.shows("#enter"));
    assert_eq!(browser.focus(), "h2#now");
}

#[test]
fn a_token_that_no_header_can_carry_is_not_accepted() {
    let envoy = start();
    let browser = Browser::start();
    browser.open(&envoy, ADMIN);
    for token in ["пароль", "\u{2022}\u{2022}", "a\u{1}b"] {
        let type_in = "document.querySelector('#token').value = arguments[0]";
        browser.run_with(type_in, vec![token.into()]);
        browser.click("#enter button");
        browser.wait_for_text("#token-fault", WRONG);
        assert_eq!(browser.focus(), "input#token");
        browser.run("document.querySelector('#token-fault').textContent = ''");
    }
    assert_eq!(envoy.metric("admin_denied"), 0);
    browser.click("#enter button");
    browser.wait_for_text("#token-fault", "Admin token: please fill this in");
}

#[test]
fn it_needs_no_token_to_load_and_holds_none() {
    let envoy = start();
    let browser = Browser::start();
    browser.open(&envoy, ADMIN);
    let asked = browser.sent();
    assert_eq!(asked.len(), 1, "{asked:?}");
    assert_eq!(envoy.metric("admin_denied"), 0);
}

#[test]
fn the_token_outlives_a_reload_but_is_in_no_other_tab() {
    let envoy = start();
    let browser = signed_in(&envoy);
    browser.reload();
    browser.wait_for_text("#state h2", "Maintenance is off");
    browser.open_tab();
    browser.open(&envoy, ADMIN);
    assert!(browser.shows("#enter") && !browser.shows("#parts"));
    browser.close_tab();
    assert!(browser.shows("#parts"));
}

#[test]
fn forget_forgets_the_token_and_what_it_showed() {
    let envoy = start();
    let browser = signed_in(&envoy);
    envoy.admin("POST", "on?message=a%20secret");
    browser.wait_for_text("#told", "a secret");
    assert_eq!(
        browser.run("return document.title"),
        "On · Maintenance mode"
    );
    browser.fill("#name", "qa");
    browser.click("#bypass .main");
    browser.wait_until_shown("#link a");
    browser.click("#forget");
    assert!(browser.shows("#enter") && !browser.shows("#parts"));
    assert_eq!(browser.text("#link"), "");
    assert_eq!(browser.run("return document.title"), "Maintenance mode");
    let written = "return document.querySelector('#message').value";
    assert_eq!(browser.run(written), "");
    assert_eq!(
        browser.run("return sessionStorage.length + localStorage.length"),
        0
    );
    browser.reload();
    assert!(browser.shows("#enter"));
}

#[test]
fn the_token_is_nowhere_to_be_seen() {
    let envoy = start();
    let browser = signed_in(&envoy);
    switch_on(&browser, "Switched on");
    let page = "return [document.documentElement.outerHTML, location.href, document.cookie,
        JSON.stringify(localStorage), ...[...document.querySelectorAll('input')].map(i => i.value)].join()";
    assert!(!browser.run(page).as_str().unwrap().contains(TOKEN));
    assert!(browser.sent().iter().all(|sent| !sent.url.contains(TOKEN)));
    assert_eq!(browser.take_reports(), [""; 0]);
}

#[test]
fn when_the_token_is_taken_away_it_is_asked_for_again() {
    let mut options = Options::new(configuration());
    options.delivery = Delivery::Ecds;
    let mut envoy = Envoy::with(options);
    let browser = signed_in(&envoy);
    let mut changed = configuration();
    changed["admin"]["tokens"] =
        json!([{"name": "new", "sha256": support::sha256("another-token-now")}]);
    envoy.update(changed);
    browser.wait_for_text("#token-fault", WRONG);
    assert!(browser.shows("#enter") && !browser.shows("#parts"));
    assert_eq!(browser.run("return sessionStorage.length"), 0);
    envoy.update(configuration());
    sign_in(&browser, &envoy);
}

#[test]
fn client_ips_refuse_the_page_from_elsewhere() {
    let browser = Browser::start();
    for (client_ips, is_page) in [(json!(["10.0.0.0/8"]), false), (json!(["127.0.0.1"]), true)] {
        let mut configuration = configuration();
        configuration["admin"]["client_ips"] = client_ips;
        let envoy = Envoy::start(configuration);
        browser.open(&envoy, ADMIN);
        assert_eq!(browser.shows("#enter"), is_page);
        assert_eq!(browser.text("body").contains("address"), !is_page);
    }
}

#[test]
fn an_envoy_that_is_gone_is_reported() {
    let envoy = start();
    let browser = signed_in(&envoy);
    drop(envoy);
    browser.wait_for_text("#problem", "Envoy does not answer");
    in_time("the parts", || browser.shows("#parts"));
    assert_eq!(browser.run("return sessionStorage.length"), Value::from(1));
}
