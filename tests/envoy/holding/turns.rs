//! Those who wait when it opens slowly.

use serde_json::json;
use support::{Connection, Envoy, Request, admin};

use super::{Duration, Instant, PROMPTLY, Waiter, holds};

const CLIENTS: u8 = 40;
const SECOND: Duration = Duration::from_secs(1);

/// Between which moments a client passes that has got an answer between these.
fn turn(retry_after: Option<&str>, begin: Instant, end: Instant) -> (Instant, Instant) {
    match retry_after {
        None => (begin - SECOND, end),
        Some(seconds) => {
            let wait = SECOND * seconds.parse().unwrap();
            (begin + wait - SECOND, end + wait)
        }
    }
}

#[test]
fn those_who_wait_are_let_in_at_their_turn_or_told_when_it_comes() {
    const WAIT: Duration = Duration::from_secs(8);
    let envoy = Envoy::start(json!({"admin": admin()}));
    let call = |call: &str| assert_eq!(envoy.admin("POST", call).status, 200);
    call("on?hold=8");
    let address = envoy.address;
    let fetch = move |client: u8| {
        let mut connection = Connection::from(&format!("127.0.2.{client}"), address);
        connection.fetch(&Request::get("/"))
    };
    let first = Instant::now();
    let wait = |client| Waiter::start(move || fetch(client));
    let waiters: Vec<Waiter> = (0..CLIENTS).map(wait).collect();
    holds(&envoy, CLIENTS.into());
    let last = Instant::now();
    call("off?ramp=16s");
    let off = Instant::now();
    let mut passed = 0;
    let turns: Vec<(Instant, Instant)> = (0..CLIENTS)
        .map(|client| {
            let begin = Instant::now();
            // Its wait was that of the `on`.
            let response = fetch(client);
            passed += u64::from(response.is_upstream());
            turn(response.header("retry-after"), begin, Instant::now())
        })
        .collect();
    assert!(off.elapsed() < SECOND, "the machine is too slow");

    let mut released = 0;
    for (waiter, turn_of_another) in waiters.into_iter().zip(turns) {
        let (response, came) = waiter.timed();
        let (after, at_most) = turn_of_another;
        if response.is_upstream() {
            released += 1;
            assert!(came > after);
            assert!(came < at_most + PROMPTLY, "{:?}", came - at_most);
            assert!(came < last + WAIT + PROMPTLY, "{:?}", came - last);
        } else {
            assert!(response.is_blocked(), "{response:?}");
            assert!(came < off + SECOND, "{:?}", came - off);
            assert!(at_most > first + WAIT, "{:?}", at_most - first);
            let told = turn(response.header("retry-after"), came - SECOND, came);
            assert!(told.0 < at_most && told.1 > after, "{response:?}");
        }
    }
    let blocked = 2 * u64::from(CLIENTS) - released - passed;
    assert!(released > 5 && released < 35, "{released}");
    for (counter, count) in [
        ("held", 0),
        ("allowed.released", released),
        ("allowed.ramp", passed),
        ("blocked", blocked),
    ] {
        assert_eq!(envoy.metric(counter), count, "{counter}");
    }
    assert_eq!(envoy.upstream.requests() as u64, released + passed);
}
