//! Paths that only HTTP/2 can carry.

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

use support::{Envoy, in_parallel};

use super::some_paths;

pub fn bytes((name, value): (&'static str, &'static str)) -> (&'static [u8], &'static [u8]) {
    (name.as_bytes(), value.as_bytes())
}

/// Sends a request by HTTP/2 of whatever bytes, and waits until Envoy has answered it in
/// any way: by a response, by resetting the stream, or by ending the connection.
/// `:scheme` and `:authority` are added.
pub fn fetch(envoy: &Envoy, fields: &[(&[u8], &[u8])]) {
    let frame = |kind: u8, flags: u8, stream: u8, payload: &[u8]| {
        let [_, length @ ..] = u32::try_from(payload.len()).unwrap().to_be_bytes();
        [&length, &[kind, flags, 0, 0, 0, stream][..], payload].concat()
    };
    let mut block = Vec::new();
    let common: [(&[u8], &[u8]); 2] = [(b":scheme", b"http"), (b":authority", b"test.example")];
    for (name, value) in common.iter().chain(fields) {
        // A literal field without indexing and without Huffman coding.
        block.extend([0, u8::try_from(name.len()).unwrap()]);
        block.extend_from_slice(name);
        block.push(u8::try_from(value.len()).unwrap());
        block.extend_from_slice(value);
    }
    let mut stream = TcpStream::connect(envoy.address).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(10)))
        .unwrap();
    let preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec();
    let request = [preface, frame(4, 0, 0, b""), frame(1, 5, 1, &block)].concat();
    stream.write_all(&request).unwrap();
    loop {
        let mut head = [0; 9];
        if let Err(error) = stream.read_exact(&mut head) {
            assert_ne!(error.kind(), std::io::ErrorKind::WouldBlock, "no answer");
            return;
        }
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
        let mut payload = vec![0; length.try_into().unwrap()];
        stream.read_exact(&mut payload).unwrap();
        const HEADERS: u8 = 1;
        const RST_STREAM: u8 = 3;
        const GOAWAY: u8 = 7;
        if [HEADERS, RST_STREAM, GOAWAY].contains(&head[3]) {
            return;
        }
    }
}

#[test]
fn http2_carries_no_path_past_the_filter() {
    let envoy = some_paths();
    // Envoy takes a second to end a connection.
    let paths = [
        &b""[..],
        b"*",
        b"healthz",
        b"?/healthz",
        b"/admin#/healthz",
        b"/admin#.css",
        b"http://test.example/healthz",
        b"\\healthz",
        b"//healthz",
        b"/static/../admin",
        b"/static/%2e%2e/admin",
        b"/static/..;/admin",
        b"/static/..%5cadmin",
        b"/static/ a",
        b"/admin /healthz",
        b"/healthz\0",
        b"/admin\0.css",
        b"/admin\n.css",
        b"/static/\r\nx-a: b",
        b"/static/\xff",
        b"/static/\xc3\xa9",
        b"/static/\x7f",
        b" /healthz",
        b"/healthz ",
        b"\t/healthz",
    ];
    in_parallel(paths.len(), |number| {
        let path = paths[number];
        fetch(&envoy, &[(b":method", b"GET"), (b":path", path)]);
        let path = String::from_utf8_lossy(path);
        assert_eq!(envoy.upstream.requests(), 0, "{path:?}");
    });
    let requests = [
        &[(":method", "GET")][..],
        &[(":method", "GET"), (":path", "/a"), (":path", "/healthz")],
        &[(":method", "GET"), (":path", "/healthz"), (":path", "/a")],
        &[(":method", "GET"), (":path", "/a"), ("path", "/healthz")],
        &[
            (":method", "GET"),
            (":path", "/a"),
            ("x-envoy-original-path", "/healthz"),
        ],
        &[
            (":method", "GET"),
            (":path", "/a"),
            ("x-original-url", "/healthz"),
        ],
        &[(":method", "CONNECT")],
        &[
            (":method", "CONNECT"),
            (":protocol", "websocket"),
            (":path", "/admin"),
        ],
        &[
            (":method", "CONNECT"),
            (":protocol", "websocket"),
            (":path", "//healthz"),
        ],
    ];
    in_parallel(requests.len(), |number| {
        let fields = requests[number];
        let bytes: Vec<_> = fields.iter().copied().map(bytes).collect();
        fetch(&envoy, &bytes);
        assert_eq!(envoy.upstream.requests(), 0, "{fields:?}");
    });
    assert!(envoy.metric("blocked") > 10, "{}", envoy.metric("blocked"));
}
