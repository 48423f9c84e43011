//! Titles and messages, whoever wrote them.

use serde_json::json;
use support::{
    Envoy, admin,
    browser::{Browser, LIGHT_PHONE},
};

const HOSTILE: [&str; 5] = [
    "<script>window.taken = true</script>",
    "\"'><img src=x onerror=\"window.taken = true\">",
    "</p></main><h1>&lt;b&gt; {{message}} ${taken}</h1>",
    "\u{202e}desrever \u{5e9}\u{5dc}\u{5d5}\u{5dd} \u{645}\u{631}\u{62d}\u{628}\u{627}",
    "\u{1f6e0}\u{fe0f} \u{1f469}\u{200d}\u{1f4bb} \u{1f1ea}\u{1f1fa} z\u{351}\u{36b}a\u{334}",
];

#[test]
fn hostile_text_stays_text() {
    let browser = Browser::start();
    browser.look(LIGHT_PHONE);
    for text in HOSTILE {
        let response = json!({"title": text, "message": text});
        let envoy = Envoy::start(json!({"mode": "on", "response": response}));
        browser.open(&envoy, "/");
        for script in [
            "return document.title",
            "return document.querySelector('h1').textContent",
            "return document.querySelector('p').textContent",
        ] {
            assert_eq!(browser.run(script), text, "{script}");
        }
        let shape =
            "return [...document.querySelector('main').children].map(e => e.localName).join()";
        assert_eq!(browser.run(shape), "svg,h1,p,time,small");
        assert_eq!(browser.run("return window.taken ?? null"), json!(null));
        browser.assert_fits(LIGHT_PHONE);
    }
}

#[test]
fn a_message_in_arabic_or_hebrew_is_written_from_the_right() {
    let browser = Browser::start();
    let envoy = Envoy::start(json!({"admin": admin()}));
    for (message, direction) in [
        ("%D7%A0%D7%97%D7%96%D7%95%D7%A8%20soon", "rtl"),
        ("%D8%B3%D9%86%D8%B9%D9%88%D8%AF", "rtl"),
        ("soon%20%D7%A0%D7%97", "ltr"),
    ] {
        envoy.admin("POST", &format!("on?message={message}"));
        browser.open(&envoy, "/");
        let script = "return getComputedStyle(document.querySelector('p')).direction";
        assert_eq!(browser.run(script), direction, "{message}");
    }
}
