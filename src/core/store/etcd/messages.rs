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

/// The revision that a store has reached.
pub(crate) const LATEST: u64 = 0;

/// Reads the keys from the first to the last, as they were at a revision of the store.
pub(crate) fn range_request(keys: [&str; 2], revision: u64) -> Message {
    span(keys).varint(4, revision)
}

/// The keys from the first to the last, as a range and a watch name them.
fn span([first, last]: [&str; 2]) -> Message {
    Message::default()
        .bytes(1, first)
        .bytes(2, format!("{last}\0"))
}

/// Writes values if both keys are still of these revisions, or absent for 0; else reads them.
pub(crate) fn write_request(keys: [(&str, u64); 2], values: &[(&str, &str)]) -> Message {
    let mut request = Message::default();
    for (key, mod_revision) in keys {
        let compare = Message::default()
            .varint(2, MOD_REVISION)
            .bytes(3, key)
            .varint(6, mod_revision);
        request = request.message(1, &compare);
    }
    for (key, value) in values {
        let put = Message::default().bytes(1, key).bytes(2, value);
        request = request.message(2, &Message::default().message(2, &put));
    }
    let read = |request: Message, (key, _)| request.message(3, &range(key));
    keys.into_iter().fold(request, read)
}

fn range(key: &str) -> Message {
    Message::default().message(1, &Message::default().bytes(1, key))
}

/// Watches the keys from the first to the last from a revision on.
pub(crate) fn watch_request(keys: [&str; 2], start_revision: u64) -> Message {
    let create = span(keys).varint(3, start_revision);
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

/// What is said of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Presence<'a> {
    Nothing,
    Absent,
    There(KeyValue<'a>),
}

/// What is said of both keys at a revision of the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Keys<'a> {
    pub(super) revision: u64,
    /// The key of the flag.
    pub(super) flag: Presence<'a>,
    /// The key of the revocations.
    pub(super) revocation: Presence<'a>,
}

/// What the answer to a [`range_request`] says of one key.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Range<'a> {
    /// The revision that the store has reached.
    pub(super) revision: u64,
    seen: Presence<'a>,
}

/// The answer to a [`write_request`].
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Write<'a> {
    /// The values were written, at this revision.
    Written(u64),
    /// Others were read instead.
    Read(Keys<'a>),
}

/// What happened to a key.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Event<'a> {
    pub(super) key: &'a [u8],
    pub(super) revision: u64,
    pub(super) seen: Presence<'a>,
}

/// A message of a watch.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct WatchResponse<'a> {
    pub(super) created: bool,
    /// The reason, where the watch is canceled.
    pub(super) canceled: Option<&'a [u8]>,
    pub(super) events: Vec<Event<'a>>,
}

impl<'a> KeyValue<'a> {
    fn decode(message: &'a [u8]) -> Result<Self, CallError> {
        Fields::of(message).map(|fields| Self::of(&fields))
    }

    fn of(fields: &Fields<'a>) -> Self {
        Self {
            mod_revision: fields.varint(3),
            value: fields.bytes(5),
        }
    }
}

impl Presence<'_> {
    /// The revision of the key, 0 where it is not there.
    pub(super) fn mod_revision(&self) -> u64 {
        match self {
            Self::There(key_value) => key_value.mod_revision,
            Self::Nothing | Self::Absent => 0,
        }
    }
}

impl<'a> Range<'a> {
    pub(super) fn decode(message: &'a [u8], key: &str) -> Result<Self, CallError> {
        let fields = Fields::of(message)?;
        let mut seen = Presence::Absent;
        for found in fields.all(2) {
            let found = Fields::of(found)?;
            if found.bytes(1) == key.as_bytes() {
                seen = Presence::There(KeyValue::of(&found));
            }
        }
        Ok(Self {
            revision: fields.revision()?,
            seen,
        })
    }
}

impl<'a> Keys<'a> {
    /// Reads the answers in which the keys of the flag and of the revocations are.
    pub(super) fn decode(
        flag: &'a [u8],
        revocation: &'a [u8],
        [flag_key, revocation_key]: [&str; 2],
    ) -> Result<Self, CallError> {
        let flag = Range::decode(flag, flag_key)?;
        Ok(Self {
            revision: flag.revision,
            flag: flag.seen,
            revocation: Range::decode(revocation, revocation_key)?.seen,
        })
    }

    fn of(fields: &Fields<'a>) -> Result<Self, CallError> {
        let mut seen = fields.all(3).map(|operation| {
            let range = Fields::of(operation)?.last(1, Fields::of)?;
            let key_value = range.ok_or_else(CallError::malformed)?.key_value()?;
            Ok(key_value.map_or(Presence::Absent, Presence::There))
        });
        let mut next = || seen.next().ok_or_else(CallError::malformed)?;
        Ok(Self {
            revision: fields.revision()?,
            flag: next()?,
            revocation: next()?,
        })
    }
}

impl<'a> Write<'a> {
    pub(super) fn decode(message: &'a [u8]) -> Result<Self, CallError> {
        let fields = Fields::of(message)?;
        match fields.varint(2) {
            0 => Keys::of(&fields).map(Self::Read),
            _ => fields.revision().map(Self::Written),
        }
    }
}

impl<'a> Event<'a> {
    fn decode(message: &'a [u8]) -> Result<Self, CallError> {
        let fields = Fields::of(message)?;
        let key_value = fields.key_value()?.unwrap_or_default();
        let key = fields
            .last(2, Fields::of)?
            .map_or(&[][..], |it| it.bytes(1));
        let is_deleted = fields.varint(1) == DELETE;
        Ok(Self {
            key,
            revision: key_value.mod_revision,
            seen: if is_deleted {
                Presence::Absent
            } else {
                Presence::There(key_value)
            },
        })
    }
}

impl<'a> WatchResponse<'a> {
    pub(super) fn decode(message: &'a [u8]) -> Result<Self, CallError> {
        let fields = Fields::of(message)?;
        let events = fields.all(11).map(Event::decode);
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
mod tests;
