//! Clients of HTTP/2 that take little at a time, or nothing.

use std::{net::SocketAddr, time::Duration};

use bytes::Bytes;
use h2::{
    RecvStream,
    client::{Builder, ResponseFuture, SendRequest},
};
use http::Request;
use support::Observer;
use tokio::{net::TcpStream, runtime, time::timeout};

use super::{assert_grows_no_more, assert_undisturbed, with_a_large_page};

const TIMEOUT: Duration = Duration::from_secs(20);
const STREAMS: usize = 100;

/// Runs an exchange on a connection of HTTP/2 that takes so many bytes a stream at once.
fn with_window<T>(
    address: SocketAddr,
    window: u32,
    exchange: impl AsyncFnOnce(SendRequest<Bytes>) -> T,
) -> T {
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let exchange = async {
        let stream = TcpStream::connect(address).await.unwrap();
        let mut builder = Builder::new();
        let handshake = builder.initial_window_size(window).handshake(stream);
        let (sender, connection) = handshake.await.unwrap();
        tokio::spawn(connection);
        exchange(sender).await
    };
    runtime
        .block_on(async { timeout(TIMEOUT, exchange).await })
        .expect("no response")
}

async fn ask(sender: SendRequest<Bytes>) -> ResponseFuture {
    let mut sender = sender.ready().await.unwrap();
    let request = Request::get("http://test.example/").body(()).unwrap();
    sender.send_request(request, true).unwrap().0
}

/// How long the body is.
async fn read(mut body: RecvStream) -> usize {
    let mut length = 0;
    while let Some(data) = body.data().await {
        let data = data.unwrap();
        length += data.len();
        body.flow_control().release_capacity(data.len()).unwrap();
    }
    length
}

#[test]
fn a_page_comes_whole_through_a_tiny_window() {
    let envoy = with_a_large_page();
    let user = Observer::start(envoy.address);
    let length = envoy.get("/").body.len();
    assert!(length > 100_000);
    let came = with_window(envoy.address, 10, async |sender| {
        let response = ask(sender).await.await.unwrap();
        assert_eq!(response.status(), 503);
        read(response.into_body()).await
    });
    assert_eq!(came, length);
    assert_undisturbed(&envoy, user);
}

#[test]
fn a_closed_window_holds_nobody_up_and_leaves_nothing_behind() {
    let envoy = with_a_large_page();
    let user = Observer::start(envoy.address);
    assert_grows_no_more(8, || {
        with_window(envoy.address, 0, async |sender| {
            let mut unread = Vec::new();
            for _ in 0..STREAMS {
                let response = ask(sender.clone()).await.await.unwrap();
                assert_eq!(response.status(), 503);
                unread.push(response);
            }
            envoy.memory()
        })
    });
    assert_undisturbed(&envoy, user);
}
