//! HTTP/2.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use h2::client::{self, SendRequest};
use support::http2::exchange;
use tokio::{
    net::TcpStream,
    runtime::Builder,
    task::JoinSet,
    time::{sleep, timeout},
};

use super::{Letter, Protocol, Target, kind::OVER_HTTP2, pace::Pace};
use crate::clock::now;

/// Requests of a connection that are under way at once.
const STREAMS: usize = 16;
/// Requests a second, of each of them.
const RATE: u32 = 30;
/// Then a connection gives way to another, perhaps to another worker.
const REQUESTS: usize = 120;
/// Room for an answer on each stream. Envoy ends a stream whose request it has not got as a whole
/// where it cannot send all of its reply at once.
const WINDOW: u32 = 1024 * 1024;
/// Longer than etcd is ever away, which leaves nobody to end a wait.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Sends requests on one connection to each of these.
pub fn many_streams(targets: &[Arc<Target>]) {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut connections = JoinSet::new();
        for target in targets {
            connections.spawn(connect(Arc::clone(target)));
        }
        connections.join_all().await;
    });
}

/// Sends requests on one connection after the other.
async fn connect(target: Arc<Target>) {
    while target.run.goes_on() {
        let stream = TcpStream::connect(target.address).await.unwrap();
        let handshake = client::Builder::new()
            .initial_connection_window_size(WINDOW)
            .handshake(stream);
        let (sender, connection) = handshake.await.unwrap();
        tokio::spawn(connection);
        let mut streams = JoinSet::new();
        for number in 0..STREAMS {
            streams.spawn(send(Arc::clone(&target), sender.clone(), number));
        }
        streams.join_all().await;
    }
}

/// Sends requests, each after the answer to the one before.
async fn send(target: Arc<Target>, sender: SendRequest<Bytes>, number: usize) {
    let mut pace = Pace::per_second(RATE);
    let kinds = OVER_HTTP2.iter().cycle().skip(number);
    for kind in kinds.take(REQUESTS) {
        sleep(pace.pause()).await;
        if !target.run.goes_on() {
            break;
        }
        let letter = Letter::new(kind, &target);
        let request = letter.http2();
        let sent = now();
        let response = async { exchange(&mut sender.clone().ready().await?, request).await };
        let response = match timeout(TIMEOUT, response).await {
            Ok(response) => response.map_err(|error| error.to_string()),
            Err(late) => Err(late.to_string()),
        };
        target.take(Protocol::Http2, &letter, sent, response.as_ref());
        if response.is_err() {
            break;
        }
    }
}
