//! A model of etcd, as a gRPC client shows it.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use crate::store::etcd::messages::{AUTHENTICATE, LATEST, RANGE, TXN, WATCH};
use crate::store::grpc::{CallError, CallId, Client, Metadata, Method, Rpc};
use crate::syntax::protobuf::{Message, Value, fields};

/// The store and what is on its way.
#[derive(Default)]
pub(crate) struct Model {
    pub(crate) revision: Cell<u64>,
    pub(crate) keys: RefCell<BTreeMap<String, (u64, Vec<u8>)>>,
    /// The token that must come with each call.
    pub(crate) token: RefCell<Option<String>>,
    pub(crate) is_down: Cell<bool>,
    /// The cluster is not known.
    pub(crate) has_no_cluster: Cell<bool>,
    /// Keys may be watched one by one only.
    pub(crate) denies_ranges: Cell<bool>,
    pub(crate) logins: Cell<u64>,
    last_id: Cell<u32>,
    calls: RefCell<VecDeque<Call>>,
    /// All that ever happened to the keys, with the revision.
    history: RefCell<Vec<(u64, String, Message)>>,
    /// The first revision that is not forgotten.
    compacted: Cell<u64>,
    /// The messages that each stream has for the one who opened it.
    streams: RefCell<BTreeMap<CallId, Vec<Vec<u8>>>>,
    /// The revision that the last watch of each stream begins at.
    begins: RefCell<BTreeMap<CallId, u64>>,
}

struct Call {
    id: CallId,
    method: Method,
    token: Option<String>,
    message: Vec<u8>,
}

pub(crate) type Answer = Result<Vec<u8>, CallError>;

impl Model {
    /// A store of revision 1, as a new one is.
    pub(crate) fn new() -> Rc<Self> {
        let model = Self::default();
        model.revision.set(1);
        Rc::new(model)
    }

    /// Somebody else writes the key of the flag, or deletes it.
    pub(crate) fn put(&self, value: Option<&str>) {
        self.put_key(KEY, value);
    }

    pub(crate) fn put_key(&self, key: &str, value: Option<&str>) {
        self.revision.set(self.revision.get() + 1);
        self.write(key, value);
    }

    /// At the revision as it is.
    fn write(&self, key: &str, value: Option<&str>) {
        let revision = self.revision.get();
        let value = value.map(|value| (revision, value.as_bytes().to_vec()));
        let event = match &value {
            Some(value) => Message::default().message(2, &key_value(key, value)),
            None => Message::default()
                .varint(1, 1)
                .message(2, &Message::default().bytes(1, key).varint(3, revision)),
        };
        match value {
            Some(value) => self.keys.borrow_mut().insert(key.to_owned(), value),
            None => self.keys.borrow_mut().remove(key),
        };
        for messages in self.streams.borrow_mut().values_mut() {
            messages.push(self.response().message(11, &event).into());
        }
        let happened = (revision, key.to_owned(), event);
        self.history.borrow_mut().push(happened);
    }

    /// The value of a key.
    pub(crate) fn value(&self, key: &str) -> Option<String> {
        let keys = self.keys.borrow();
        let (_, value) = keys.get(key)?;
        String::from_utf8(value.clone()).ok()
    }

    /// The store is restored from an old backup.
    pub(crate) fn restore(&self, revision: u64) {
        self.revision.set(revision);
        self.history.borrow_mut().clear();
    }

    /// The oldest call that is not answered yet, and its answer.
    pub(crate) fn answer(&self) -> Option<(CallId, Answer)> {
        let call = self.calls.borrow_mut().pop_front()?;
        Some((call.id, self.carry_out(&call).map(Vec::from)))
    }

    /// A call that is not answered yet, and its answer.
    pub(crate) fn answer_at(&self, at: usize) -> Option<(CallId, Answer)> {
        let call = self.calls.borrow_mut().remove(at)?;
        Some((call.id, self.carry_out(&call).map(Vec::from)))
    }

    /// A call that never arrives.
    pub(crate) fn lose(&self, at: usize) -> Option<CallId> {
        Some(self.calls.borrow_mut().remove(at)?.id)
    }

    /// The next message of a stream.
    pub(crate) fn next_message(&self, stream: CallId) -> Option<Vec<u8>> {
        let mut streams = self.streams.borrow_mut();
        let messages = streams.get_mut(&stream)?;
        (!messages.is_empty()).then(|| messages.remove(0))
    }

    /// Forgets what happened before now: a watch that needs it is canceled.
    pub(crate) fn compact(&self) {
        self.compacted.set(self.revision.get());
    }

