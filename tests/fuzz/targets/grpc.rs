//! What a server of gRPC answers over HTTP: against a plain decoder, however it comes in pieces.
//!
//! The first line has the headers, `name=value` with a tab between; what follows are the messages.

use maintenance_mode::hosts::abi::grpc::{MAX_MESSAGE, Reader, frame};
use maintenance_mode_core::store::grpc::CallError;

use super::first_line;

pub fn check(data: &[u8]) {
    let (headers, body) = first_line(data);
    let (messages, is_faulty) = decode(body);
    for piece in [1, 7, body.len().max(1)] {
        let mut reader = Reader::default();
        let mut read = Vec::new();
        let mut was_faulty = false;
        for data in body.chunks(piece) {
            reader.read_data(data);
            read.extend(std::iter::from_fn(|| reader.next_message()));
            was_faulty = was_faulty || reader.fault().is_some();
            if was_faulty {
                break;
            }
        }
        assert_eq!(read, messages, "pieces of {piece}");
        assert_eq!(was_faulty, is_faulty, "pieces of {piece}");
    }
    for message in &messages {
        assert!(
            body.windows(message.len() + 5)
                .any(|part| part == frame(message))
        );
    }
    end(headers);
}

/// The messages up to a fault, and whether there is one.
fn decode(mut body: &[u8]) -> (Vec<Vec<u8>>, bool) {
    let mut messages = Vec::new();
    while body.len() >= 5 {
        let length = body[1..5]
            .iter()
            .fold(0, |sum, byte| sum << 8 | usize::from(*byte));
        if body[0] != 0 || length > MAX_MESSAGE {
            return (messages, true);
        }
        if body.len() < 5 + length {
            break;
        }
        messages.push(body[5..5 + length].to_vec());
        body = &body[5 + length..];
    }
    (messages, false)
}

/// A call is a success only where the server says so.
fn end(headers: &[u8]) {
    let line = |line: &&[u8]| line.contains(&b'=');
    let lines: Vec<(&[u8], &[u8])> = headers
        .split(|&byte| byte == b'\t')
        .filter(line)
        .map(|line| {
            let at = line.iter().position(|&byte| byte == b'=').unwrap();
            (&line[..at], &line[at + 1..])
        })
        .collect();
    let mut reader = Reader::default();
    reader.read_headers(lines.iter().copied());
    let last = |name: &[u8]| {
        let mut lines = lines.iter().rev();
        let value = lines.find(|line| line.0 == name)?.1;
        std::str::from_utf8(value).ok()?.parse::<u32>().ok()
    };
    let code = reader.end().code;
    match last(b"grpc-status") {
        Some(status) => assert_eq!(code, status),
        None => assert_ne!(code, 0),
    }
    if lines.is_empty() {
        assert_eq!(code, CallError::UNAVAILABLE);
    }
}
