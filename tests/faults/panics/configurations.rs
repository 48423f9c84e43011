//! Hooks of the module and of a configuration panic.

use std::{thread, time::Duration};

use serde_json::json;
use support::{Delivery, Envoy, eventually, log_lines};

use super::{Panics, assert_serves, configuration, envoy};

#[test]
fn a_configuration_that_panics_is_refused() {
    let panics = Panics::none();
    panics.begin("http_filter_config_new");
    let log = Envoy::refusal(panics.options(configuration()));
    for line in [
        "told to, in http_filter_config_new",
        "Failed to create filter config: Failed to initialize dynamic module",
    ] {
        assert!(log.contains(line), "{line}\n{log}");
    }
}

#[test]
fn the_old_one_stays_where_the_new_one_panics() {
    let panics = Panics::none();
    let mut options = panics.options(configuration());
    options.delivery = Delivery::Ecds;
    let mut envoy = Envoy::with(options);
    envoy.toggle(true);
    let mut other = configuration();
    other["response"] = json!({"status": 418});
    panics.begin("http_filter_config_new");
    envoy.update(other.clone());
    panics.end();
    assert_serves(&envoy);
    envoy.toggle(true);
    // Envoy does not try the same one twice.
    other["response"]["title"] = "Again".into();
    envoy.update(other);
    assert_eq!(envoy.get("/").status, 418);
}

#[test]
fn another_one_follows_one_whose_end_panics() {
    let panics = Panics::none();
    let mut options = panics.options(configuration());
    options.delivery = Delivery::Ecds;
    let mut envoy = Envoy::with(options);
    for number in 1..=5 {
        let mut other = configuration();
        other["response"]["title"] = format!("Number {number}").into();
        panics.begin("http_filter_config_destroy");
        envoy.update(other);
        assert!(envoy.get("/").is_upstream());
        eventually("the panic", || envoy.metric("errors") == number);
        panics.end();
    }
    assert_serves(&envoy);
}

#[test]
fn a_module_whose_beginning_panics_works_all_the_same() {
    let panics = Panics::none();
    panics.begin("program_init");
    let envoy = envoy(&panics, configuration());
    panics.end();
    assert!(envoy.log().contains("told to, in program_init"));
    assert_serves(&envoy);
}

#[test]
fn ticks_that_panic_come_once_a_second_and_then_again_as_they_did() {
    let panics = Panics::none();
    let envoy = envoy(&panics, configuration());
    assert!(envoy.get("/").is_upstream());
    panics.begin("http_filter_config_scheduled");
    thread::sleep(Duration::from_millis(3500));
    let errors = envoy.metric("errors");
    assert!((2..=5).contains(&errors), "{errors}");
    assert!(log_lines(&envoy, "a fault of the module").len() as u64 <= errors);
    panics.end();
    assert_serves(&envoy);
}
