//! A counting HTTP/1.1 upstream.

use std::{
    io::{BufRead, BufReader, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

/// Answers every request with 200 and `upstream`, and counts them.
pub struct Upstream {
    /// Where it listens.
    pub address: SocketAddr,
    requests: Arc<AtomicUsize>,
    last_head: Arc<Mutex<String>>,
}

impl Upstream {
    /// Starts an upstream that ends with the process.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let upstream = Self {
            address: listener.local_addr().unwrap(),
            requests: Arc::default(),
            last_head: Arc::default(),
        };
        let requests = Arc::clone(&upstream.requests);
        let last_head = Arc::clone(&upstream.last_head);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let requests = Arc::clone(&requests);
                let last_head = Arc::clone(&last_head);
                thread::spawn(move || serve(stream, &requests, &last_head));
            }
        });
        upstream
    }

    /// How many requests have come, whole or not.
    pub fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }

    /// The head of the last request.
    pub fn last_head(&self) -> String {
        self.last_head.lock().unwrap().clone()
    }
}

fn serve(mut stream: TcpStream, requests: &AtomicUsize, last_head: &Mutex<String>) -> Option<()> {
    stream.set_nodelay(true).ok()?;
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    loop {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            if reader.read_until(b'\n', &mut head).ok()? == 0 {
                return None;
            }
        }
        let head = String::from_utf8_lossy(&head).into_owned();
        requests.fetch_add(1, Ordering::SeqCst);
        *last_head.lock().unwrap() = head.clone();
        skip_body(&mut reader, &head.to_ascii_lowercase())?;
        stream
            .write_all(b"HTTP/1.1 200 OK\r\nx-upstream: yes\r\ncontent-length: 8\r\n\r\n")
            .ok()?;
        if !head.starts_with("HEAD ") {
            stream.write_all(b"upstream").ok()?;
        }
    }
}

fn skip_body(reader: &mut impl BufRead, head: &str) -> Option<()> {
    if head.contains("transfer-encoding: chunked") {
        let mut line = String::new();
        while line != "0\r\n" {
            line.clear();
            if reader.read_line(&mut line).ok()? == 0 {
                return None;
            }
        }
        reader.read_line(&mut line).ok()?;
    } else if let Some((_, rest)) = head.split_once("content-length: ") {
        let length: usize = rest.lines().next()?.trim().parse().ok()?;
        reader.read_exact(&mut vec![0; length]).ok()?;
    }
    Some(())
}
