//! Clients of HTTP/1.1 that take their time.

use std::{thread, time::Duration};

use serde_json::json;
use support::{ADMIN, Connection, Envoy, Observer, TOKEN, eventually, within};

use super::{OPEN, assert_grows_no_more, assert_undisturbed, one_worker, with_a_large_page};

const CLIENTS: usize = 50;
const PAUSE: Duration = Duration::from_millis(1);

#[test]
fn a_head_that_comes_byte_by_byte_is_decided_on_when_it_is_whole() {
    let envoy = Envoy::with(one_worker(json!({})));
    let user = Observer::start(envoy.address);
    let mut clients: Vec<Connection> = (0..CLIENTS)
        .map(|_| Connection::open(envoy.address))
        .collect();
    let head = b"GET /a HTTP/1.1\r\nhost: test.example\r\naccept: text/html\r\n\r\n";
    for (at, byte) in head.iter().enumerate() {
        if at == head.len() / 2 {
            envoy.toggle(false);
        }
        for client in &mut clients {
            assert!(client.write([*byte]));
        }
        thread::sleep(PAUSE);
    }
    for client in &mut clients {
        assert!(client.read().expect("no response").is_upstream());
    }
    assert_undisturbed(&envoy, user);
}

/// Envoy announces that it closes, and does so soon.
#[test]
fn a_body_that_trickles_after_the_reply_goes_nowhere() {
    let envoy = Envoy::with(one_worker(json!({})));
    let before = envoy.upstream.requests();
    let calls = [("/".to_owned(), 503), (format!("{ADMIN}/on"), 400)];
    for (path, status) in calls {
        for framing in ["content-length: 100000", "transfer-encoding: chunked"] {
            let mut client = Connection::open(envoy.address);
            let response = client.send(format!(
                "POST {path} HTTP/1.1\r\nhost: test.example\r\nauthorization: Bearer {TOKEN}\r\n\
                 {framing}\r\n\r\n"
            ));
            assert_eq!(response.status, status, "{path} {framing}");
            assert_eq!(response.header("connection"), Some("close"));
            let trickle: &[u8] = match framing {
                "transfer-encoding: chunked" => b"1\r\na\r\n",
                _ => b"a",
            };
            within(Duration::from_secs(20), "the end", || {
                !client.write(trickle)
            });
        }
    }
    assert_eq!(envoy.upstream.requests(), before);
    assert_eq!(envoy.stat("http.test.downstream_rq_active"), 0);
}

#[test]
fn a_client_that_does_not_read_its_page_holds_nobody_up_and_leaves_nothing_behind() {
    let envoy = with_a_large_page();
    let user = Observer::start(envoy.address);
    assert_grows_no_more(8, || {
        let clients: Vec<Connection> = (0..CLIENTS)
            .map(|_| {
                let mut client = Connection::open(envoy.address);
                let request = "GET / HTTP/1.1\r\nhost: test.example\r\n\r\n";
                assert!(client.write(request.repeat(20)));
                client
            })
            .collect();
        has_open(&envoy, CLIENTS + 1);
        drop(clients);
        has_open(&envoy, 1);
        envoy.memory()
    });
    assert_undisturbed(&envoy, user);
}

fn has_open(envoy: &Envoy, connections: usize) {
    eventually("the right number of connections", || {
        envoy.stat(OPEN) == connections as u64
    });
}
