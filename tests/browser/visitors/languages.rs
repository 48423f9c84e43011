//! The page in the language of the visitor.

use maintenance_mode_core::policy::words::languages;
use serde_json::json;
use support::browser::{Browser, LOOKS};

use super::blocking;

/// Each with its own words, the direction of its lines and what comes before the end.
const LANGUAGES: [(&str, &str, &str); 13] = [
    ("en", "Down for maintenance", "Expected back: "),
    ("de", "Wartungsarbeiten", "Voraussichtlich wieder da: "),
    ("fr", "Maintenance en cours", "Retour prévu\u{a0}: "),
    ("es", "En mantenimiento", "Regreso previsto: "),
    ("it", "In manutenzione", "Ritorno previsto: "),
    ("pt", "Em manutenção", "Retorno previsto: "),
    ("nl", "Onderhoud", "Naar verwachting terug: "),
    ("pl", "Przerwa techniczna", "Planowany powrót: "),
    ("uk", "Технічне обслуговування", "Очікуване повернення: "),
    ("ja", "メンテナンス中", "再開予定："),
    ("zh", "正在维护", "预计恢复时间："),
    ("ko", "점검 중", "재개 예정: "),
    ("ar", "الموقع قيد الصيانة", "العودة المتوقعة: "),
];

/// Where the text begins: how far the heading is from the left, and from the right.
const EDGES: &str = "
    const range = document.createRange();
    range.selectNodeContents(document.querySelector('h1'));
    const text = range.getBoundingClientRect(), main = document.querySelector('main').getBoundingClientRect();
    return text.left - main.left < main.right - text.right ? 'ltr' : 'rtl'";

/// Whether the card is as far from the left as from the right of the screen.
const IS_WITHIN: &str = "
    const main = document.querySelector('main').getBoundingClientRect();
    return main.left > 0 && Math.abs(main.left - (innerWidth - main.right)) < 1";

/// Asks for these languages from now on.
pub fn prefer(browser: &Browser, languages: &str) {
    let headers = json!({"headers": {"accept-language": languages}});
    browser.devtools("Network.setExtraHTTPHeaders", headers);
}

#[test]
fn each_language_has_its_words_its_direction_and_its_way_to_write_the_end() {
    let built_in = languages::LANGUAGES.iter().map(|words| words.language);
    assert!(built_in.eq(LANGUAGES.map(|(language, ..)| language)));
    let browser = Browser::start();
    browser.open_at("2026-11-22T09:00:30Z");
    browser.travel("Etc/UTC");
    let envoy = blocking("on?for=7200");
    let mut ends = Vec::new();
    for (language, title, label) in LANGUAGES {
        prefer(&browser, &format!("xx, {language}-XX;q=0.5"));
        browser.open(&envoy, "/");
        let lang = browser.run("return document.documentElement.lang");
        assert_eq!(lang, language);
        assert_eq!(browser.text("h1"), title);
        assert_eq!(browser.run("return document.title"), title);
        let begins = if language == "ar" { "rtl" } else { "ltr" };
        assert_eq!(browser.run(EDGES), begins, "{language}");
        let before = "return getComputedStyle(document.querySelector('time'), '::before').content";
        assert_eq!(browser.run(before), format!("\"{label}\""), "{language}");
        ends.push(browser.text("time"));
    }
    let all = ends.len();
    ends.sort_unstable();
    ends.dedup();
    assert!(ends.len() > all - 3, "{ends:?}");
}

#[test]
fn axe_finds_no_fault_in_german_arabic_and_japanese_on_phone_and_desk_in_both_schemes() {
    let browser = Browser::start();
    let envoy = blocking("on?for=9000&message=We%20are%20moving.");
    for language in ["de", "ar", "ja"] {
        prefer(&browser, language);
        for look in LOOKS {
            browser.look(look);
            browser.open(&envoy, "/");
            assert_eq!(browser.run("return document.querySelector('p').lang"), "");
            browser.assert_fits(look);
            assert_eq!(browser.run(IS_WITHIN), true, "{language} {}", look.name);
            browser.picture(&format!("page-{language}-{}", look.name));
            browser.assert_accessible(look.name);
        }
    }
}
