//! Hooks of a request panic.

use support::{Request, admin_request, eventually};

use super::{Panics, assert_serves, configuration, envoy, waiting};

#[test]
fn a_request_whose_handling_panics_gets_a_bare_503() {
    let panics = Panics::none();
    let envoy = envoy(&panics, configuration());
    let mut errors = 0;
    for hook in ["http_filter_new", "http_filter_request_headers"] {
        for maintenance in [false, true] {
            envoy.toggle(maintenance);
            let passed = envoy.upstream.requests();
            panics.during(hook, || {
                let requests = [
                    Request::get("/"),
                    Request::new("POST", "/").body("hello"),
                    admin_request("GET", ""),
                ];
                for request in requests {
                    let response = envoy.fetch(&request);
                    assert!(response.is_failed(), "{hook}: {response:?}");
                    errors += 1;
                }
            });
            assert_eq!(envoy.upstream.requests(), passed, "{hook}");
            assert_eq!(envoy.metric("errors"), errors, "{hook}");
        }
        assert_serves(&envoy);
    }
    let access_log = envoy.access_log(1);
    let refused = "/ 503 maintenance_mode_fault -".to_owned();
    assert!(access_log.contains(&refused), "{access_log:?}");
}

#[test]
fn what_was_decided_stands_where_the_end_of_a_request_panics() {
    let panics = Panics::none();
    let envoy = envoy(&panics, configuration());
    for hook in ["http_filter_stream_complete", "http_filter_destroy"] {
        let errors = envoy.metric("errors");
        panics.begin(hook);
        assert!(envoy.get("/").is_upstream());
        assert!(envoy.get("/").is_upstream());
        eventually(hook, || envoy.metric("errors") == errors + 2);
        panics.end();
        assert_serves(&envoy);
    }
}

#[test]
fn a_caller_that_left_is_not_answered_where_its_end_panicked() {
    let panics = Panics::none();
    let envoy = envoy(&panics, configuration());
    for hook in ["http_filter_stream_complete", "http_filter_destroy"] {
        let errors = envoy.metric("errors");
        envoy.toggle(true);
        let stays = waiting(&envoy);
        let leaves = waiting(&envoy);
        eventually("two that wait", || envoy.metric("held") == 2);
        panics.begin(hook);
        drop(leaves);
        eventually(hook, || envoy.metric("errors") > errors);
        panics.end();
        eventually("the one that waits", || envoy.metric("held") == 1);
        let mut stays = stays;
        envoy.toggle(false);
        assert!(stays.read().unwrap().is_upstream(), "{hook}");
        assert_serves(&envoy);
    }
    // The one that stays, and two for each that the worker serves.
    assert_eq!(envoy.upstream.requests(), 2 * 3);
}
