//! Requests that wait for the end of maintenance.

mod limits;
mod memory;
mod protocols;
mod turns;
mod updates;
mod ways_out;

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use support::{Background, Connection, Envoy, Options, Request, Response, admin, eventually};

/// Within this a request passes after the change.
const PROMPTLY: Duration = Duration::from_millis(200);

fn configuration(hold_seconds: u64) -> Value {
    json!({"admin": admin(), "response": {"hold_seconds": hold_seconds}})
}

/// An Envoy in maintenance.
fn on(options: Options) -> Envoy {
    let envoy = Envoy::with(options);
    envoy.toggle(true);
    envoy
}

/// A request on a connection of its own, and when it was answered.
struct Waiter(Background<(Response, Instant)>);

impl Waiter {
    fn send(address: SocketAddr, request: Request) -> Self {
        Self::start(move || Connection::open(address).fetch(&request))
    }

    fn start(fetch: impl FnOnce() -> Response + Send + 'static) -> Self {
        Self(Background::start(move |_| (fetch(), Instant::now())))
    }

    /// The answer.
    fn answer(self) -> Response {
        self.timed().0
    }

    fn timed(self) -> (Response, Instant) {
        self.0.end()
    }
}

/// Sends requests that wait.
fn wait(envoy: &Envoy, requests: impl IntoIterator<Item = Request>) -> Vec<Waiter> {
    let before = envoy.metric("held");
    let send = |request| Waiter::send(envoy.address, request);
    let waiters: Vec<Waiter> = requests.into_iter().map(send).collect();
    holds(envoy, before + waiters.len() as u64);
    waiters
}

/// Waits until so many wait.
fn holds(envoy: &Envoy, count: u64) {
    eventually("requests that wait", || envoy.metric("held") == count);
}

#[test]
fn requests_that_wait_pass_promptly_when_maintenance_ends() {
    let envoy = on(Options::new(configuration(20)));
    let waiters = wait(&envoy, (0..8).map(|_| Request::get("/")));
    assert_eq!(envoy.upstream.requests(), 0);
    let off = Instant::now();
    envoy.toggle(false);
    for (response, came) in waiters.into_iter().map(Waiter::timed) {
        assert!(response.is_upstream(), "{response:?}");
        assert!(came - off < PROMPTLY, "{:?}", came - off);
    }
    assert_eq!(envoy.upstream.requests(), 8);
    assert_eq!(
        (envoy.metric("held"), envoy.metric("allowed.released")),
        (0, 8)
    );
    let counters = envoy.admin("GET", "counters").json();
    assert_eq!(counters["counters"]["allowed"]["released"], 8);
    assert!(
        envoy
            .access_log(10)
            .contains(&"/ 200 via_upstream allowed:released".to_owned())
    );
}
