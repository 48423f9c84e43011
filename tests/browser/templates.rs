//! The templates of `envoy/pages`, as `response.html`.

use std::{fs, path::PathBuf};

use serde_json::json;
use support::{
    Envoy, admin,
    browser::{Browser, LOOKS},
};

fn pages() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("envoy/pages")
}

/// An Envoy that answers with a template, and nothing beside it may be loaded.
fn blocking(template: &str, call: &str) -> Envoy {
    let html = fs::read_to_string(pages().join(template)).unwrap();
    let policy = "default-src 'none'; style-src 'unsafe-inline'";
    let envoy = Envoy::start(json!({
        "admin": admin(),
        "response": {"html": html, "headers": {"content-security-policy": policy}},
    }));
    let response = envoy.admin("POST", call);
    assert_eq!(response.status, 200, "{}", response.text());
    envoy
}

/// What holds for each template.
fn check(template: &str) {
    let message = "We are moving house & garden <b>";
    let told = format!(
        "on?until=2999-01-01T22:15:00Z&message={}",
        message.replace(' ', "%20").replace('&', "%26")
    );
    let envoy = blocking(template, &told);
    let browser = Browser::start();
    browser.open(&envoy, "/");
    assert_eq!(browser.text("h1"), "Down for maintenance");
    assert_eq!(browser.text("p"), message);
    assert!(browser.shows("time"));
    assert_eq!(
        browser.run("return document.scripts.length + document.getAnimations().length"),
        0
    );
    assert_eq!(browser.sent().len(), 1, "{:?}", browser.sent());
    for look in LOOKS {
        browser.look(look);
        browser.assert_fits(look);
        browser.assert_accessible(look.name);
        browser.picture(&format!("{template}-{}", look.name));
    }

    envoy.admin("POST", &format!("on?message={}", "unbreakable".repeat(90)));
    browser.look(LOOKS[0]);
    browser.reload();
    browser.assert_fits(LOOKS[0]);
    assert_eq!(browser.text("time"), "");
    assert!(
        !browser
            .run("return document.body.innerText")
            .as_str()
            .unwrap()
            .contains("Back by")
    );

    browser.devtools(
        "Emulation.setScriptExecutionDisabled",
        json!({"value": true}),
    );
    envoy.admin("POST", "on?message=Soon");
    browser.reload();
    assert_eq!(browser.text("p"), "Soon");
}

#[test]
fn the_text_holds() {
    check("text.html");
}

#[test]
fn the_brand_holds() {
    check("brand.html");
}

#[test]
fn the_friendly_house_holds() {
    check("friendly.html");
}

#[test]
fn no_template_is_forgotten() {
    let files = fs::read_dir(pages()).unwrap();
    let mut names: Vec<String> = files
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["brand.html", "friendly.html", "text.html"]);
}
