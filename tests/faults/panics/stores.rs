//! Hooks for the answers of a store panic.

use serde_json::json;
use support::{
    Envoy,
    etcd::{Etcd, KEY},
    fleet::{self, agree},
    within,
};

use super::Panics;

fn in_a_fleet(panics: &Panics, etcd: &Etcd) -> Envoy {
    let mut options = fleet::options(etcd);
    panics.take_place_in(&mut options);
    let envoy = Envoy::with(options);
    agree(std::slice::from_ref(&envoy), false);
    envoy
}

#[test]
fn a_call_whose_answer_panics_gets_a_bare_503() {
    let panics = Panics::none();
    let etcd = Etcd::start();
    let envoy = in_a_fleet(&panics, &etcd);
    for part in ["headers", "data", "trailers", "complete"] {
        let errors = envoy.metric("errors");
        let response = panics.during(&format!("http_filter_http_stream_{part}"), || {
            envoy.admin("POST", "on")
        });
        assert!(response.is_failed(), "{part}: {response:?}");
        assert!(envoy.metric("errors") > errors, "{part}");
        for maintenance in [true, false] {
            envoy.toggle(maintenance);
            assert_eq!(envoy.get("/").is_blocked(), maintenance, "{part}");
        }
    }
}

#[test]
fn a_store_is_followed_again_after_each_panic() {
    let panics = Panics::none();
    let mut etcd = Etcd::start();
    let envoys = [in_a_fleet(&panics, &etcd)];
    let mut maintenance = false;
    for hook in [
        "scheduled",
        "http_stream_headers",
        "http_stream_data",
        "http_stream_trailers",
        "http_stream_complete",
        "http_stream_reset",
    ] {
        let hook = format!("http_filter_config_{hook}");
        panics.begin(&hook);
        // A stream ends, another begins, and a value comes.
        etcd.kill();
        etcd.restart();
        etcd.put(KEY, r#"{"maintenance": false}"#);
        let told = format!("told to, in {hook}");
        within(fleet::CATCH_UP, &hook, || envoys[0].log().contains(&told));
        panics.end();
        maintenance = !maintenance;
        etcd.put(KEY, &json!({"maintenance": maintenance}).to_string());
        agree(&envoys, maintenance);
    }
}
