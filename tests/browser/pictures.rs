//! The pictures of the pages, which `make pictures` puts into its place.

use std::{fs, time::Duration};

use serde_json::json;
use support::{
    Envoy, Options, admin,
    browser::{Browser, DARK_PHONE, LIGHT_DESK, in_time},
    etcd::Etcd,
    fleet,
    pages::PAGES,
    project::file,
};

use crate::console::{configuration, sign_in};
use crate::visitors::languages::prefer;

const NAMES: [&str; 3] = ["page", "languages", "console"];
/// How often the console looks.
const PERIOD: Duration = Duration::from_secs(2);
const CALL: &str = "on?for=7200&message=We%20are%20moving%20house.";

fn start() -> Browser {
    let browser = Browser::start();
    browser.open_at("2026-11-22T09:00:30Z");
    browser.travel("Etc/UTC");
    browser
}

/// Takes a font that is everywhere: the one of a system without a desktop is not what people see.
fn set_font(browser: &Browser) {
    browser.run("document.body.style.fontFamily = 'Arial, sans-serif'");
}

#[test]
fn the_page() {
    let mut options = Options::new(json!({"admin": admin()}));
    options.connection_manager = json!({"preserve_external_request_id": true});
    let envoy = Envoy::with(options);
    envoy.admin("POST", CALL);
    let browser = start();
    let id = json!({"headers": {"x-request-id": "5a0d1f9b-6020-4092-be98-967a572ad0c8"}});
    browser.devtools("Network.setExtraHTTPHeaders", id);
    browser.open(&envoy, "/");
    set_font(&browser);
    assert_eq!(browser.text("time"), "11:00 AM UTC, in 2 hours");
    let looks = [LIGHT_DESK.fine(800, 560), DARK_PHONE.fine(320, 560)];
    browser.show_side_by_side(&looks.map(|look| browser.screen(look)));
    browser.look(LIGHT_DESK.fine(1156, 564));
    browser.picture("page");
    browser.small_picture("page");
}

#[test]
fn the_languages() {
    let envoy = Envoy::start(json!({"admin": admin()}));
    envoy.admin("POST", "on?for=7200");
    let browser = start();
    let look = LIGHT_DESK.fine(440, 520);
    let screens = ["de", "ar", "ja"].map(|language| {
        prefer(&browser, language);
        browser.open(&envoy, "/");
        browser.run("document.querySelector('small').remove()");
        browser.screen(look)
    });
    browser.show_side_by_side(&screens);
    browser.look(LIGHT_DESK.fine(1388, 524));
    browser.picture("languages");
    browser.small_picture("languages");
}

#[test]
fn the_console() {
    let etcd = Etcd::start();
    let mut configuration = configuration();
    configuration["store"] = fleet::configuration()["store"].take();
    let mut options = Options::new(configuration);
    options.clusters = vec![etcd.envoy_cluster()];
    options.arguments = vec!["--service-node", "edge-1"];
    let envoy = Envoy::with(options);
    let browser = start();
    browser.take_clock();
    browser.look(LIGHT_DESK.fine(1032, 800));
    sign_in(&browser, &envoy);
    let bars = "return document.querySelectorAll('#chart .blocked').length";
    let mut blocked = 0;
    for period in 0..60 {
        in_time("a bar", || browser.run(bars) == period + 1);
        if period == 6 {
            envoy.admin("POST", CALL);
        }
        for _ in 0..8 + period * (75 - period) / 70 + period * 7 % 5 {
            blocked += u32::from(envoy.get("/").is_blocked());
        }
        for _ in 0..4 + period % 3 {
            envoy.get("/healthz");
        }
        browser.let_pass(PERIOD);
    }
    let (thousands, rest) = (blocked / 1000, blocked % 1000);
    let counted = format!("blocked\t{thousands},{rest:03}");
    browser.wait_for_text("#counters", &counted);
    browser.wait_for_text("#store", ": connected.");
    set_font(&browser);
    browser.picture("console");
    browser.small_picture("console");
}

#[test]
fn they_are_small_and_the_pages_show_them() {
    for name in NAMES {
        let path = format!("tests/browser/{name}.webp");
        let is_shown = PAGES
            .iter()
            .any(|page| page.links().iter().any(|link| link.ends_with(&path)));
        assert!(is_shown, "{path}");
        let size = fs::metadata(file(&path)).unwrap().len();
        assert!(size < 80 * 1024, "{path}: {size}");
    }
}
