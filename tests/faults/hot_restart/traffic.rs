//! Clients that send requests without a pause, and count on each to be answered.

use std::{
    cell::RefCell,
    net::SocketAddr,
    sync::mpsc,
    time::{Duration, Instant},
};

use h2::client;
use http::Request as Http2Request;
use support::{Background, Connection, Request};
use tokio::{net::TcpStream, runtime::Builder, time};

/// Lets a connection hear of its end.
const PAUSE: Duration = Duration::from_millis(1);

/// Sends requests until it is told to end.
pub struct Client(Background<Vec<Answer>>);

/// When an answer came, and whether it was the filter's.
pub struct Answer {
    pub at: Instant,
    pub is_blocked: bool,
}

/// Takes down whether an answer was the filter's or the upstream's; whether to go on.
type Note<'a> = &'a dyn Fn(bool) -> bool;

impl Client {
    /// Begins, and waits for the first answer.
    pub fn start(address: SocketAddr, protocol: fn(SocketAddr, Note)) -> Self {
        let (first, begun) = mpsc::sync_channel(1);
        let background = Background::start(move |goes_on| {
            let answers = RefCell::new(Vec::new());
            protocol(address, &|is_blocked| {
                let _ = first.try_send(());
                let at = Instant::now();
                answers.borrow_mut().push(Answer { at, is_blocked });
                goes_on()
            });
            answers.into_inner()
        });
        begun.recv().expect("no response");
        Self(background)
    }

    /// Ends; what came of each request.
    pub fn finish(self) -> Vec<Answer> {
        self.0.end()
    }
}

/// HTTP/1.1 on one connection, until Envoy says that it closes it.
pub fn http1(address: SocketAddr, note: Note) {
    loop {
        let mut connection = Connection::open(address);
        loop {
            let response = connection.fetch(&Request::get("/"));
            assert_ne!(response.is_blocked(), response.is_upstream());
            if !note(response.is_blocked()) {
                return;
            }
            if response.header("connection") == Some("close") {
                break;
            }
        }
    }
}

/// HTTP/1.1 on a connection for each request.
pub fn new_connections(address: SocketAddr, note: Note) {
    loop {
        let response = Connection::open(address).fetch(&Request::get("/"));
        assert_ne!(response.is_blocked(), response.is_upstream());
        if !note(response.is_blocked()) {
            return;
        }
    }
}

/// HTTP/2 on one connection, until Envoy says that it takes no more requests on it.
pub fn http2(address: SocketAddr, note: Note) {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        loop {
            let stream = TcpStream::connect(address).await.unwrap();
            let (mut sender, connection) = client::handshake(stream).await.unwrap();
            tokio::spawn(connection);
            while let Ok(mut ready) = sender.ready().await {
                let request = Http2Request::get(format!("http://{address}/"))
                    .body(())
                    .unwrap();
                let Ok((response, _)) = ready.send_request(request, true) else {
                    break;
                };
                let (head, mut body) = response.await.expect("no response").into_parts();
                while let Some(data) = body.data().await {
                    data.expect("half a response");
                }
                let is_blocked = head.headers.contains_key("x-maintenance-mode");
                assert_ne!(is_blocked, head.headers.contains_key("x-upstream"));
                if !note(is_blocked) {
                    return;
                }
                time::sleep(PAUSE).await;
                sender = ready;
            }
        }
    });
}
