//! Headers of a megabyte, where Envoy is configured to take them.

mod cases;

use std::time::Duration;

use http::Request as Http2Request;
use serde_json::json;
use support::{Connection, Envoy, Observer, eventually, fetch_http2};

use self::cases::{Case, GUEST, MEGABYTE, cases, cheap, policy};
use super::{assert_grows_no_more, assert_undisturbed, one_worker};

fn envoy() -> Envoy {
    let mut options = one_worker(policy());
    options.connection_manager = json!({
        "use_remote_address": true,
        "skip_xff_append": true,
        "max_request_headers_kb": 8192,
        "common_http_protocol_options": {"max_headers_count": 20_000},
    });
    Envoy::with(options)
}

/// What the worker may be held for by one request, on a processor of its own.
const LONGEST: Duration = Duration::from_secs(2);
/// How often something else in Envoy may spoil a measurement.
const TRIES: usize = 5;

/// Nothing takes a time that grows faster than the header: squared, it would be 64 times.
#[test]
fn a_megabyte_is_read_to_its_end_in_eight_times_the_time_of_an_eighth() {
    let envoy = envoy();
    let time = |case: &Case| {
        let mut connection = Connection::open(envoy.address);
        let before = envoy.cpu_time();
        let response = connection.fetch(&case.request);
        let took = envoy.cpu_time() - before;
        case.assert_right(&response);
        took
    };
    for (small, large) in cases(MEGABYTE / 8).iter().zip(&cases(MEGABYTE)) {
        let is_proportional = (0..TRIES).any(|_| {
            let [small_took, large_took] = [small, large].map(time);
            println!("{}: {small_took:?}, {large_took:?}", small.name);
            large_took < LONGEST && large_took < 20 * small_took + Duration::from_millis(50)
        });
        assert!(is_proportional, "{}", small.name);
    }
}

#[test]
fn users_of_the_same_worker_are_served_between_two_megabytes() {
    let envoy = envoy();
    let user = Observer::start(envoy.address);
    for case in cheap(MEGABYTE) {
        let before = user.requests();
        case.assert_right(&envoy.fetch(&case.request));
        eventually("another user", || user.requests() > before);
    }
    assert_undisturbed(&envoy, user);
}

#[test]
fn memory_has_its_size_after_a_few_megabytes() {
    let envoy = envoy();
    let requests = cheap(MEGABYTE);
    assert_grows_no_more(8, || {
        for _ in 0..2 {
            for case in &requests {
                case.assert_right(&envoy.fetch(&case.request));
            }
        }
        envoy.memory()
    });
}

/// A line that was sent before takes one byte.
#[test]
fn http2_packs_a_megabyte_of_lines_into_a_frame() {
    let envoy = envoy();
    let fetch = |lines: &[(String, String)]| {
        let request = lines.iter().fold(
            Http2Request::get("http://test.example/"),
            |request, (name, value)| request.header(name, value),
        );
        fetch_http2(envoy.address, request.body("").unwrap())
    };
    let repeated = |name: &str, value: String| {
        let lines = MEGABYTE / value.len();
        vec![(name.to_owned(), value); lines]
    };
    let mut hops = repeated("x-forwarded-for", vec!["10.0.0.1"; 400].join(","));
    hops.insert(0, ("x-forwarded-for".to_owned(), GUEST.to_owned()));
    let mut cookies = repeated("cookie", format!("a={}", "b".repeat(3990)));
    cookies.push(("cookie".to_owned(), "role=qa-x".to_owned()));
    let small: Vec<_> = (0..10_000)
        .map(|number| (format!("x-{number}"), "a".to_owned()))
        .collect();
    for (lines, passes) in [
        (hops, false),
        (cookies, true),
        (small, false),
        (repeated("x-role", "staff-x".repeat(500)), false),
        (repeated("accept", "text/html;q=0.1,".repeat(250)), false),
    ] {
        let response = fetch(&lines);
        let name = &lines[0].0;
        assert_eq!(response.is_upstream(), passes, "{name}");
        assert_eq!(response.is_blocked(), !passes, "{name}");
    }
}
