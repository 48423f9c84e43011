//! What those who wait cost, with bodies that are larger than what Envoy keeps.

use std::{net::SocketAddr, thread, time::Duration};

use bytes::Bytes;
use h2::client;
use http::Request as Http2Request;
use serde_json::json;
use support::{Envoy, Observer, Options, admin, within};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    runtime::Builder,
    task::LocalSet,
};

const COUNT: usize = 1000;
const BODY: usize = 1_000_000;
const MEGABYTE: u64 = 1 << 20;

/// Sends the requests, and waits for the answers; how many passed.
fn send(address: SocketAddr, client: Client) -> usize {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let local = LocalSet::new();
    local.block_on(&runtime, async move {
        let sent: Vec<_> = (0..COUNT)
            .map(|_| {
                tokio::task::spawn_local(async move {
                    let stream = TcpStream::connect(address).await.unwrap();
                    match client {
                        Client::Http1 => http1(stream).await,
                        Client::Http2 => http2(stream).await,
                    }
                })
            })
            .collect();
        let mut passed = 0;
        for answer in sent {
            passed += usize::from(answer.await.unwrap());
        }
        passed
    })
}

#[derive(Clone, Copy, Debug)]
enum Client {
    Http1,
    Http2,
}

async fn http1(mut stream: TcpStream) -> bool {
    let head = format!(
        "POST / HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: {BODY}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let part = [b'x'; 10_000];
    for _ in 0..BODY / part.len() {
        stream.write_all(&part).await.unwrap();
    }
    // A reset may follow: Envoy waits a second for what it has not read of a connection to close.
    let mut status = *b"HTTP/1.1 ???";
    stream.read_exact(&mut status).await.unwrap();
    status == *b"HTTP/1.1 200"
}

async fn http2(stream: TcpStream) -> bool {
    static BYTES: [u8; BODY] = [b'x'; BODY];
    let (sender, connection) = client::handshake(stream).await.unwrap();
    tokio::task::spawn_local(connection);
    let mut sender = sender.ready().await.unwrap();
    let request = Http2Request::post("http://a/").body(()).unwrap();
    let (answer, mut stream) = sender.send_request(request, false).unwrap();
    stream.send_data(Bytes::from_static(&BYTES), true).unwrap();
    answer.await.unwrap().status() == 200
}

/// What a thousand of one worker take, while others are served; and they pass.
fn growth(client: Client, buffer_limit: Option<u32>) -> u64 {
    let mut options = Options::new(json!({
        "admin": admin(),
        "response": {"hold_seconds": 240},
        "rules": [{"match": {"paths": ["/"], "methods": ["GET"]}, "action": "allow"}],
    }));
    options.workers = 1;
    options.buffer_limit = buffer_limit;
    let envoy = Envoy::with(options);
    envoy.toggle(true);
    let observer = Observer::start(envoy.address);
    let before = envoy.memory();
    let address = envoy.address;
    let sender = thread::spawn(move || send(address, client));
    within(Duration::from_secs(60), "requests that wait", || {
        envoy.metric("held") == COUNT as u64
    });
    let mut seen = envoy.memory();
    within(Duration::from_secs(60), "an end of the growth", || {
        thread::sleep(Duration::from_secs(1));
        let last = std::mem::replace(&mut seen, envoy.memory());
        seen <= last + MEGABYTE
    });
    let served = observer.requests();
    within(Duration::from_secs(10), "service", || {
        observer.requests() > served
    });
    drop(observer);
    envoy.toggle(false);
    assert_eq!(sender.join().unwrap(), COUNT);
    println!(
        "{client:?}, limit {buffer_limit:?}: {} MB",
        (seen - before) / MEGABYTE
    );
    seen - before
}

#[test]
fn a_thousand_take_no_more_than_the_limit_of_the_listener_allows() {
    let small = 32 << 10;
    assert!(growth(Client::Http1, Some(small)) < 200 * MEGABYTE);
    assert!(growth(Client::Http2, Some(small)) < 1500 * MEGABYTE);
    assert!(growth(Client::Http1, None) < 1500 * MEGABYTE);
}
