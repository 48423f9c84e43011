//! Clients of three protocols that never stop sending requests.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use h2::client::{self, SendRequest};
use http::Request as Http2Request;
use support::{Connection, ID, Request, Response, http2};
use tokio::{net::TcpStream, runtime::Builder, task::LocalSet, time::sleep};

use super::chart::Dot;

/// How many connections there are.
pub const COUNT: usize = 64;
/// As much as one sends, and gets back.
const BODY: &str = "0123456789abcdef";
const PAUSE: Duration = Duration::from_millis(20);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Protocol {
    Http1,
    Http2,
    Grpc,
}

impl Protocol {
    fn of(client: usize) -> Self {
        [Self::Http1, Self::Http2, Self::Grpc][client % 3]
    }

    fn name(self) -> &'static str {
        match self {
            Self::Http1 => "HTTP/1.1",
            Self::Http2 => "HTTP/2",
            Self::Grpc => "gRPC",
        }
    }
}

/// An answer, or the fault in its place.
struct Answer {
    id: String,
    protocol: Protocol,
    asked: Instant,
    took: Duration,
    fault: Option<String>,
}

/// The clients.
pub struct Clients {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    is_done: AtomicBool,
    answers: Mutex<Vec<Answer>>,
}

impl Clients {
    /// Connects all of them.
    pub fn start(address: SocketAddr) -> Self {
        let shared: Arc<Shared> = Arc::default();
        let (one, two): (Vec<usize>, Vec<usize>) =
            (0..COUNT).partition(|client| Protocol::of(*client) == Protocol::Http1);
        let mut threads = Vec::new();
        for client in one {
            let shared = Arc::clone(&shared);
            threads.push(thread::spawn(move || http1(&shared, client, address)));
        }
        threads.push(thread::spawn({
            let shared = Arc::clone(&shared);
            move || all_http2(&shared, &two, address)
        }));
        Self { shared, threads }
    }

    /// How many answers have come.
    pub fn answers(&self) -> usize {
        self.shared.answers.lock().unwrap().len()
    }

    /// Ends them, each after its answer.
    pub fn end(self) -> Log {
        self.shared.is_done.store(true, Ordering::SeqCst);
        for thread in self.threads {
            thread.join().unwrap();
        }
        Log(std::mem::take(&mut self.shared.answers.lock().unwrap()))
    }
}

impl Shared {
    fn goes_on(&self) -> bool {
        !self.is_done.load(Ordering::SeqCst)
    }

    fn add(&self, id: String, protocol: Protocol, asked: Instant, answer: Option<&Response>) {
        let is_right = answer.is_some_and(|answer| {
            let status = answer.header("grpc-status");
            answer.is_upstream()
                && answer.body == BODY.as_bytes()
                && (protocol != Protocol::Grpc || status == Some("0"))
        });
        let fault = (!is_right).then(|| format!("{} {id}: {answer:?}", protocol.name()));
        self.answers.lock().unwrap().push(Answer {
            id,
            protocol,
            asked,
            took: asked.elapsed(),
            fault,
        });
    }
}

fn http1(shared: &Shared, client: usize, address: SocketAddr) {
    let mut connection = Connection::open(address);
    for number in 0.. {
        if !shared.goes_on() {
            break;
        }
        let id = format!("{client}-{number}");
        let request = Request::new("POST", "/").header(ID, &id).body(BODY);
        let asked = Instant::now();
        let answer = connection.try_fetch(&request);
        shared.add(id, Protocol::Http1, asked, answer.as_ref());
        thread::sleep(PAUSE);
    }
}

fn all_http2(shared: &Arc<Shared>, clients: &[usize], address: SocketAddr) {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let local = LocalSet::new();
    for &client in clients {
        let shared = Arc::clone(shared);
        local.spawn_local(async move {
            let stream = TcpStream::connect(address).await.unwrap();
            stream.set_nodelay(true).unwrap();
            let (sender, connection) = client::handshake(stream).await.unwrap();
            tokio::task::spawn_local(connection);
            one_http2(&shared, client, sender).await;
        });
    }
    runtime.block_on(local);
}

async fn one_http2(shared: &Shared, client: usize, mut sender: SendRequest<bytes::Bytes>) {
    let protocol = Protocol::of(client);
    let content_type = match protocol {
        Protocol::Grpc => "application/grpc",
        _ => "text/plain",
    };
    for number in 0.. {
        if !shared.goes_on() {
            break;
        }
        let id = format!("{client}-{number}");
        let request = Http2Request::post("http://test.example/shop.Cart/Get")
            .header(ID, &id)
            .header("content-type", content_type)
            .header("te", "trailers")
            .body(BODY)
            .unwrap();
        let asked = Instant::now();
        let answer = http2::exchange(&mut sender, request).await.ok();
        shared.add(id, protocol, asked, answer.as_ref());
        sleep(PAUSE).await;
    }
}

/// All answers.
pub struct Log(Vec<Answer>);

impl Log {
    /// The first faults.
    pub fn faults(&self) -> Vec<&str> {
        let faults = self.0.iter().filter_map(|answer| answer.fault.as_deref());
        faults.take(10).collect()
    }

    /// Of each request that was sent.
    pub fn ids(&self) -> impl ExactSizeIterator<Item = &String> {
        self.0.iter().map(|answer| &answer.id)
    }

    /// The longest that an answer took.
    pub fn longest(&self) -> Duration {
        self.0.iter().map(|answer| answer.took).max().unwrap()
    }

    /// Each protocol, when a request was sent, and how long it took.
    pub fn dots(&self) -> Vec<Dot> {
        let begin = self.0.iter().map(|answer| answer.asked).min().unwrap();
        let dots = self.0.iter();
        dots.map(|answer| (answer.protocol.name(), answer.asked - begin, answer.took))
            .collect()
    }
}
