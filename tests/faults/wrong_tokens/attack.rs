//! Calls with wrong tokens, many a second.

use std::{
    net::SocketAddr,
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use http::Request as Http2Request;
use support::{ADMIN, Connection, Envoy, Request, Response, TOKEN, fetch_all_http2};

/// Calls a second that an attack makes at least; it tries a quarter more.
pub const RATE: usize = 1000;

/// Connections of HTTP/1.1; beside them there is one of HTTP/2.
const CONNECTIONS: usize = 7;

/// Calls of all methods and paths, on open connections.
pub struct Attack {
    calls: usize,
    begin: Instant,
    threads: Vec<JoinHandle<()>>,
}

impl Attack {
    /// Begins an attack of so many calls.
    pub fn start(envoy: &Envoy, calls: usize) -> Self {
        let address = envoy.address;
        let each = calls / (CONNECTIONS + 1);
        let pause = Duration::from_secs(1) * (CONNECTIONS as u32 + 1) / (RATE as u32 * 5 / 4);
        let mut threads: Vec<JoinHandle<()>> = (0..CONNECTIONS)
            .map(|_| thread::spawn(move || guess(address, paced(each, pause))))
            .collect();
        threads.push(thread::spawn(move || {
            guess_by_http2(address, paced(each, pause));
        }));
        Self {
            calls: each * (CONNECTIONS + 1),
            begin: Instant::now(),
            threads,
        }
    }

    /// Whether all calls are answered.
    pub fn is_over(&self) -> bool {
        self.threads.iter().all(JoinHandle::is_finished)
    }

    /// Waits until all calls are answered, as they must be; how many it were a second.
    pub fn end(self) -> usize {
        for thread in self.threads {
            thread.join().expect("a wrong call was not refused");
        }
        (self.calls as f64 / self.begin.elapsed().as_secs_f64()) as usize
    }
}

/// Numbers, each at its time or as soon after it as it is asked for.
fn paced(count: usize, pause: Duration) -> impl Iterator<Item = usize> {
    let begin = Instant::now();
    (0..count).inspect(move |&number| {
        let due = begin + pause * u32::try_from(number).unwrap();
        thread::sleep(due.saturating_duration_since(Instant::now()));
    })
}

fn guess(address: SocketAddr, numbers: impl Iterator<Item = usize>) {
    let mut connection = Connection::open(address);
    for number in numbers {
        let (method, target, authorization) = wrong_call(number);
        let request = Request::new(method, &target).header("authorization", authorization);
        assert_refused(&connection.fetch(&request));
    }
}

fn guess_by_http2(address: SocketAddr, numbers: impl Iterator<Item = usize>) {
    let requests = numbers.map(|number| {
        let (method, target, authorization) = wrong_call(number);
        Http2Request::builder()
            .method(method)
            .uri(format!("http://test.example{target}"))
            .header("authorization", authorization)
            .body("")
            .unwrap()
    });
    fetch_all_http2(address, requests)
        .iter()
        .for_each(assert_refused);
}

/// Method, target and `Authorization` of a wrong call.
fn wrong_call(number: usize) -> (&'static str, String, String) {
    let method = ["GET", "POST", "PUT", "DELETE"][number % 4];
    let call = ["", "/on", "/off?for=1", "/reset", "/bypass/revoke"][number % 5];
    let right = &TOKEN[..number % TOKEN.len()];
    (
        method,
        format!("{ADMIN}{call}"),
        format!("Bearer {right}{number}"),
    )
}

/// Expects a refusal that says nothing.
pub fn assert_refused(response: &Response) {
    assert_eq!(response.status, 401, "{response:?}");
    for (name, value) in [
        ("www-authenticate", "Bearer"),
        ("content-type", "application/problem+json"),
        ("cache-control", "no-store"),
    ] {
        assert_eq!(response.header(name), Some(value), "{response:?}");
    }
    assert_eq!(response.json()["title"], "Unauthorized");
    assert!(!response.is_blocked());
}
