//! The messages of [`etcdserverpb`](https://etcd.io/docs/v3.5/dev-guide/api_reference_v3/)
//! that are needed, and of those the fields that are.

use crate::store::grpc::{CallError, Method};
use crate::syntax::protobuf::{Message, Value, fields};

pub(crate) const RANGE: Method = ("etcdserverpb.KV", "Range");
pub(crate) const TXN: Method = ("etcdserverpb.KV", "Txn");
pub(crate) const WATCH: Method = ("etcdserverpb.Watch", "Watch");
pub(crate) const AUTHENTICATE: Method = ("etcdserverpb.Auth", "Authenticate");
const MOD_REVISION: u64 = 2;
const DELETE: u64 = 1;

/// Reads a key.
pub(crate) fn range_request(key: &str) -> Message {
    Message::default().bytes(1, key)
}

/// Writes a value if the key is still of this revision, or absent for 0; else reads it.
pub(crate) fn txn_request(key: &str, mod_revision: u64, value: &str) -> Message {
    let compare = Message::default()
        .varint(2, MOD_REVISION)
        .bytes(3, key)
        .varint(6, mod_revision);
    let put = Message::default().bytes(1, key).bytes(2, value);
    Message::default()
        .message(1, &compare)
        .message(2, &Message::default().message(2, &put))
        .message(3, &Message::default().message(1, &range_request(key)))
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
pub(crate) fn authenticate_request(username: &str, password: &str) -> Message {
    Message::default().bytes(1, username).bytes(2, password)
}

/// A key that is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct KeyValue<'a> {
    pub(super) mod_revision: u64,
    pub(super) value: &'a [u8],
}

/// What the key is at a revision of the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct KeyState<'a> {
    pub(super) revision: u64,
    pub(super) key_value: Option<KeyValue<'a>>,
}

/// The answer to a [`txn_request`].
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum TxnResponse<'a> {
    /// The value was written, at this revision.
    Written(u64),
    /// Another was read instead.
    Read(KeyState<'a>),
}

/// A message of a watch.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct WatchResponse<'a> {
    pub(super) created: bool,
    /// The reason, where the watch is canceled.
    pub(super) canceled: Option<&'a [u8]>,
    pub(super) events: Vec<KeyState<'a>>,
}

impl<'a> KeyValue<'a> {
    fn decode(message: &'a [u8]) -> Result<Self, CallError> {
        let fields = Fields::of(message)?;
        Ok(Self {
            mod_revision: fields.varint(3),
            value: fields.bytes(5),
        })
    }
}

impl<'a> KeyState<'a> {
    /// Reads the answer to a [`range_request`].
    pub(super) fn decode(message: &'a [u8]) -> Result<Self, CallError> {
        let fields = Fields::of(message)?;
        Ok(Self {
            revision: fields.revision()?,
            key_value: fields.key_value()?,
        })
    }

    /// Reads an event of a watch.
    fn decode_event(message: &'a [u8]) -> Result<Self, CallError> {
        let fields = Fields::of(message)?;
        let key_value = fields.key_value()?.unwrap_or_default();
        Ok(Self {
            revision: key_value.mod_revision,
            key_value: (fields.varint(1) != DELETE).then_some(key_value),
        })
    }

    /// The revision of the key, 0 where it is not there.
    pub(super) fn mod_revision(&self) -> u64 {
        self.key_value.map_or(0, |key_value| key_value.mod_revision)
    }
}

impl<'a> TxnResponse<'a> {
    pub(super) fn decode(message: &'a [u8]) -> Result<Self, CallError> {
        let fields = Fields::of(message)?;
        let revision = fields.revision()?;
        let range = |operation| Fields::of(Fields::of(operation)?.bytes(1));
        let range = fields.last(3, range)?;
        if fields.varint(2) != 0 {
            return Ok(Self::Written(revision));
        }
        let key_value = range.map(|range| range.key_value()).transpose()?;
        Ok(Self::Read(KeyState {
            revision,
            key_value: key_value.flatten(),
        }))
    }
}

impl<'a> WatchResponse<'a> {
    pub(super) fn decode(message: &'a [u8]) -> Result<Self, CallError> {
        let fields = Fields::of(message)?;
        let events = fields.all(11).map(KeyState::decode_event);
        Ok(Self {
            created: fields.varint(3) != 0,
            canceled: (fields.varint(4) != 0).then(|| fields.bytes(6)),
            events: events.collect::<Result<_, _>>()?,
        })
    }
}