    /// All values that the keys ever had, with their revisions.
    pub(crate) fn values(&self) -> Vec<(u64, String, String)> {
        let history = self.history.borrow();
        let value = |event: &Message| {
            let value = bytes(bytes(event.as_ref(), 2), 5).to_vec();
            String::from_utf8(value).unwrap()
        };
        let values = history.iter();
        let values = values.map(|(at, key, event)| (*at, key.clone(), value(event)));
        values.collect()
    }

    /// The messages of all streams that are open.
    pub(crate) fn messages(&self) -> Vec<(CallId, Vec<u8>)> {
        let mut streams = self.streams.borrow_mut();
        let messages = streams.iter_mut().flat_map(|(stream, messages)| {
            let stream = *stream;
            messages.drain(..).map(move |message| (stream, message))
        });
        messages.collect()
    }

    /// The streams that are open.
    pub(crate) fn open_streams(&self) -> Vec<CallId> {
        self.streams.borrow().keys().copied().collect()
    }

    /// How many calls wait for an answer.
    pub(crate) fn waiting(&self) -> usize {
        self.calls.borrow().len()
    }

    fn carry_out(&self, call: &Call) -> Result<Message, CallError> {
        if self.is_down.get() {
            return Err(CallError::new(CallError::UNAVAILABLE, "connection refused"));
        }
        if call.method == AUTHENTICATE {
            self.logins.set(self.logins.get() + 1);
            return match &*self.token.borrow() {
                Some(token) => Ok(self.response().bytes(2, token)),
                None => Err(CallError::new(
                    CallError::FAILED_PRECONDITION,
                    "not enabled",
                )),
            };
        }
        if call.token != *self.token.borrow() {
            return Err(CallError::new(
                CallError::UNAUTHENTICATED,
                "etcdserver: invalid auth token",
            ));
        }
        Ok(match call.method {
            RANGE => {
                let key = text(bytes(&call.message, 1));
                let revision = varint(&call.message, 4);
                if spans_others(&call.message) && self.denies_ranges.get() {
                    let denied = "etcdserver: permission denied";
                    return Err(CallError::new(CallError::PERMISSION_DENIED, denied));
                }
                if revision != LATEST && revision < self.compacted.get() {
                    return Err(CallError::new(11, "etcdserver: mvcc: compacted"));
                }
                let end = text(bytes(&call.message, 2)).to_owned();
                let keys = self.keys.borrow();
                let others = keys
                    .keys()
                    .filter(|other| other.as_str() > key && **other < end);
                let ranges = others.map(|other| self.range_at(other, revision));
                ranges.fold(self.range_at(key, revision), |answer, range| {
                    answer.bytes(2, bytes(range.as_ref(), 2))
                })
            }
            TXN => self.txn(&call.message),
            method => panic!("{method:?}"),
        })
    }

    fn range(&self, key: &str) -> Message {
        match self.keys.borrow().get(key) {
            Some(value) => self.response().message(2, &key_value(key, value)),
            None => self.response(),
        }
    }

    /// A key as it was at a revision.
    fn range_at(&self, key: &str, revision: u64) -> Message {
        let history = self.history.borrow();
        let later = history
            .iter()
            .any(|(at, of, _)| of == key && *at > revision);
        if revision == LATEST || !later {
            return self.range(key);
        }
        let mut before = history.iter().rev();
        let before = before.find(|(at, of, _)| of == key && *at <= revision);
        let put = before.filter(|(.., event)| varint(event.as_ref(), 1) == 0);
        let key_value = put.map(|(.., event)| bytes(event.as_ref(), 2));
        key_value.map_or_else(
            || self.response(),
            |key_value| self.response().bytes(2, key_value),
        )
    }

    fn txn(&self, message: &[u8]) -> Message {
        let holds = |compare: &[u8]| {
            let current = self
                .keys
                .borrow()
                .get(text(bytes(compare, 3)))
                .map(|it| it.0);
            current.unwrap_or(0) == varint(compare, 6)
        };
        let holds = all(message, 1).into_iter().all(holds);
        let operations = all(message, if holds { 2 } else { 3 });
        let puts = operations.iter().map(|operation| bytes(operation, 2));
        let puts: Vec<_> = puts.filter(|put| !put.is_empty()).collect();
        let may_write = all(message, 2)
            .into_iter()
            .any(|it| !bytes(it, 2).is_empty());
        assert!(may_write, "etcd before 3.5.5 may die of it");
        if !puts.is_empty() {
            self.revision.set(self.revision.get() + 1);
        }
        for put in puts {
            self.write(text(bytes(put, 1)), Some(text(bytes(put, 2))));
        }
        let mut answer = self.response().varint(2, u64::from(holds));
        for operation in operations {
            let read = text(bytes(bytes(operation, 1), 1));
            if !read.is_empty() {
                answer = answer.message(3, &Message::default().message(1, &self.range(read)));
            }
        }
        answer
    }

