//! The Content-Security-Policy.

use support::browser::{Browser, in_time};

use super::blocking;

#[test]
fn it_bites_what_the_page_does_not_hold() {
    let envoy = blocking("on");
    let browser = Browser::start();
    for (attempt, script) in [
        (
            "script",
            "const script = document.createElement('script')
             script.textContent = 'window.taken = true'
             document.body.append(script)",
        ),
        (
            "script",
            "document.querySelector('p').innerHTML = '<b onclick=\"window.taken = true\">b</b>'
             document.querySelector('b').click()",
        ),
        (
            "style",
            "const style = document.createElement('style')
             style.textContent = 'p { color: red }'
             document.body.append(style)",
        ),
        (
            "image",
            "document.body.append(Object.assign(new Image(), { src: '/x.png' }))",
        ),
        (
            "connect",
            "fetch('http://127.0.0.9/').then(() => { window.taken = true }, () => {})",
        ),
    ] {
        browser.open(&envoy, "/");
        assert_eq!(browser.take_reports(), [""; 0]);
        browser.run(script);
        let mut reports = Vec::new();
        in_time(attempt, || {
            reports.extend(browser.take_reports());
            !reports.is_empty()
        });
        assert!(
            reports[0].contains("Content Security Policy"),
            "{attempt}: {reports:?}"
        );
        assert_eq!(
            browser.run("return window.taken === undefined"),
            true,
            "{attempt}"
        );
    }
    assert!(!browser.sent().iter().any(|sent| sent.url.contains(".png")));
}
