//! A connection.

use std::{
    io::{Read, Write},
    net::{IpAddr, Shutdown, SocketAddr, TcpStream},
    time::Duration,
};

use socket2::{Domain, SockRef, Socket, Type};

use super::{Request, Response};

/// A connection that stays open.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// Envoy's own endpoint answers nobody while a module is compiled, which takes long on a
/// machine with much else to do.
const TIMEOUT: Duration = Duration::from_secs(30);

impl Connection {
    /// Connects, which must succeed.
    pub fn open(address: SocketAddr) -> Self {
        Self::try_open(address).expect("no connection")
    }

    /// Connects; `None` where nobody listens.
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

    /// Sends a request and reads the response, which must come.
    pub fn fetch(&mut self, request: &Request) -> Response {
        self.try_fetch(request).expect("no response")
    }

    /// The same; `None` where the connection is closed.
    pub fn try_fetch(&mut self, request: &Request) -> Option<Response> {
        self.stream.write_all(&request.encode()).ok()?;
        self.receive(request.method() == "HEAD")
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
