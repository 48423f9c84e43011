//! Many panics.

use std::time::{Duration, Instant};

use support::{Connection, Request, log_lines, memory};

use super::{Panics, assert_serves, configuration, envoy};

const PANICS: u64 = 1000;

#[test]
fn a_thousand_panics_are_counted_and_told_once_a_second() {
    let panics = Panics::none();
    let envoy = envoy(&panics, configuration());
    let began = Instant::now();
    panics.begin("http_filter_request_headers");
    let mut connection = Connection::open(envoy.address);
    let mut flood = || {
        for _ in 0..PANICS {
            assert!(connection.fetch(&Request::get("/")).is_failed());
        }
    };
    flood();
    let took = began.elapsed();
    assert_eq!(envoy.metric("errors"), PANICS);
    let told = |text: &str| log_lines(&envoy, text).len() as u64;
    let seconds = took.as_secs() + 2;
    let lines = told("a fault of the module");
    assert!((1..=seconds).contains(&lines), "{lines} in {took:?}");
    assert!(took < Duration::from_secs(30), "{took:?}");

    let before = memory(envoy.id());
    flood();
    flood();
    let grown = memory(envoy.id()).saturating_sub(before);
    assert!(grown < 1 << 20, "it grew by {grown}");
    panics.end();
    assert!(told("more before") > 0, "{}", envoy.log());
    assert_serves(&envoy);
}
