//! The maintenance page, as visitors see it.

mod coming_back;
mod end;
pub mod languages;
mod looks;
mod policy;
mod text;
mod without_script;

use serde_json::json;
use support::{Envoy, admin, browser::Browser};

const MINUTE: u64 = 60;

/// An Envoy that blocks, by this call of its endpoint.
fn blocking(call: &str) -> Envoy {
    let envoy = Envoy::start(json!({"admin": admin()}));
    let response = envoy.admin("POST", call);
    assert_eq!(response.status, 200, "{}", response.text());
    envoy
}

/// A browser whose clock a test sets.
fn start_with_clock() -> Browser {
    let browser = Browser::start();
    browser.take_clock();
    browser
}
