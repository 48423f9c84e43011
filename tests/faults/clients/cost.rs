//! What one request may cost Envoy, however odd it is and however many rules there are.

use std::time::Duration;

use support::{Connection, Envoy, Request};

/// All that one request may cost Envoy, the filter's part and its own.
const LONGEST: Duration = Duration::from_millis(1);
/// What each regular expression may add that is tried on it.
const OF_A_REGEX: Duration = Duration::from_millis(1);
const REQUESTS: u32 = 8;
/// How often something else on the machine may spoil a measurement.
const TRIES: usize = 5;

/// Fails if a request takes longer than it may with so many regular expressions.
pub fn assert_is_cheap(envoy: &Envoy, request: &Request, regexes: u32, what: &str) {
    let limit = LONGEST + OF_A_REGEX * regexes;
    let mut took = Duration::MAX;
    for _ in 0..TRIES {
        let mut connection = Connection::open(envoy.address);
        connection.fetch(request);
        let before = envoy.cpu_time();
        for _ in 0..REQUESTS {
            connection.fetch(request);
        }
        took = took.min((envoy.cpu_time() - before) / REQUESTS);
        if took < limit {
            break;
        }
    }
    println!("{took:?} of {limit:?}: {what}");
    assert!(took < limit, "{took:?}: {what}");
}
