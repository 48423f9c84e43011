//! The messages of [`etcdserverpb`](https://etcd.io/docs/v3.5/dev-guide/api_reference_v3/)
//! that are needed, and of those the fields that are.

use crate::store::call::CallError;
use crate::store::grpc::Method;
use crate::syntax::protobuf::{Message, Value, fields};

pub(crate) const RANGE: Method = ("etcdserverpb.KV", "Range");
pub(crate) const TXN: Method = ("etcdserverpb.KV", "Txn");
pub(crate) const WATCH: Method = ("etcdserverpb.Watch", "Watch");
pub(crate) const AUTHENTICATE: Method = ("etcdserverpb.Auth", "Authenticate");
const MOD_REVISION: u64 = 2;
const DELETE: u64 = 1;

/// A method, and what is asked of it.
pub(crate) type Request = (Method, Message);

/// Reads a key.
pub(crate) fn range_request(key: &str) -> Request {
    (RANGE, Message::default().bytes(1, key))
}

/// Writes a value if the key is still of this revision, or absent for 0; else reads it.
pub(crate) fn txn_request(key: &str, mod_revision: u64, value: &str) -> Request {
    let (_, range) = range_request(key);
    let compare = Message::default()
        .varint(2, MOD_REVISION)
        .bytes(3, key)
        .varint(6, mod_revision);
    let put = Message::default().bytes(1, key).bytes(2, value);
    let message = Message::default()
        .message(1, &compare)
        .message(2, &Message::default().message(2, &put))
        .message(3, &Message::default().message(1, &range));
    (TXN, message)
}

/// Watches a key from a revision on.
pub(crate) fn watch_request(key: &str, start_revision: u64) -> Message {
    let create = Message::default().bytes(1, key).varint(3, start_revision);
    Message::default().message(1, &create)
}

/// Asks a watch for a sign of life.
pub(crate) fn progress_request() -> Message {
    Message::default().message(3, &Message::default())
}

/// Asks for a token.
pub(crate) fn authenticate_request(username: &str, password: &str) -> Request {
    let message = Message::default().bytes(1, username).bytes(2, password);
    (AUTHENTICATE, message)
}

/// A key that is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct KeyValue<'a> {
    pub(super) mod_revision: u64,
    pub(super) value: &'a [u8],
}

/// What the key is at a revision of the store: the answer to a [`range_request`], and what a
/// watch tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Reading<'a> {
    pub(super) revision: u64,
    pub(super) key_value: Option<KeyValue<'a>>,
}

/// The answer to a [`txn_request`].
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct TxnResponse<'a> {
    pub(super) succeeded: bool,
    /// The revision after it; the key only where that was read instead.
    pub(super) reading: Reading<'a>,
}

/// A message of a watch.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct WatchResponse<'a> {
    pub(super) created: bool,
    pub(super) canceled: bool,
    pub(super) cancel_reason: &'a [u8],
    pub(super) events: Vec<Reading<'a>>,
}

impl<'a> Reading<'a> {
    /// `None` for bytes that are none: least of all are no bytes an absent key.
    pub(super) fn decode(message: &'a [u8]) -> Option<Self> {
        let mut reading = Self::default();
        for field in fields(message) {
            match field? {
                (1, Value::Bytes(header)) => reading.revision = decode_revision(header)?,
                (2, Value::Bytes(bytes)) => reading.key_value = Some(KeyValue::decode(bytes)?),
                _ => {}
            }
        }
        (reading.revision > 0).then_some(reading)
    }

    fn decode_event(message: &'a [u8]) -> Option<Self> {
        let mut is_delete = false;
        let mut key_value = KeyValue::default();
        for field in fields(message) {
            match field? {
                (1, Value::Varint(kind)) => is_delete = kind == DELETE,
                (2, Value::Bytes(bytes)) => key_value = KeyValue::decode(bytes)?,
                _ => {}
            }
        }
        Some(Self {
            revision: key_value.mod_revision,
            key_value: (!is_delete).then_some(key_value),
        })
    }
}

impl<'a> TxnResponse<'a> {
    pub(super) fn decode(message: &'a [u8]) -> Option<Self> {
        let mut response = Self::default();
        for field in fields(message) {
            match field? {
                (1, Value::Bytes(header)) => response.reading.revision = decode_revision(header)?,
                (2, Value::Varint(succeeded)) => response.succeeded = succeeded != 0,
                (3, Value::Bytes(operation)) => {
                    let range = submessage(operation, 1)?.unwrap_or_default();
                    let key_value = submessage(range, 2)?;
                    response.reading.key_value = key_value.and_then(KeyValue::decode);
                }
                _ => {}
            }
        }
        (response.reading.revision > 0).then_some(response)
    }
}

impl<'a> WatchResponse<'a> {
    pub(super) fn decode(message: &'a [u8]) -> Option<Self> {
        let mut response = Self::default();
        for field in fields(message) {
            match field? {
                (3, Value::Varint(created)) => response.created = created != 0,
                (4, Value::Varint(canceled)) => response.canceled = canceled != 0,
                (6, Value::Bytes(reason)) => response.cancel_reason = reason,
                (11, Value::Bytes(event)) => response.events.push(Reading::decode_event(event)?),
                _ => {}
            }
        }
        Some(response)
    }
}