/// The token in the answer to an [`authenticate_request`].
pub(crate) fn decode_token(message: &[u8]) -> Result<&[u8], CallError> {
    Ok(Fields::of(message)?.bytes(2))
}

/// The fields of a message. What is not there is 0 or empty, and of what should be there once
/// the last counts.
struct Fields<'a>(Vec<(u64, Value<'a>)>);

impl<'a> Fields<'a> {
    fn of(message: &'a [u8]) -> Result<Self, CallError> {
        let fields: Option<_> = fields(message).collect();
        fields.map(Self).ok_or_else(CallError::malformed)
    }

    fn varint(&self, number: u64) -> u64 {
        let varint = self.0.iter().rev().find_map(|field| match *field {
            (found, Value::Varint(value)) if found == number => Some(value),
            _ => None,
        });
        varint.unwrap_or_default()
    }

    fn all(&self, number: u64) -> impl Iterator<Item = &'a [u8]> {
        self.0.iter().filter_map(move |field| match *field {
            (found, Value::Bytes(bytes)) if found == number => Some(bytes),
            _ => None,
        })
    }

    fn bytes(&self, number: u64) -> &'a [u8] {
        self.all(number).last().unwrap_or_default()
    }

    /// The last message of a field, all of which must be such messages.
    fn last<T>(
        &self,
        number: u64,
        read: impl Fn(&'a [u8]) -> Result<T, CallError>,
    ) -> Result<Option<T>, CallError> {
        let mut messages = self.all(number);
        messages.try_fold(None, |_, message| read(message).map(Some))
    }

    /// The revision in the header of an answer; no bytes are none, least of all an absent key.
    fn revision(&self) -> Result<u64, CallError> {
        let header = self.last(1, Self::of)?;
        let revision = header.map_or(0, |header| header.varint(3));
        (revision > 0)
            .then_some(revision)
            .ok_or_else(CallError::malformed)
    }

    /// The key of a range or an event.
    fn key_value(&self) -> Result<Option<KeyValue<'a>>, CallError> {
        self.last(2, KeyValue::decode)
    }
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
        let request = txn_request("k", 0, r#"{"maintenance":true}"#);
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
            let expected = KeyState {
                revision: 7,
                key_value,
            };
            assert_eq!(KeyState::decode(&message), Ok(expected));
        }
    }

    #[test]
    fn a_transaction_wrote_or_read() {
        let written = message("10011a0612040a021807");
        assert_eq!(TxnResponse::decode(&written), Ok(TxnResponse::Written(7)));
        let read = message(&format!("1a290a270a021807{KEY_VALUE}2001"));
        let expected = TxnResponse::Read(KeyState {
            revision: 7,
            key_value: Some(key_value()),
        });
        assert_eq!(TxnResponse::decode(&read), Ok(expected));
    }

    #[test]
    fn a_watch_tells_what_happened() {
        let created = message("1801");
        assert!(WatchResponse::decode(&created).unwrap().created);
        let progress = message("10ffffffffffffffffff01");
        let silent = WatchResponse {
            created: false,
            canceled: None,
            events: Vec::new(),
        };
        assert_eq!(WatchResponse::decode(&progress), Ok(silent));
        let put = message(&format!("5a21{KEY_VALUE}"));
        let event = KeyState {
            revision: 7,
            key_value: Some(key_value()),
        };
        assert_eq!(WatchResponse::decode(&put).unwrap().events, [event]);
        let deleted = message("5a09080112050a016b1808");
        let event = KeyState {
            revision: 8,
            key_value: None,
        };
        assert_eq!(WatchResponse::decode(&deleted).unwrap().events, [event]);
    }

    #[test]
    fn no_bytes_are_no_answer() {
        assert_eq!(KeyState::decode(b""), Err(CallError::malformed()));
        assert_eq!(TxnResponse::decode(b""), Err(CallError::malformed()));
    }

    proptest! {
        #[test]
        fn any_bytes_can_be_read(message: Vec<u8>) {
            let _ = KeyState::decode(&message);
            let _ = TxnResponse::decode(&message);
            let _ = WatchResponse::decode(&message);
            let _ = decode_token(&message);
        }
    }
}
