//! An HTTP/1.1 client that sends just the bytes it is told to.

use std::{
    io::{Read, Write},
    net::{IpAddr, Shutdown, SocketAddr, TcpStream},
    time::Duration,
};

use serde_json::Value;
use socket2::{Domain, SockRef, Socket, Type};

/// A request; a `host` is added where none is given.
#[derive(Clone, Debug)]
pub struct Request {
    method: String,
    target: Vec<u8>,
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
}

impl Request {
    pub fn new(method: &str, target: &str) -> Self {
        Self {
            method: method.to_owned(),
            target: target.into(),
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    pub fn get(target: &str) -> Self {
        Self::new("GET", target)
    }

    /// One more header line.
    pub fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.headers
            .push((name.to_owned(), value.as_ref().to_vec()));
        self
    }

    /// A body, with its length in the head.
    pub fn body(mut self, body: &str) -> Self {
        self.body = body.into();
        self.header("content-length", body.len().to_string())
    }

    fn encode(&self) -> Vec<u8> {
        let mut bytes = format!("{} ", self.method).into_bytes();
        bytes.extend_from_slice(&self.target);
        bytes.extend_from_slice(b" HTTP/1.1\r\n");
        if !self.headers.iter().any(|(name, _)| name == "host") {
            bytes.extend_from_slice(b"host: test.example\r\n");
        }
        for (name, value) in &self.headers {
            bytes.extend_from_slice(name.as_bytes());
            bytes.extend_from_slice(b": ");
            bytes.extend_from_slice(value);
            bytes.extend_from_slice(b"\r\n");
        }
        bytes.extend_from_slice(b"\r\n");
        bytes.extend_from_slice(&self.body);
        bytes
    }
}

/// A response with its whole body.
#[derive(Debug)]
pub struct Response {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Response {
    /// The value of a header that must not be repeated.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(key, _)| key == name);
        let value = values.next().map(|(_, value)| value.as_str());
        assert!(
            values.next().is_none(),
            "{name} is there twice: {:?}",
            self.headers
        );
        value
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("{}", self.text()))
    }

    /// Whether this is the filter's local reply.
    pub fn is_blocked(&self) -> bool {
        self.header("x-maintenance-mode").is_some()
    }

    /// Whether this is Envoy's own answer where the filter has no VM.
    pub fn is_failed(&self) -> bool {
        self.status == 503 && !self.is_blocked() && self.body.is_empty()
    }

    /// Whether this is the upstream's answer.
    pub fn is_upstream(&self) -> bool {
        self.status == 200 && self.header("x-upstream") == Some("yes")
    }
}

/// A connection that stays open.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// Envoy's own endpoint answers nobody while a module is compiled, which takes long on a
/// machine with much else to do.
const TIMEOUT: Duration = Duration::from_secs(30);

impl Connection {
    pub fn open(address: SocketAddr) -> Self {
        Self::try_open(address).expect("no connection")
    }

    pub fn try_open(address: SocketAddr) -> Option<Self> {
        Self::wrap(TcpStream::connect(address).ok()?)
    }

    /// A connection from another address of this machine, such as 127.0.0.2.
    pub fn from(client: &str, address: SocketAddr) -> Self {
        let client: IpAddr = client.parse().unwrap();
        let socket = Socket::new(Domain::for_address(address), Type::STREAM, None).unwrap();
        socket.bind(&SocketAddr::new(client, 0).into()).unwrap();
        socket.connect(&address.into()).unwrap();
        Self::wrap(socket.into()).unwrap()
    }

    fn wrap(stream: TcpStream) -> Option<Self> {
        stream.set_read_timeout(Some(TIMEOUT)).ok()?;
        stream.set_nodelay(true).ok()?;
        Some(Self {
            stream,
            buffer: Vec::new(),
        })
    }

    pub fn fetch(&mut self, request: &Request) -> Response {
        self.try_fetch(request).expect("no response")
    }

    pub fn try_fetch(&mut self, request: &Request) -> Option<Response> {
        self.stream.write_all(&request.encode()).ok()?;
        self.receive(request.method == "HEAD")
    }

    /// Sends bytes as they are, and reads the response.
    pub fn send(&mut self, bytes: impl AsRef<[u8]>) -> Response {
        self.stream.write_all(bytes.as_ref()).unwrap();
        self.receive(bytes.as_ref().starts_with(b"HEAD "))
            .expect("no response")
    }

    /// Sends bytes and leaves the response, if there is one, for [`Connection::read`]; `false`
    /// if the connection is closed.
    pub fn write(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        self.stream.write_all(bytes.as_ref()).is_ok()
    }

    /// Closes the half that sends.
    pub fn finish(&self) {
        self.stream.shutdown(Shutdown::Write).unwrap();
    }

    /// Ends the connection by a reset, whatever is on its way.
    pub fn reset(self) {
        let socket = SockRef::from(&self.stream);
        socket.set_linger(Some(Duration::ZERO)).unwrap();
    }

    /// The next response, unless it answers a `HEAD`; `None` if the connection is closed.
    pub fn read(&mut self) -> Option<Response> {
        self.receive(false)
    }

    fn receive(&mut self, is_head: bool) -> Option<Response> {
        loop {
            let mut headers = [httparse::EMPTY_HEADER; 64];
            let mut response = httparse::Response::new(&mut headers);
            let parsed = response.parse(&self.buffer).expect("not HTTP");
            let httparse::Status::Complete(length) = parsed else {
                self.read_more()?;
                continue;
            };
            let status = response.code?;
            let headers: Vec<(String, String)> = response
                .headers
                .iter()
                .map(|header| {
                    let value = String::from_utf8_lossy(header.value).into_owned();
                    (header.name.to_ascii_lowercase(), value)
                })
                .collect();
            self.buffer.drain(..length);
            if (100..200).contains(&status) {
                continue;
            }
            let body = self.receive_body(is_head, status, &headers)?;
            return Some(Response {
                status,
                headers,
                body,
            });
        }
    }

    fn receive_body(
        &mut self,
        is_head: bool,
        status: u16,
        headers: &[(String, String)],
    ) -> Option<Vec<u8>> {
        if is_head || matches!(status, 204 | 304) {
            return Some(Vec::new());
        }
        let header = |name: &str| headers.iter().find(|(key, _)| key == name);
        if let Some((_, length)) = header("content-length") {
            return self.take(length.parse().unwrap());
        }
        if header("transfer-encoding").is_none() {
            while self.read_more().is_some() {}
            return Some(std::mem::take(&mut self.buffer));
        }
        let mut body = Vec::new();
        loop {
            let end = loop {
                match self.buffer.windows(2).position(|pair| pair == b"\r\n") {
                    Some(end) => break end,
                    None => self.read_more()?,
                }
            };
            let line = self.take(end + 2)?;
            let size = std::str::from_utf8(&line[..end]).unwrap();
            let size = usize::from_str_radix(size, 16).unwrap();
            let mut chunk = self.take(size + 2)?;
            chunk.truncate(size);
            if size == 0 {
                return Some(body);
            }
            body.append(&mut chunk);
        }
    }

    fn take(&mut self, length: usize) -> Option<Vec<u8>> {
        while self.buffer.len() < length {
            self.read_more()?;
        }
        Some(self.buffer.drain(..length).collect())
    }

    fn read_more(&mut self) -> Option<()> {
        let mut bytes = [0; 16 * 1024];
        let length = self
            .stream
            .read(&mut bytes)
            .ok()
            .filter(|&length| length > 0)?;
        self.buffer.extend_from_slice(&bytes[..length]);
        Some(())
    }
}