    fn response(&self) -> Message {
        Message::default().message(1, &Message::default().varint(3, self.revision.get()))
    }

    fn next_id(&self) -> u32 {
        self.last_id.set(self.last_id.get() + 1);
        self.last_id.get()
    }
}

impl Client for Rc<Model> {
    fn call(&self, rpc: Rpc<'_>, message: &Message, timeout_ms: u64) -> Option<CallId> {
        assert_ne!(timeout_ms, 0);
        if self.has_no_cluster.get() {
            return None;
        }
        let id = self.next_id();
        self.calls.borrow_mut().push_back(Call {
            id,
            method: rpc.method,
            token: token(&rpc.metadata),
            message: message.as_ref().to_vec(),
        });
        Some(id)
    }

    fn open(&self, rpc: Rpc<'_>) -> Option<CallId> {
        assert_eq!(rpc.method, WATCH);
        assert!(rpc.metadata.contains(&("hasleader", b"true")));
        assert_eq!(token(&rpc.metadata), *self.token.borrow());
        if self.has_no_cluster.get() {
            return None;
        }
        let stream = self.next_id();
        self.streams.borrow_mut().insert(stream, Vec::new());
        Some(stream)
    }

    fn send(&self, stream: CallId, message: &Message) -> bool {
        let mut streams = self.streams.borrow_mut();
        let Some(messages) = streams.get_mut(&stream) else {
            return false;
        };
        if self.is_down.get() {
            return true;
        }
        // An empty request is one of progress.
        let create = bytes(message.as_ref(), 1);
        let created = u64::from(!create.is_empty());
        let is_range = spans_others(create);
        if created == 1 && self.denies_ranges.get() && is_range {
            let denied = self.response().varint(3, 1).varint(4, 1);
            messages.push(denied.bytes(6, "etcdserver: permission denied").into());
            return true;
        }
        let begin = varint(create, 3);
        let mut begins = self.begins.borrow_mut();
        if created == 1 {
            begins.insert(stream, begin);
        } else if begins.get(&stream) > Some(&self.revision.get()) {
            // Nothing to tell of progress so far.
            return true;
        }
        messages.push(self.response().varint(3, created).into());
        if created == 1 && begin < self.compacted.get() {
            let canceled = self.response().varint(4, 1).varint(5, self.compacted.get());
            messages.push(canceled.into());
        } else if created == 1 {
            let history = self.history.borrow();
            let is_watched = |key: &str| is_range || key.as_bytes() == bytes(create, 1);
            let missed = history.iter().filter(|(_, key, _)| is_watched(key));
            let missed = missed.filter(|(at, ..)| *at >= begin);
            messages.extend(missed.map(|(.., event)| self.response().message(11, event).into()));
        }
        true
    }

    fn cancel(&self, stream: CallId) {
        self.streams.borrow_mut().remove(&stream);
    }
}

/// Whether a range or a watch is of more than one key.
fn spans_others(message: &[u8]) -> bool {
    bytes(message, 2) != [bytes(message, 1), b"\0"].concat()
}

/// The key of the flag.
const KEY: &str = "k";

fn key_value(key: &str, (revision, value): &(u64, Vec<u8>)) -> Message {
    let key_value = Message::default().bytes(1, key);
    key_value.varint(3, *revision).bytes(5, value)
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

fn token(metadata: &Metadata) -> Option<String> {
    let (_, token) = metadata.iter().find(|(name, _)| *name == "token")?;
    Some(String::from_utf8_lossy(token).into_owned())
}

fn bytes(message: &[u8], number: u64) -> &[u8] {
    all(message, number).first().copied().unwrap_or_default()
}

fn all(message: &[u8], number: u64) -> Vec<&[u8]> {
    let of_number = |field: Option<(u64, Value<'_>)>| match field {
        Some((field, Value::Bytes(_))) => field == number,
        _ => false,
    };
    let fields = fields(message).filter(|field| of_number(*field));
    let bytes = fields.filter_map(|field| match field? {
        (_, Value::Bytes(bytes)) => Some(bytes),
        _ => None,
    });
    bytes.collect()
}

fn varint(message: &[u8], number: u64) -> u64 {
    fields(message)
        .find_map(|field| match field? {
            (field, Value::Varint(value)) if field == number => Some(value),
            _ => None,
        })
        .unwrap_or_default()
}
