//! An upstream of HTTP/2 that finishes what it has begun before it ends.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use bytes::Bytes;
use h2::{
    RecvStream,
    server::{self, SendResponse},
};
use http::{HeaderMap, HeaderValue, Method, Request, Response};
use serde_json::json;
use tokio::{
    net::{TcpListener, TcpStream},
    runtime::Builder,
    task::LocalSet,
    time::{sleep, timeout},
};

use crate::Options;

/// How often it is looked whether it is to end.
const LOOK: Duration = Duration::from_millis(10);
/// The header that tells one request from others.
pub const ID: &str = "x-id";
/// Here each part of a gRPC body is answered as it comes, elsewhere the whole.
pub const STREAM: &str = "/stream";

/// Answers every request with 200 and its body; gRPC with trailers.
pub struct Http2Upstream {
    /// Where it listens.
    pub address: SocketAddr,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    /// How long it takes for an answer.
    delay: Duration,
    is_to_end: AtomicBool,
    connections: AtomicUsize,
    /// How often each [`ID`] has come.
    requests: Mutex<HashMap<String, usize>>,
}

impl Http2Upstream {
    /// Starts one that takes so long for each answer.
    pub fn start(delay: Duration) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let mut upstream = Self {
            address: listener.local_addr().unwrap(),
            shared: Arc::new(Shared {
                delay,
                is_to_end: AtomicBool::new(false),
                connections: AtomicUsize::new(0),
                requests: Mutex::default(),
            }),
            thread: None,
        };
        upstream.serve(listener);
        upstream
    }

    /// Ends it, once what it has begun is finished.
    pub fn stop(&mut self) {
        self.shared.is_to_end.store(true, Ordering::SeqCst);
        self.thread.take().unwrap().join().unwrap();
    }

    /// Starts it again, where it was.
    pub fn restart(&mut self) {
        self.shared.is_to_end.store(false, Ordering::SeqCst);
        self.serve(std::net::TcpListener::bind(self.address).unwrap());
    }

    fn serve(&mut self, listener: std::net::TcpListener) {
        let shared = Arc::clone(&self.shared);
        listener.set_nonblocking(true).unwrap();
        self.thread = Some(thread::spawn(move || {
            let runtime = Builder::new_current_thread().enable_all().build().unwrap();
            LocalSet::new().block_on(&runtime, accept(listener, shared));
        }));
    }

    /// How often each request has come, by its [`ID`].
    pub fn requests(&self) -> HashMap<String, usize> {
        self.shared.requests.lock().unwrap().clone()
    }

    /// Puts it behind an Envoy, for all paths.
    pub fn behind(&self, mut options: Options) -> Options {
        let mut cluster = Options::cluster("http2", [self.address]);
        cluster["typed_extension_protocol_options"] = json!({
            "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
                "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
                "explicit_http_config": {"http2_protocol_options": {}},
            },
        });
        // Those who have waited come all at once.
        let most = 1_000_000;
        cluster["circuit_breakers"] = json!({"thresholds": [{
            "max_requests": most, "max_pending_requests": most, "max_connections": most,
        }]});
        options.clusters.push(cluster);
        options.routes.push(json!({
            "match": {"prefix": "/"},
            "route": {"cluster": "http2", "timeout": "0s"},
        }));
        options
    }
}

impl Shared {
    fn is_to_end(&self) -> bool {
        self.is_to_end.load(Ordering::SeqCst)
    }
}

async fn accept(listener: std::net::TcpListener, shared: Arc<Shared>) {
    let listener = TcpListener::from_std(listener).unwrap();
    while !shared.is_to_end() {
        if let Ok(accepted) = timeout(LOOK, listener.accept()).await {
            let (stream, _) = accepted.unwrap();
            shared.connections.fetch_add(1, Ordering::SeqCst);
            let shared = Arc::clone(&shared);
            tokio::task::spawn_local(async move {
                let _ = connection(stream, &shared).await;
                shared.connections.fetch_sub(1, Ordering::SeqCst);
            });
        }
    }
    drop(listener);
    while shared.connections.load(Ordering::SeqCst) > 0 {
        sleep(LOOK).await;
    }
}

async fn connection(stream: TcpStream, shared: &Arc<Shared>) -> Result<(), h2::Error> {
    stream.set_nodelay(true).unwrap();
    let mut connection = server::handshake(stream).await?;
    let mut is_ending = false;
    loop {
        match timeout(LOOK, connection.accept()).await {
            Ok(Some(request)) => {
                let (request, answer) = request?;
                tokio::task::spawn_local(handle(request, answer, Arc::clone(shared)));
            }
            Ok(None) => return Ok(()),
            Err(_) if shared.is_to_end() && !is_ending => {
                connection.graceful_shutdown();
                is_ending = true;
            }
            Err(_) => {}
        }
    }
}

async fn handle(
    request: Request<RecvStream>,
    mut answer: SendResponse<Bytes>,
    shared: Arc<Shared>,
) -> Result<(), h2::Error> {
    let (head, mut body) = request.into_parts();
    if let Some(id) = head.headers.get(ID) {
        let id = id.to_str().unwrap().to_owned();
        *shared.requests.lock().unwrap().entry(id).or_default() += 1;
    }
    let content_type = head.headers.get("content-type");
    let mut response = Response::builder().header("x-upstream", "yes");
    if let Some(content_type) = content_type {
        response = response.header("content-type", content_type);
    }
    let response = response.body(()).unwrap();
    let is_grpc =
        content_type.is_some_and(|value| value.as_bytes().starts_with(b"application/grpc"));
    if head.method == Method::HEAD {
        return answer.send_response(response, true).map(drop);
    }
    let mut whole = Vec::new();
    let mut stream = None;
    if head.uri.path() == STREAM {
        stream = Some(answer.send_response(response.clone(), false)?);
    }
    while let Some(part) = body.data().await {
        let part = part?;
        body.flow_control().release_capacity(part.len())?;
        match &mut stream {
            Some(stream) => stream.send_data(part, false)?,
            None => whole.extend_from_slice(&part),
        }
    }
    let mut stream = match stream {
        Some(stream) => stream,
        None => {
            sleep(shared.delay).await;
            // Envoy takes frames without payload, one after the other, for an attack.
            let is_empty = whole.is_empty() && !is_grpc;
            let mut stream = answer.send_response(response, is_empty)?;
            if !whole.is_empty() {
                stream.send_data(whole.into(), !is_grpc)?;
            }
            stream
        }
    };
    if is_grpc {
        let mut trailers = HeaderMap::new();
        trailers.insert("grpc-status", HeaderValue::from_static("0"));
        stream.send_trailers(trailers)?;
    }
    Ok(())
}

impl Drop for Http2Upstream {
    fn drop(&mut self) {
        self.shared.is_to_end.store(true, Ordering::SeqCst);
    }
}
