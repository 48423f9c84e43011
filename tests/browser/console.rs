//! The console of the admin endpoint, as people use it.

mod bypass;
mod keyboard;
mod looks;
mod opening;
mod others;
mod planning;
mod signing_in;
mod store;
mod switching;
mod traffic;
mod waiting;

use serde_json::{Value, json};
use support::{ADMIN, Envoy, TOKEN, admin, browser::Browser};

/// A plugin configuration with the console and bypass links.
pub fn configuration() -> Value {
    let mut configuration = json!({
        "admin": admin(),
        "allow": {"paths": ["/healthz"]},
        "bypass": {"key": "a-key-of-thirty-two-bytes-or-more"},
    });
    configuration["admin"]["console"] = true.into();
    configuration
}

fn start() -> Envoy {
    Envoy::start(configuration())
}

/// A browser that shows the console to somebody who has signed in.
fn signed_in(envoy: &Envoy) -> Browser {
    let browser = Browser::start();
    sign_in(&browser, envoy);
    browser
}

pub fn sign_in(browser: &Browser, envoy: &Envoy) {
    browser.open(envoy, ADMIN);
    browser.fill("#token", TOKEN);
    browser.click("#enter button");
    browser.wait_for_text("#state h2", "Maintenance is");
}

/// The status, without the console.
fn status(envoy: &Envoy) -> Value {
    envoy.admin("GET", "").json()
}
