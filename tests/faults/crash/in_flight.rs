//! A VM takes with it the requests of its worker that have not ended.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
};

use support::{Connection, Envoy, eventually};

use super::{Death, assert_failed, kill, mortal};

/// An upstream that answers when it is told to.
struct SlowUpstream(TcpListener);

impl SlowUpstream {
    fn start() -> Self {
        Self(TcpListener::bind("127.0.0.1:0").unwrap())
    }

    /// The next request, once its head has come.
    fn request(&self) -> TcpStream {
        let (mut stream, _) = self.0.accept().unwrap();
        let mut head = Vec::new();
        while !head.windows(4).any(|end| end == b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            head.push(byte[0]);
        }
        stream
    }
}

/// Runs a test under two policies; it has two connections to the same worker.
fn under_both_policies(test: impl Fn(&Envoy, &SlowUpstream, [Connection; 2])) {
    for policy in ["FAIL_RELOAD", "FAIL_OPEN"] {
        let upstream = SlowUpstream::start();
        let mut options = mortal(&Death::BY_REQUEST);
        options.workers = 1;
        options.failure_policy = policy;
        options.upstream = Some(upstream.0.local_addr().unwrap());
        let envoy = Envoy::with(options);
        let connections = [(); 2].map(|()| Connection::open(envoy.address));
        test(&envoy, &upstream, connections);
    }
}

#[test]
fn a_request_that_the_upstream_has_is_answered_503() {
    under_both_policies(|_, upstream, [mut one, mut two]| {
        one.write("GET / HTTP/1.1\r\nhost: test.example\r\n\r\n");
        let mut request = upstream.request();
        kill(&mut two);
        let answer = "HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\nupstream";
        request.write_all(answer.as_bytes()).unwrap();
        assert_failed(&one.read().unwrap());
    });
}

#[test]
fn a_response_that_has_begun_is_cut() {
    under_both_policies(|envoy, upstream, [mut one, mut two]| {
        one.write("GET / HTTP/1.1\r\nhost: test.example\r\n\r\n");
        let mut request = upstream.request();
        let begin = "HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\nupst";
        request.write_all(begin.as_bytes()).unwrap();
        eventually("the begin of the response", || {
            envoy.stat("http.test.downstream_rq_2xx") == 1
        });
        kill(&mut two);
        let _ = request.write_all(b"ream");
        assert!(one.read().is_none());
    });
}

#[test]
fn a_request_whose_body_is_on_its_way_is_answered_503() {
    under_both_policies(|_, upstream, [mut one, mut two]| {
        one.write("POST / HTTP/1.1\r\nhost: test.example\r\ncontent-length: 8\r\n\r\nhalf");
        let _request = upstream.request();
        kill(&mut two);
        one.write("half");
        let response = one.read().unwrap();
        assert_eq!(response.status, 503, "{response:?}");
        assert!(!response.is_blocked() && response.body.is_empty());
    });
}
