//! What one request may cost Envoy, however odd it is and however many rules there are.

use std::{
    hint::black_box,
    iter,
    time::{Duration, Instant},
};

use serde_json::Value;
use support::{Connection, Envoy, Request};

/// What one request may cost the filter on a quiet machine.
const LONGEST: Duration = Duration::from_millis(1);
/// What Envoy itself takes there for as many headers as it lets in.
const OF_ENVOY: Duration = Duration::from_micros(300);
/// What each regular expression may add that is tried on it.
const OF_A_REGEX: Duration = Duration::from_millis(1);
const REQUESTS: u32 = 8;
/// What reading a text takes a quiet machine, see [`slowness`].
const QUIET: Duration = Duration::from_millis(1);
/// How often something else on the machine may spoil a measurement.
const TRIES: usize = 20;

/// Fails if a request takes longer than it may with so many regular expressions.
pub fn assert_is_cheap(envoy: &Envoy, request: &Request, regexes: u32, what: &str) {
    let limit = LONGEST + OF_ENVOY + OF_A_REGEX * regexes;
    let mut took = Duration::MAX;
    for _ in 0..TRIES {
        let mut connection = Connection::open(envoy.address);
        connection.fetch(request);
        let before = envoy.cpu_time();
        for _ in 0..REQUESTS {
            connection.fetch(request);
        }
        let spent = (envoy.cpu_time() - before) / REQUESTS;
        took = took.min(spent.div_f64(slowness()));
        if took < limit {
            break;
        }
    }
    println!("{took:?} of {limit:?}: {what}");
    assert!(took < limit, "{took:?}: {what}");
}

/// How much longer this machine takes at this moment than a quiet one: at least 1.
fn slowness() -> f64 {
    let text = format!("[{}0]", "\"abc\",{\"d\":[1]},".repeat(400));
    let read = || {
        let begin = Instant::now();
        black_box(serde_json::from_str::<Value>(black_box(&text)).unwrap());
        begin.elapsed()
    };
    let took = iter::repeat_with(read).take(3).min().unwrap();
    took.div_duration_f64(QUIET).max(1.0)
}
