//! The console in the language of the one who opens it.

use std::{fs, path::PathBuf};

use maintenance_mode_core::policy::words::languages::LANGUAGES;
use serde_json::{Map, Value};
use support::{
    ADMIN, TOKEN,
    browser::{Browser, in_time},
};

use super::start;
use crate::visitors::languages::prefer;

/// What the page says that has no digits, as times and numbers have, and is no time to choose: its texts, and what is
/// read out.
const SAID: &str = r"
    const said = new Set([document.title]), walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    while (walker.nextNode()) {
      const { parentNode, data } = walker.currentNode
      if (parentNode.localName !== 'script' && !parentNode.matches('option:not([data-say])')) said.add(data.trim())
    }
    for (const element of document.querySelectorAll('[placeholder], [aria-label]')) said.add(element.placeholder ?? element.ariaLabel)
    return [...said].filter(text => /\p{L}/u.test(text) && !/\p{Nd}/u.test(text))";

/// What is no word: the message, the name of whom a link is for, and of the node.
const NO_WORDS: [&str; 3] = ["\u{1f6e0} XYZ", "qa", "test"];

fn words(language: &str) -> Map<String, Value> {
    let file = format!("src/core/admin/console/words/{language}.json");
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(file);
    serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap()
}

/// Whether a text is another whose values are filled in.
fn is_said_by(text: &str, words: &str) -> bool {
    let mut parts = words.split('{');
    let first = parts.next().unwrap();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    for part in parts {
        let (_, part) = part.split_once('}').unwrap();
        match (part.is_empty(), rest.find(part)) {
            (true, _) => return true,
            (false, Some(at)) => rest = &rest[at + part.len()..],
            (false, None) => return false,
        }
    }
    rest.is_empty()
}

/// Fails if something is said that is none of the words.
fn assert_said_in(words: &Map<String, Value>, browser: &Browser, state: &str) {
    let named = words["named"].as_str().unwrap();
    let between = named
        .trim_start_matches("{name}")
        .trim_end_matches("{text}");
    for text in browser.run(SAID).as_array().unwrap() {
        // Values in a line that runs the other way are isolated.
        let text = text.as_str().unwrap();
        let text = text.replace(['\u{2068}', '\u{2069}'], "");
        let is_said = |text: &str| {
            let mut texts = words.iter().filter(|(key, _)| *key != "named");
            NO_WORDS.contains(&text)
                || texts.any(|(_, words)| is_said_by(text, words.as_str().unwrap()))
        };
        // Titles have two, and what has a name its name before it.
        let mut texts = text.split(" · ");
        let is_said_with_name = |text: &str| {
            let parts = text.split_once(between);
            parts.is_some_and(|(name, text)| is_said(name) && is_said(text))
        };
        assert!(
            texts.all(|text| is_said(text) || is_said_with_name(text)),
            "{state}: {text:?}"
        );
    }
}

#[test]
fn no_console_says_a_word_of_another_language() {
    let envoy = start();
    let browser = Browser::start();
    for language in LANGUAGES.iter().map(|words| words.language) {
        let words = words(language);
        let is = |key: &str| words[key].as_str().unwrap().to_owned();
        let check = |state: &str| assert_said_in(&words, &browser, &format!("{language}, {state}"));
        envoy.admin("POST", "reset");
        prefer(&browser, &format!("xx, {language}-XX;q=0.5"));
        browser.open(&envoy, ADMIN);
        let root = "return [document.documentElement.lang, document.documentElement.dir]";
        let direction = if language == "ar" { "rtl" } else { "ltr" };
        assert_eq!(browser.run(root), serde_json::json!([language, direction]));
        assert_eq!(browser.text("h1"), is("title"));
        check("signed out");
        browser.fill("#token", TOKEN);
        browser.click("#enter button");
        browser.wait_for_text("#now", &is("is_off"));
        check("off");
        envoy.get("/");
        browser.click("#on");
        browser.wait_for_text("#ask", &is("unknown_rate"));
        check("asked");
        browser.click("#yes");
        browser.wait_for_text("#done", &is("switched_on"));
        envoy.get("/healthz");
        envoy.get("/");
        let allowed = is("passed").replace("{reason}", "");
        let reason = is("reason_path");
        in_time("the counters", || {
            let counters = browser.text("#counters");
            counters.contains(allowed.trim()) || counters.contains(&reason)
        });
        check("on");
        browser.click("#bypass .main");
        browser.wait_for_text("#name-fault", &is("missing"));
        browser.run("document.querySelector('#name-fault').remove(); document.querySelector('[aria-invalid]').removeAttribute('aria-invalid')");
        browser.fill("#name", "qa");
        browser.click("#bypass .main");
        browser.wait_until_shown("#link a");
        browser.run("document.querySelector('#link a').textContent = ''");
        check("a link");
        envoy.admin("POST", "off?ramp=1h");
        browser.wait_for_text("#slowly", &is("hasten"));
        check("opening");
        envoy.admin("POST", "off");
        envoy.admin(
            "POST",
            "on?start=2999-01-01T00:00:00Z&message=%F0%9F%9B%A0%20XYZ",
        );
        browser.wait_for_text("#next", &is("planned"));
        check("planned");
        browser.click("#forget");
    }
}

#[test]
fn numbers_and_times_are_of_the_language() {
    let envoy = start();
    let browser = Browser::start();
    browser.open_at("2026-11-22T09:00:30Z");
    browser.travel("Europe/Berlin");
    for (language, end, number, extend) in [
        (
            "de",
            "22. Nov. 2026, 12:13 MEZ (in 2 Stunden)",
            "12.345",
            "Um 30 Min. verlängern",
        ),
        (
            "fr",
            "22 nov. 2026, 12:13 UTC+1 (dans 2 heures)",
            "12\u{202f}345",
            "Prolonger de 30\u{a0}min",
        ),
        (
            "ja",
            "2026年11月22日 12:13 GMT+1 (2 時間後)",
            "12,345",
            "30 分延長",
        ),
    ] {
        prefer(&browser, language);
        envoy.admin("POST", "on?for=8000&retry_after=12345");
        browser.open(&envoy, ADMIN);
        if browser.shows("#enter") {
            browser.fill("#token", TOKEN);
            browser.click("#enter button");
        }
        browser.wait_for_text("#told", number);
        let told = browser.text("#told");
        assert!(told.contains(end), "{told}");
        assert_eq!(browser.text("#extend"), extend);
    }
}

#[test]
fn a_text_of_a_language_is_told_from_one_of_another() {
    assert!(is_said_by("allowed by path", "allowed by {reason}"));
    assert!(is_said_by("0.0 and 0.0 a second", "{a} and {b} a second"));
    assert!(!is_said_by("allowed for path", "allowed by {reason}"));
    assert!(!is_said_by("Switch on", "Switch"));
}
