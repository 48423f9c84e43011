//! What panics while requests wait for the end of maintenance.

use support::{Envoy, eventually};

use super::{Panics, assert_serves, configuration, envoy, waiting};

#[test]
fn all_that_wait_on_a_worker_get_a_bare_503_where_looking_at_them_panics() {
    let panics = Panics::none();
    let envoy = envoy(&panics, configuration());
    envoy.toggle(true);
    let mut all = [(); 5].map(|()| waiting(&envoy));
    eventually("all wait", || envoy.metric("held") == 5);
    panics.during("http_filter_scheduled", || {
        for connection in &mut all {
            let response = connection.read().unwrap();
            assert!(response.is_failed(), "{response:?}");
        }
    });
    assert_nobody_waits(&envoy);
    assert_eq!(envoy.metric("errors"), 1);
    assert_eq!(envoy.upstream.requests(), 0);
    assert_serves(&envoy);
}

#[test]
fn another_request_that_panics_harms_nobody_who_waits() {
    let panics = Panics::none();
    let envoy = envoy(&panics, configuration());
    envoy.toggle(true);
    let mut one = waiting(&envoy);
    eventually("one waits", || envoy.metric("held") == 1);
    panics.during("http_filter_request_headers", || {
        assert!(envoy.get("/").is_failed());
    });
    assert_eq!(envoy.metric("held"), 1);
    envoy.toggle(false);
    assert!(one.read().unwrap().is_upstream());
    assert_nobody_waits(&envoy);
}

#[test]
fn the_clock_outlives_its_panics() {
    let panics = Panics::none();
    let envoy = envoy(&panics, configuration());
    envoy.toggle(true);
    let mut one = waiting(&envoy);
    eventually("one waits", || envoy.metric("held") == 1);
    panics.during("clock", || {
        eventually("a panic", || envoy.log().contains("told to, in clock"));
        envoy.toggle(false);
    });
    assert!(one.read().unwrap().is_upstream());
    assert_serves(&envoy);
}

fn assert_nobody_waits(envoy: &Envoy) {
    eventually("nobody waits", || envoy.metric("held") == 0);
}
