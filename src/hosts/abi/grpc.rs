//! [gRPC over HTTP/2](https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md): messages as
//! they are framed, and how a call ends.

use maintenance_mode_core::store::grpc::CallError;
use maintenance_mode_core::syntax::percent;

/// The longest message that a server may send, as other clients have it.
pub const MAX_MESSAGE: usize = 4 * 1024 * 1024;

/// Whether it is compressed, and its length.
const PREFIX: usize = 5;

/// A message with its prefix.
pub fn frame(message: &[u8]) -> Vec<u8> {
    let length = u32::try_from(message.len()).unwrap_or(u32::MAX);
    [&[0][..], &length.to_be_bytes(), message].concat()
}

/// Reads what a server answers.
#[derive(Debug, Default)]
pub struct Reader {
    received: Vec<u8>,
    /// By the header of that name; what HTTP says stands for it where there is none.
    status: Option<(u32, String)>,
    http_status: Option<u32>,
}

impl Reader {
    /// Headers or trailers.
    pub fn read_headers<'h>(&mut self, lines: impl Iterator<Item = (&'h [u8], &'h [u8])>) {
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

    /// More of the messages; what follows one that nobody reads is dropped.
    pub fn read_data(&mut self, data: &[u8]) {
        if self.received.len() <= MAX_MESSAGE + PREFIX {
            self.received.extend_from_slice(data);
        }
    }

    /// The next message that is there as a whole.
    pub fn next_message(&mut self) -> Option<Vec<u8>> {
        let length = self.next_length()?.ok()?;
        let message = self.received.get(PREFIX..PREFIX + length)?.to_vec();
        self.received.drain(..PREFIX + length);
        Some(message)
    }

    /// What is wrong with the next message: it is compressed, or too long to be waited for.
    pub fn fault(&self) -> Option<CallError> {
        self.next_length()?.err()
    }

    fn next_length(&self) -> Option<Result<usize, CallError>> {
        let [flag, length @ ..] = self.received.first_chunk::<PREFIX>()?;
        let length = usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX);
        let is_well = *flag == 0 && length <= MAX_MESSAGE;
        Some(is_well.then_some(length).ok_or_else(CallError::malformed))
    }

    /// How the call has ended.
    pub fn end(&self) -> CallError {
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
pub fn of_http(status: u32) -> u32 {
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