impl<'a> KeyValue<'a> {
    fn decode(message: &'a [u8]) -> Option<Self> {
        let mut key_value = Self::default();
        for field in fields(message) {
            match field? {
                (3, Value::Varint(revision)) => key_value.mod_revision = revision,
                (5, Value::Bytes(value)) => key_value.value = value,
                _ => {}
            }
        }
        Some(key_value)
    }
}

/// Decodes an answer, if there is one.
pub(crate) fn decoded<'a, T>(
    answer: Result<&'a [u8], CallError>,
    decode: impl FnOnce(&'a [u8]) -> Option<T>,
) -> Result<T, CallError> {
    decode(answer?).ok_or_else(CallError::malformed)
}

/// The token in the answer to an [`authenticate_request`].
pub(crate) fn decode_token(message: &[u8]) -> Option<&[u8]> {
    submessage(message, 2)?
}

fn decode_revision(header: &[u8]) -> Option<u64> {
    let mut revision = 0;
    for field in fields(header) {
        if let (3, Value::Varint(number)) = field? {
            revision = number;
        }
    }
    Some(revision)
}

/// The last bytes of a field, if it is there; `None` for bytes that are no message.
fn submessage(message: &[u8], number: u64) -> Option<Option<&[u8]>> {
    let mut found = None;
    for field in fields(message) {
        match field? {
            (field, Value::Bytes(bytes)) if field == number => found = Some(bytes),
            _ => {}
        }
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What etcd 3.5 sent, in hexadecimal, without its header.
    fn message(rest: &str) -> Vec<u8> {
        const HEADER: &str = "0a1a08b298eaf1948386fccd0110cdd2918bd2b881cf8e011807\
                              2007";
        let hex = format!("{HEADER}{rest}");
        hex.as_bytes()
            .chunks(2)
            .map(|digits| u8::from_str_radix(std::str::from_utf8(digits).unwrap(), 16).unwrap())
            .collect()
    }

    const KEY_VALUE: &str = "121f0a016b1007180720012a147b226d61696e74656e616e6365223a747275657d";

    fn key_value() -> KeyValue<'static> {
        KeyValue {
            mod_revision: 7,
            value: br#"{"maintenance":true}"#,
        }
    }

    #[test]
    fn a_transaction_compares_the_revision_of_the_key() {
        let (_, request) = txn_request("k", 0, r#"{"maintenance":true}"#);
        let expected = "0a0710021a016b3000121b12190a016b12147b226d61696e74656e616e6365223a7472\
                        75657d1a050a030a016b";
        let hex: String = request
            .as_ref()
            .iter()
            .map(|b| format!("{b:02x}"))
            .collect();
        assert_eq!(hex, expected);
    }

    #[test]
    fn a_range_finds_the_key_or_not() {
        for (rest, key_value) in [
            ("", None),
            (&*format!("{KEY_VALUE}2001"), Some(key_value())),
        ] {
            let message = message(rest);
            let expected = Reading {
                revision: 7,
                key_value,
            };
            assert_eq!(Reading::decode(&message), Some(expected));
        }
    }

    #[test]
    fn a_transaction_wrote_or_read() {
        let written = message("10011a0612040a021807");
        let expected = TxnResponse {
            succeeded: true,
            reading: Reading {
                revision: 7,
                key_value: None,
            },
        };
        assert_eq!(TxnResponse::decode(&written), Some(expected));
        let read = message(&format!("1a290a270a021807{KEY_VALUE}2001"));
        let expected = TxnResponse {
            succeeded: false,
            reading: Reading {
                revision: 7,
                key_value: Some(key_value()),
            },
        };
        assert_eq!(TxnResponse::decode(&read), Some(expected));
    }

    #[test]
    fn a_watch_tells_what_happened() {
        let created = message("1801");
        assert!(WatchResponse::decode(&created).unwrap().created);
        let progress = message("10ffffffffffffffffff01");
        let silent = WatchResponse::default();
        assert_eq!(WatchResponse::decode(&progress), Some(silent));
        let put = message(&format!("5a21{KEY_VALUE}"));
        let event = Reading {
            revision: 7,
            key_value: Some(key_value()),
        };
        assert_eq!(WatchResponse::decode(&put).unwrap().events, [event]);
        let deleted = message("5a09080112050a016b1808");
        let event = Reading {
            revision: 8,
            key_value: None,
        };
        assert_eq!(WatchResponse::decode(&deleted).unwrap().events, [event]);
    }

    #[test]
    fn no_bytes_are_no_answer() {
        assert_eq!(Reading::decode(b""), None);
        assert_eq!(TxnResponse::decode(b""), None);
    }

    proptest! {
        #[test]
        fn any_bytes_can_be_read(message: Vec<u8>) {
            let _ = Reading::decode(&message);
            let _ = TxnResponse::decode(&message);
            let _ = WatchResponse::decode(&message);
            let _ = decode_token(&message);
        }
    }
}
