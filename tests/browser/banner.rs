//! The banner of the recipes, in a page of an upstream.

use std::time::Duration;

use serde_json::{Value, json};
use support::{
    Envoy, Options, admin,
    browser::{Browser, in_time},
    pages::GUIDE,
};
use time::{OffsetDateTime, UtcOffset, format_description::well_known::Rfc3339};

/// How often the banner looks.
const PERIOD: Duration = Duration::from_secs(60);

const DAYS: [&str; 7] = [
    "Montag",
    "Dienstag",
    "Mittwoch",
    "Donnerstag",
    "Freitag",
    "Samstag",
    "Sonntag",
];

/// The one block of HTML in the guide.
fn banner() -> &'static str {
    let [block] = GUIDE.blocks_of("A banner that says what is planned", "html");
    block
}

/// An upstream whose pages have the banner, and the Envoy in front of it.
fn start(is_public: bool) -> (Envoy, Envoy) {
    let page = format!(
        "<!DOCTYPE html><html lang=en><title>Shop</title><main>{}<h1>Shop</h1></main></html>",
        banner()
    );
    let html = json!({
        "header": {"key": "content-type", "value": "text/html; charset=utf-8"},
        "append_action": "OVERWRITE_IF_EXISTS_OR_ADD",
    });
    let upstream = Envoy::with(Options {
        is_bare: true,
        routes: vec![json!({
            "match": {"prefix": "/"},
            "direct_response": {"status": 200, "body": {"inline_string": page}},
            "response_headers_to_add": [html],
        })],
        ..Options::new(json!({}))
    });
    let mut admin = admin();
    admin["public"] = is_public.into();
    let envoy = Envoy::with(Options {
        upstream: Some(upstream.address),
        ..Options::new(json!({"announce_seconds": "1d", "admin": admin}))
    });
    (upstream, envoy)
}

/// A browser of somebody who reads German and is in India, that shows the page.
fn visitor(envoy: &Envoy) -> Browser {
    let browser = Browser::start();
    browser.take_clock();
    browser.travel("Asia/Kolkata");
    let agent = browser.run("return navigator.userAgent");
    let german = json!({"userAgent": agent, "acceptLanguage": "de-DE"});
    browser.devtools("Network.setUserAgentOverride", german);
    browser.open(envoy, "/");
    browser
}

/// Lets it look twice, and fails unless it says this then; nothing where that is empty.
fn expect(browser: &Browser, text: &str) {
    browser.let_pass(PERIOD * 2);
    in_time(text, || shown(browser) == text);
    assert_eq!(browser.shows("#planned"), !text.is_empty());
    assert_eq!(browser.text("h1"), "Shop");
}

/// A moment of this minute, so much later.
fn later(time: Duration) -> OffsetDateTime {
    let moment = OffsetDateTime::now_utc().replace_second(0).unwrap() + time;
    moment.replace_nanosecond(0).unwrap()
}

/// Plans maintenance by a call.
fn plan(envoy: &Envoy, start: OffsetDateTime, more: &str) -> Value {
    let start = start.format(&Rfc3339).unwrap();
    let response = envoy.admin("POST", &format!("on?start={start}{more}"));
    assert_eq!(response.status, 200, "{}", response.text());
    response.json()
}

/// How it is said where the visitor is.
fn said(moment: OffsetDateTime) -> String {
    let there = moment.to_offset(UtcOffset::from_hms(5, 30, 0).unwrap());
    let day = DAYS[usize::from(there.weekday().number_days_from_monday())];
    let (date, year) = (there.day(), there.year());
    let clock = format!("um {:02}:{:02}", there.hour(), there.minute());
    format!("{day}, {date}. # {year} {clock}")
}

/// The text of the banner, without the names of the months.
fn shown(browser: &Browser) -> String {
    let mut words: Vec<String> = Vec::new();
    for word in browser.text("#planned").split(' ') {
        let is_after_day = words.last().is_some_and(|last| {
            let date = last.strip_suffix('.');
            date.is_some_and(|date| date.parse::<u8>().is_ok())
        });
        words.push(if is_after_day { "#" } else { word }.to_owned());
    }
    words.join(" ")
}

#[test]
fn it_says_what_is_planned_as_the_visitor_is_used_to_and_goes_with_it() {
    let (_upstream, envoy) = start(true);
    let browser = visitor(&envoy);
    expect(&browser, "");

    let begin = later(Duration::from_secs(7200));
    let (from, to) = (said(begin), said(begin + Duration::from_secs(5400)));
    plan(
        &envoy,
        begin,
        "&for=90m&message=%3Cb%3ENew%20disks%3C%2Fb%3E",
    );
    let told = format!("Planned maintenance from {from} to {to}. <b>New disks</b>");
    expect(&browser, &told);
    plan(&envoy, begin, "");
    expect(&browser, &format!("Planned maintenance from {from}."));
    envoy.toggle(false);
    expect(&browser, "");
    // That is too far away.
    plan(&envoy, later(Duration::from_secs(90_000)), "");
    expect(&browser, "");

    let soon = OffsetDateTime::now_utc() + Duration::from_secs(10);
    plan(&envoy, soon, "&for=1");
    browser.let_pass(PERIOD);
    browser.wait_for_text("#planned", "Planned maintenance from ");
    in_time("its end", || {
        browser.let_pass(PERIOD);
        !browser.shows("#planned")
    });
}

#[test]
fn a_page_is_as_it_was_where_the_endpoint_is_not_public_or_cannot_be_reached() {
    let begin = later(Duration::from_secs(7200));
    let (_upstream, envoy) = start(false);
    let browser = visitor(&envoy);
    plan(&envoy, begin, "");
    expect(&browser, "");

    let (_other_upstream, envoy) = start(true);
    plan(&envoy, begin, "");
    browser.open(&envoy, "/");
    expect(
        &browser,
        &format!("Planned maintenance from {}.", said(begin)),
    );
    drop(envoy);
    expect(&browser, "");
}
