//! The console of the admin endpoint, as people use it.

mod bypass;
mod extending;
mod faults;
mod keyboard;
mod languages;
mod looks;
mod losing;
mod opening;
mod others;
mod planning;
mod signing_in;
mod store;
mod switching;
mod traffic;
mod waiting;

use serde_json::{Value, json};
use support::{ADMIN, Envoy, Options, TOKEN, admin, browser::Browser, etcd::Etcd, fleet};

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

/// An Envoy whose state is in an etcd.
fn start_with(etcd: &Etcd) -> Envoy {
    let mut configuration = configuration();
    configuration["store"] = fleet::configuration()["store"].take();
    let mut options = Options::new(configuration);
    options.clusters = vec![etcd.envoy_cluster()];
    Envoy::with(options)
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

/// Says yes to what is asked.
fn confirm(browser: &Browser, button: &str) {
    browser.click(button);
    browser.wait_until_shown("#ask");
    browser.click("#yes");
}

/// Switches on with what stands in the form.
fn switch_on(browser: &Browser, done: &str) {
    confirm(browser, "#on");
    browser.wait_for_text("#done", done);
}

/// The status, without the console.
fn status(envoy: &Envoy) -> Value {
    envoy.admin("GET", "").json()
}
