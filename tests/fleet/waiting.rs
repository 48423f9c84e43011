//! A change waits for etcd, and its caller for the answer.

use std::thread;

use bytes::Bytes;
use h2::client;
use http::Request as Http2Request;
use support::{
    ADMIN, Connection, Delivery, Envoy, Request, TOKEN, admin_request,
    etcd::{Etcd, KEY},
    fetch_http2,
    fleet::{agree, assert_refused, configuration, options, refused_by_store, start_all, status},
};
use tokio::{net::TcpStream, runtime::Builder};

fn start(etcd: &Etcd) -> Vec<Envoy> {
    let mut options = options(etcd);
    options.delivery = Delivery::Ecds;
    start_all([options])
}

/// Asks for a change and leaves the answer.
fn ask(envoy: &Envoy) -> Connection {
    let mut connection = Connection::open(envoy.address);
    let head = format!(
        "POST {ADMIN}/on HTTP/1.1\r\nhost: test.example\r\nauthorization: Bearer {TOKEN}\r\n\r\n"
    );
    assert!(connection.write(head));
    connection
}

#[test]
fn callers_that_hang_up_harm_nothing() {
    let mut etcd = Etcd::start();
    let envoys = start(&etcd);
    etcd.stop();
    for _ in 0..10 {
        drop(ask(&envoys[0]));
    }
    assert_refused(&envoys[0], "on");
    etcd.resume();
    agree(&envoys, false);
    for _ in 0..10 {
        drop(ask(&envoys[0]));
    }
    envoys[0].toggle(true);
    agree(&envoys, true);
    let left = "on, but the caller left before the store answered";
    assert!(envoys[0].log().matches(left).count() >= 10);
}

#[test]
fn an_update_of_the_configuration_loses_no_caller() {
    let mut etcd = Etcd::start();
    let mut envoys = start(&etcd);
    etcd.stop();
    let mut connection = ask(&envoys[0]);
    for message in ["a", "b"] {
        let mut plugin = configuration();
        plugin["response"]["message"] = message.into();
        envoys[0].update(plugin);
    }
    refused_by_store(&connection.read().expect("no answer"));
    etcd.resume();
    agree(&envoys, false);
    assert_eq!(etcd.get(KEY), None);
}

#[test]
fn each_of_many_callers_is_refused_in_time() {
    let mut etcd = Etcd::start();
    let envoys = start(&etcd);
    etcd.stop();
    thread::scope(|scope| {
        for _ in 0..20 {
            scope.spawn(|| assert_refused(&envoys[0], "on"));
        }
    });
    etcd.resume();
    agree(&envoys, false);
    assert_eq!(etcd.get(KEY), None);
}

#[test]
fn a_body_is_refused_and_neither_waited_for_nor_in_the_way() {
    let etcd = Etcd::start();
    let envoys = start(&etcd);
    // Of a longer one not all is sent before the answer: that may get lost where Envoy closes.
    for length in [1, 1 << 14] {
        for call in ["on", "off"] {
            let request = admin_request("POST", call).body(&"x".repeat(length));
            assert_eq!(envoys[0].fetch(&request).status, 400);
        }
    }
    let unfinished = format!(
        "POST {ADMIN}/on HTTP/1.1\r\nhost: test.example\r\nauthorization: Bearer {TOKEN}\r\n\
         content-length: 10\r\n\r\nx"
    );
    assert_eq!(envoys[0].send(unfinished).status, 400);
    envoys[0].toggle(true);
    assert_eq!(
        etcd.mod_revision(KEY),
        status(&envoys[0])["generation"].as_u64()
    );
}

#[test]
fn nothing_of_a_call_goes_upstream_where_only_its_headers_are_held() {
    let etcd = Etcd::start();
    let mut options = options(&etcd);
    options.stops_at_headers = true;
    let envoys = start_all([options]);
    let before = envoys[0].upstream.requests();
    for call in ["on", "off"] {
        for body in [
            "content-length: 1\r\n\r\nx",
            "transfer-encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n",
            "transfer-encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nx-trailer: y\r\n\r\n",
        ] {
            let request = format!(
                "POST {ADMIN}/{call} HTTP/1.1\r\nhost: test.example\r\n\
                 authorization: Bearer {TOKEN}\r\n{body}"
            );
            assert_eq!(envoys[0].send(request).status, 400);
        }
        assert_eq!(late_end(&envoys[0], call), 200);
    }
    assert_eq!(envoys[0].upstream.requests(), before);
}

/// A change by HTTP/2 whose end comes after its headers.
fn late_end(envoy: &Envoy, call: &str) -> u16 {
    let request = Http2Request::post(format!("http://test.example{ADMIN}/{call}"))
        .header("authorization", format!("Bearer {TOKEN}"))
        .header("content-length", "0")
        .body(())
        .unwrap();
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let stream = TcpStream::connect(envoy.address).await.unwrap();
        let (sender, connection) = client::handshake(stream).await.unwrap();
        tokio::spawn(connection);
        let mut sender = sender.ready().await.unwrap();
        let (response, mut upload) = sender.send_request(request, false).unwrap();
        upload.send_data(Bytes::new(), true).unwrap();
        response.await.unwrap().status().as_u16()
    })
}

#[test]
fn a_caller_may_speak_http2() {
    let etcd = Etcd::start();
    let envoys = start(&etcd);
    let address = envoys[0].address;
    for call in ["on", "off"] {
        let request = Http2Request::post(format!("http://{address}{ADMIN}/{call}"))
            .header("authorization", format!("Bearer {TOKEN}"))
            .body("")
            .unwrap();
        let answer = fetch_http2(address, request);
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(answer.json()["maintenance"], call == "on");
        agree(&envoys, call == "on");
    }
}

#[test]
fn other_requests_on_the_connection_of_a_caller_come_after_it() {
    let etcd = Etcd::start();
    let envoys = start(&etcd);
    let mut connection = Connection::open(envoys[0].address);
    for on in [true, false].repeat(10) {
        let call = if on { "on" } else { "off" };
        assert_eq!(connection.fetch(&admin_request("POST", call)).status, 200);
        assert_eq!(connection.fetch(&Request::get("/")).is_blocked(), on);
    }
}
