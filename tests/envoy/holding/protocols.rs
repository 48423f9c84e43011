//! They wait in every protocol, and arrive whole.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    thread,
};

use bytes::Bytes;
use h2::client;
use http::Request as Http2Request;
use support::{Connection, Envoy, Http2Upstream, Options, Response, STREAM, fetch_http2};
use tokio::runtime::Builder;

use super::{Duration, Waiter, configuration, holds, on};

const HOST: &str = "host: test.example\r\n";

/// Three megabytes that no part can stand for another of.
fn large() -> &'static str {
    let numbers: String = (0..400_000).map(|number| format!("{number:08}")).collect();
    numbers.leak()
}

type Send = Box<dyn Fn(SocketAddr) -> Response + std::marker::Send>;

/// The body of each request, which is answered, and what sends it.
fn cases() -> Vec<(&'static str, Send)> {
    let large = large();
    let raw = |request: String| {
        move |address: SocketAddr| Connection::open(address).send(request.as_bytes())
    };
    let http2 = |content_type: &'static str, body: &'static str| {
        move |address: SocketAddr| {
            let request = Http2Request::post("http://test.example/shop.Cart/Get")
                .header("content-type", content_type)
                .header("te", "trailers");
            fetch_http2(address, request.body(body).unwrap())
        }
    };
    let length = large.len();
    let chunk = format!("{length:x}\r\n{large}\r\n0\r\n\r\n");
    vec![
        ("", Box::new(raw(format!("GET / HTTP/1.1\r\n{HOST}\r\n")))),
        ("", Box::new(raw(format!("HEAD / HTTP/1.1\r\n{HOST}\r\n")))),
        (
            "hello",
            Box::new(raw(format!(
                "POST / HTTP/1.1\r\n{HOST}content-length: 5\r\n\r\nhello"
            ))),
        ),
        (
            large,
            Box::new(raw(format!(
                "POST / HTTP/1.1\r\n{HOST}content-length: {length}\r\n\r\n{large}"
            ))),
        ),
        (
            large,
            Box::new(raw(format!(
                "PUT / HTTP/1.1\r\n{HOST}transfer-encoding: chunked\r\n\r\n{chunk}"
            ))),
        ),
        (
            "hello",
            Box::new(raw(format!(
                "POST / HTTP/1.1\r\n{HOST}expect: 100-continue\r\ncontent-length: 5\r\n\r\nhello"
            ))),
        ),
        ("", Box::new(http2("text/plain", ""))),
        (large, Box::new(http2("text/plain", large))),
        (
            "\0\0\0\0\0",
            Box::new(http2("application/grpc", "\0\0\0\0\0")),
        ),
    ]
}

/// With and without `allow_on_headers_stop_iteration`.
fn each_way(upstream: &Http2Upstream, test: impl Fn(Envoy)) {
    for stops_at_headers in [false, true] {
        let mut options = upstream.behind(Options::new(configuration(60)));
        options.stops_at_headers = stops_at_headers;
        test(on(options));
    }
}

#[test]
fn every_request_arrives_whole_and_once() {
    let upstream = Http2Upstream::start(Duration::ZERO);
    each_way(&upstream, |envoy| {
        let address = envoy.address;
        let (bodies, sends): (Vec<_>, Vec<_>) = cases().into_iter().unzip();
        let waiters: Vec<Waiter> = sends
            .into_iter()
            .map(|send| Waiter::start(move || send(address)))
            .collect();
        holds(&envoy, bodies.len() as u64);
        assert_eq!(envoy.stat("cluster.http2.upstream_rq_total"), 0);
        envoy.toggle(false);
        for (body, answer) in bodies.iter().zip(waiters.into_iter().map(Waiter::answer)) {
            assert!(
                answer.is_upstream(),
                "{} {:?}",
                answer.status,
                answer.headers
            );
            assert!(
                answer.body == body.as_bytes(),
                "{} bytes",
                answer.body.len()
            );
        }
        let requests = envoy.stat("cluster.http2.upstream_rq_total");
        assert_eq!(requests, bodies.len() as u64);
    });
}

#[test]
fn a_stream_of_grpc_waits_and_then_flows_both_ways() {
    let upstream = Http2Upstream::start(Duration::ZERO);
    each_way(&upstream, |envoy| {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let stream = tokio::net::TcpStream::connect(envoy.address).await.unwrap();
            let (sender, connection) = client::handshake(stream).await.unwrap();
            tokio::spawn(connection);
            let mut sender = sender.ready().await.unwrap();
            let request = Http2Request::post(format!("http://test.example{STREAM}"))
                .header("content-type", "application/grpc")
                .header("te", "trailers");
            let (answer, mut upload) = sender
                .send_request(request.body(()).unwrap(), false)
                .unwrap();
            upload
                .send_data(Bytes::from_static(b"one "), false)
                .unwrap();
            tokio::time::sleep(Duration::from_millis(300)).await;
            upload
                .send_data(Bytes::from_static(b"two "), false)
                .unwrap();
            tokio::time::sleep(Duration::from_millis(300)).await;
            let envoy = thread::scope(|scope| {
                scope.spawn(|| {
                    holds(&envoy, 1);
                    envoy.toggle(false);
                    &envoy
                });
                &envoy
            });
            let mut body = answer.await.unwrap().into_body();
            let mut seen = Vec::new();
            while seen.len() < 8 {
                seen.extend(body.data().await.unwrap().unwrap());
            }
            assert_eq!(seen, b"one two ");
            upload
                .send_data(Bytes::from_static(b"three"), true)
                .unwrap();
            assert_eq!(body.data().await.unwrap().unwrap(), "three");
            while let Some(rest) = body.data().await {
                assert!(rest.unwrap().is_empty());
            }
            let trailers = body.trailers().await.unwrap().unwrap();
            assert_eq!(trailers["grpc-status"], "0");
            assert_eq!(envoy.metric("allowed.released"), 1);
        });
    });
}

/// Switches a protocol, and sends back what it gets.
fn switching_upstream() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            head.extend(byte);
        }
        let switch =
            "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n";
        stream.write_all(switch.as_bytes()).unwrap();
        let mut reader = stream.try_clone().unwrap();
        std::io::copy(&mut reader, &mut stream)
    });
    address
}

#[test]
fn an_upgrade_waits_and_then_switches() {
    let mut options = Options::new(configuration(60));
    options.upstream = Some(switching_upstream());
    let envoy = on(options);
    let mut client = TcpStream::connect(envoy.address).unwrap();
    let upgrade = format!(
        "GET /chat HTTP/1.1\r\n{HOST}connection: upgrade\r\nupgrade: websocket\r\n\
         sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    client.write_all(upgrade.as_bytes()).unwrap();
    holds(&envoy, 1);
    envoy.toggle(false);
    client
        .set_read_timeout(Some(Duration::from_secs(10)))
        .unwrap();
    let mut seen = Vec::new();
    let mut read_to = |end: &[u8], client: &mut TcpStream| {
        while !seen.ends_with(end) {
            let mut byte = [0];
            client.read_exact(&mut byte).unwrap();
            seen.extend(byte);
        }
        String::from_utf8(std::mem::take(&mut seen)).unwrap()
    };
    let head = read_to(b"\r\n\r\n", &mut client);
    assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
    client.write_all(b"a frame").unwrap();
    read_to(b"a frame", &mut client);
}
