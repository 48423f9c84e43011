//! A server of files that Envoy loads modules from.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener},
    sync::{Arc, Mutex},
    thread,
};

use serde_json::{Value, json};
use support::Options;

/// What a server of files does with requests.
#[derive(Clone)]
pub enum Answer {
    /// Nothing.
    Silence,
    /// 404.
    NotFound,
    /// 200 with a body.
    File(Vec<u8>),
}

/// Answers each request as it was last told; it ends with the process.
pub struct FileServer {
    address: SocketAddr,
    answer: Arc<Mutex<Answer>>,
}

impl FileServer {
    pub fn start(answer: Answer) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = Self {
            address: listener.local_addr().unwrap(),
            answer: Arc::new(Mutex::new(answer)),
        };
        let answer = Arc::clone(&server.answer);
        thread::spawn(move || {
            for mut stream in listener.incoming().map_while(Result::ok) {
                let answer = answer.lock().unwrap().clone();
                thread::spawn(move || {
                    let _ = stream.read(&mut [0; 4096]);
                    let (status, body) = match answer {
                        // Until Envoy closes the connection.
                        Answer::Silence => return drop(stream.read(&mut [0])),
                        Answer::NotFound => ("404 Not Found", b"Not found".to_vec()),
                        Answer::File(body) => ("200 OK", body),
                    };
                    let length = body.len();
                    let head = format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\n");
                    let end = b"connection: close\r\n\r\n";
                    let _ = stream.write_all(&[head.as_bytes(), end, &body].concat());
                });
            }
        });
        server
    }

    /// Answers so from now on.
    pub fn set(&self, answer: Answer) {
        *self.answer.lock().unwrap() = answer;
    }

    /// The Envoy cluster `files`.
    pub fn cluster(&self) -> Value {
        Options::cluster("files", [self.address])
    }
}

/// For [`Options::plugin`]: the module comes from the cluster `files`, and has this hash.
pub fn remote(sha256: &str, timeout: &str) -> Value {
    let uri = "http://files.example/maintenance_mode.wasm";
    json!({"vm_config": {"code": {"local": null, "remote": {
        "http_uri": {"uri": uri, "cluster": "files", "timeout": timeout},
        "sha256": sha256,
        "retry_policy": {"num_retries": 1, "retry_back_off": {"base_interval": "0.1s"}},
    }}}})
}
