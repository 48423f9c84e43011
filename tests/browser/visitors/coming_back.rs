//! The page goes away by itself when maintenance ends, and only then.

use std::{net::TcpListener, time::Duration};

use serde_json::json;
use support::{
    Envoy, Options, admin,
    browser::{Browser, in_time},
};

use super::{MINUTE, blocking, start_with_clock};

const HOUR: Duration = Duration::from_secs(60 * MINUTE);

const PATH: &str = "return location.pathname + location.search";

/// How often the page has asked.
fn questions(browser: &Browser) -> usize {
    browser
        .sent()
        .iter()
        .filter(|sent| sent.method == "HEAD")
        .count()
}

fn is_upstream(browser: &Browser) -> bool {
    browser.text("body") == "upstream"
}

#[test]
fn it_asks_gently_while_blocked_and_comes_back_after() {
    let envoy = blocking("on");
    let browser = start_with_clock();
    browser.open(&envoy, "/a/b?c=d&e=%20");
    browser.let_pass(HOUR);
    let questions = questions(&browser);
    assert!((28..=61).contains(&questions), "{questions} in an hour");
    assert!(browser.shows("h1"));
    assert_eq!(envoy.upstream.requests(), 0);

    envoy.toggle(false);
    browser.let_pass(HOUR);
    in_time("the site", || is_upstream(&browser));
    assert_eq!(browser.run(PATH), "/a/b?c=d&e=%20");
}

#[test]
fn it_comes_back_within_two_minutes_of_off() {
    let envoy = blocking("on?for=3600");
    let browser = start_with_clock();
    browser.open(&envoy, "/");
    browser.let_pass(HOUR / 4);
    assert!(browser.shows("h1"));
    envoy.toggle(false);
    browser.let_pass(Duration::from_secs(2 * MINUTE));
    in_time("the site", || is_upstream(&browser));
}

#[test]
fn it_does_not_ask_before_an_end_that_is_near_and_comes_back_soon_after() {
    const SOON: u64 = 50;
    let envoy = blocking(&format!("on?for={SOON}"));
    let browser = start_with_clock();
    browser.open(&envoy, "/");
    browser.let_pass(Duration::from_secs(SOON));
    assert_eq!(questions(&browser), 0);
    envoy.toggle(false);
    browser.let_pass(Duration::from_secs(2 * MINUTE));
    in_time("the site", || is_upstream(&browser));
}

#[test]
fn it_does_not_go_to_an_error_of_what_is_behind() {
    let gone = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let mut options = Options::new(json!({"admin": admin()}));
    options.upstream = Some(gone);
    let envoy = Envoy::with(options);
    envoy.toggle(true);
    let browser = start_with_clock();
    browser.open(&envoy, "/");
    envoy.toggle(false);
    assert_eq!(envoy.get("/").status, 503);
    browser.let_pass(HOUR);
    assert!(questions(&browser) > 10);
    assert!(browser.shows("h1"));
}

#[test]
fn it_goes_where_the_site_redirects_to_even_to_another_host() {
    let elsewhere = Envoy::start(json!({}));
    let mut options = Options::new(json!({"admin": admin()}));
    options.routes = vec![json!({
        "match": {"path": "/start"},
        "redirect": {"host_redirect": "127.0.0.1", "port_redirect": elsewhere.address.port(), "path_redirect": "/login"},
    })];
    let envoy = Envoy::with(options);
    envoy.toggle(true);
    let browser = start_with_clock();
    browser.open(&elsewhere, "/");
    browser.open(&envoy, "/start");
    envoy.toggle(false);
    browser.let_pass(HOUR);
    in_time("the site", || is_upstream(&browser));
    assert_eq!(browser.run(PATH), "/login");
}

#[test]
fn a_tab_that_nobody_sees_asks_when_it_is_seen_again() {
    let envoy = blocking("on");
    let browser = start_with_clock();
    browser.open(&envoy, "/");
    browser.run("Object.defineProperty(document, 'hidden', { get: () => !window.isSeen })");
    browser.let_pass(HOUR);
    assert_eq!(questions(&browser), 0);
    envoy.toggle(false);
    browser.run("window.isSeen = true; document.dispatchEvent(new Event('visibilitychange'))");
    in_time("the site", || is_upstream(&browser));
}

/// How long a page waits before it asks, in seconds: for each of many visitors.
fn waits(call: &str, wait: &str) -> Vec<f64> {
    const VISITORS: usize = 80;
    let browser = start_with_clock();
    let envoy = Envoy::start(json!({"admin": admin()}));
    let timer = "const timer = [...timers.values()].find(timer => !timer.isRepeated)";
    let visit = |_| {
        envoy.admin("POST", call);
        browser.open(&envoy, "/");
        let wait = browser.run(&format!("{timer}; return {wait}"));
        wait.as_f64().unwrap() / 1000.0
    };
    (0..VISITORS).map(visit).collect()
}

/// Fails unless all lie between, and not all at one place. By chance it fails one run in a
/// million.
fn assert_spread(waits: &[f64], first: f64, last: f64) {
    let width = (last - first) / 4.0;
    let mut quarters = [0; 4];
    for wait in waits {
        assert!((first..last).contains(wait), "{waits:?}");
        let quarter = (0..4).rfind(|quarter| *wait >= first + width * f64::from(*quarter));
        quarters[usize::try_from(quarter.unwrap()).unwrap()] += 1;
    }
    assert!(
        quarters.iter().all(|count| (3..50).contains(count)),
        "{waits:?}"
    );
}

#[test]
fn visitors_ask_at_times_of_their_own() {
    assert_spread(&waits("on", "timer.delay"), 60.0, 120.0);
}

#[test]
fn visitors_ask_within_a_minute_of_the_end_and_not_all_at_once() {
    let after_end = "timer.at - Date.parse(document.querySelector('time').dateTime)";
    assert_spread(&waits("on?for=50", after_end), 5.0, 67.0);
}
