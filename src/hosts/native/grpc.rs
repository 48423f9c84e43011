//! [gRPC over HTTP/2](https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md): messages as
//! they are framed, and how a call ends.

use maintenance_mode_core::store::grpc::CallError;
use maintenance_mode_core::syntax::percent;

/// A message with its prefix.
pub(super) fn frame(message: &[u8]) -> Vec<u8> {
    let length = u32::try_from(message.len()).unwrap_or(u32::MAX);
    [&[0][..], &length.to_be_bytes(), message].concat()
}

/// Reads what a server answers.
#[derive(Debug, Default)]
pub(super) struct Reader {
    received: Vec<u8>,
    /// By the header of that name; what HTTP says stands for it where there is none.
    status: Option<(u32, String)>,
    http_status: Option<u32>,
}

impl Reader {
    /// Headers or trailers.
    pub(super) fn read_headers<'h>(&mut self, lines: impl Iterator<Item = (&'h [u8], &'h [u8])>) {
        let mut status = None;
        let mut message = String::new();
        for (name, value) in lines {
            match name {
                b":status" => self.http_status = number(value),
                b"grpc-status" => status = number(value),
                b"grpc-message" => message = text(value),
                _ => {}
            }
        }
        if let Some(status) = status {
            self.status = Some((status, message));
        }
    }

    pub(super) fn read_data(&mut self, data: &[u8]) {
        self.received.extend_from_slice(data);
    }

    /// The next message that is there as a whole.
    pub(super) fn next_message(&mut self) -> Option<Vec<u8>> {
        let (prefix, rest) = self.received.split_first_chunk::<5>()?;
        let [_, length @ ..] = *prefix;
        let length = usize::try_from(u32::from_be_bytes(length)).ok()?;
        let message = rest.get(..length)?.to_vec();
        self.received.drain(..prefix.len() + length);
        Some(message)
    }

    /// How the call has ended.
    pub(super) fn end(&self) -> CallError {
        match (&self.status, self.http_status) {
            (Some((code, message)), _) => CallError::new(*code, message.as_str()),
            (None, Some(200)) => CallError::new(CallError::UNKNOWN, "no status"),
            (None, Some(status)) => {
                CallError::new(of_http(status), format!("HTTP status {status}"))
            }
            (None, None) => CallError::new(CallError::UNAVAILABLE, "the connection was lost"),
        }
    }
}

/// As [gRPC has it](https://github.com/grpc/grpc/blob/master/doc/http-grpc-status-mapping.md).
pub(super) fn of_http(status: u32) -> u32 {
    match status {
        400 => 13,
        401 => CallError::UNAUTHENTICATED,
        403 => CallError::PERMISSION_DENIED,
        404 => 12,
        429 | 502..=504 => CallError::UNAVAILABLE,
        _ => CallError::UNKNOWN,
    }
}

fn number(value: &[u8]) -> Option<u32> {
    std::str::from_utf8(value).ok()?.parse().ok()
}

/// `grpc-message`
fn text(value: &[u8]) -> String {
    let decoded = percent::decode(value);
    String::from_utf8_lossy(decoded.as_deref().unwrap_or(value)).into_owned()
}
