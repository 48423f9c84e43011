//! A process in memory, and requests of it.

use std::{
    borrow::Cow,
    cell::{Cell, RefCell},
    collections::BTreeMap,
    fmt,
    rc::Rc,
};

use log::Level;
use maintenance_mode_core::{
    filter::host::{Host, Metric, Stream},
    reply::local_reply::LocalReply,
    request::{
        attribute::{Attribute, AttributePath},
        headers::HeaderList,
    },
    store::{
        grpc::{CallId, Client, Rpc},
        shared_map::{SharedMap, Signal},
    },
    syntax::protobuf::Message,
};

use super::reading::case::{Given, Reply, Request, Seen};

/// A process; its clones are the same one.
#[derive(Clone, Default)]
pub struct Process(Rc<Insides>);

#[derive(Default)]
struct Insides {
    /// Milliseconds since 1970.
    now: Cell<i64>,
    random: Cell<u64>,
    values: RefCell<BTreeMap<String, (Vec<u8>, u32)>>,
    last: Cell<u32>,
    signals: RefCell<BTreeMap<String, Number>>,
    stats: RefCell<BTreeMap<String, Number>>,
    log: RefCell<Vec<String>>,
}

#[derive(Clone, Default)]
pub struct Number(Rc<Cell<u64>>);

impl Process {
    pub fn set_now(&self, millis: i64) {
        self.0.now.set(millis);
    }

    /// What was logged last.
    pub fn last_line(&self) -> String {
        self.0.log.borrow().last().cloned().unwrap_or_default()
    }

    /// What requests were counted as since this was last asked, without that of the endpoint.
    pub fn take_counts(&self) -> Vec<String> {
        let mut counts = Vec::new();
        for (name, number) in &*self.0.stats.borrow() {
            let count = number.0.replace(0);
            let mut parts = name.splitn(3, '.').skip(2);
            let name = parts.next().unwrap_or_default();
            if count > 0 && !name.starts_with("admin_") {
                counts.push(format!("{name}={count}"));
            }
        }
        counts
    }
}

impl Host for Process {
    type Metric = Number;
    type SharedMap = Self;
    type Stream = Exchange;

    const ENVIRONMENT: &'static str = "the process";

    fn nanos(&self) -> u64 {
        self.0.now.get() as u64 * 1_000_000
    }

    /// Steps of Weyl's, which come everywhere.
    fn random(&self) -> u64 {
        let next = self.0.random.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
        self.0.random.set(next);
        next
    }

    fn log(&self, level: Level, line: fmt::Arguments<'_>) {
        if level <= Level::Warn {
            self.0.log.borrow_mut().push(line.to_string());
        }
    }

    fn variable(&self, _name: &str) -> Option<String> {
        None
    }

    fn counter(&self, name: &str) -> Number {
        let mut stats = self.0.stats.borrow_mut();
        stats.entry(name.to_owned()).or_default().clone()
    }

    fn gauge(&self, _name: &str) -> Number {
        Number::default()
    }

    fn shared_map(&self) -> Self {
        self.clone()
    }

    fn client(&self) -> Box<dyn Client> {
        Box::new(self.clone())
    }

    fn node_id(&self) -> String {
        "a node".to_owned()
    }

    fn set_tick_period(&self, _millis: u32) {}
}

impl Metric for Number {
    fn increment(&self) {
        self.0.set(self.0.get() + 1);
    }

    fn decrement(&self) {
        self.0.set(self.0.get() - 1);
    }

    fn set(&self, value: u64) {
        self.0.set(value);
    }

    fn value(&self) -> u64 {
        self.0.get()
    }
}

impl Signal for Number {
    fn number(&self) -> u64 {
        self.0.get()
    }

    fn raise(&self) {
        self.increment();
    }
}

impl SharedMap for Process {
    type Signal = Number;

    fn signal(&self, scope: &str) -> Number {
        let mut signals = self.0.signals.borrow_mut();
        signals.entry(scope.to_owned()).or_default().clone()
    }

    fn get(&self, key: &str) -> Option<(Vec<u8>, u32)> {
        self.0.values.borrow().get(key).cloned()
    }

    fn set(&self, key: &str, value: &[u8], version: u32) -> bool {
        let current = self.get(key);
        if version != 0 && current.is_some_and(|(_, current)| current != version) {
            return false;
        }
        self.0.last.set(self.0.last.get() + 1);
        let value = (value.to_vec(), self.0.last.get());
        self.0.values.borrow_mut().insert(key.to_owned(), value);
        true
    }
}

/// No store can be reached.
impl Client for Process {
    fn call(&self, _rpc: Rpc<'_>, _message: &Message, _timeout_ms: u64) -> Option<CallId> {
        None
    }

    fn open(&self, _rpc: Rpc<'_>) -> Option<CallId> {
        None
    }

    fn send(&self, _stream: CallId, _message: &Message) -> bool {
        false
    }

    fn cancel(&self, _stream: CallId) {}
}

/// A request, and what the filter did with it.
#[derive(Clone)]
pub struct Exchange(Rc<Inner>);

struct Inner {
    request: Request,
    changes: RefCell<Vec<(String, Option<Vec<u8>>)>>,
    filter_state: RefCell<String>,
    reply: RefCell<Option<Reply>>,
}

impl Exchange {
    pub fn new(request: Request) -> Self {
        Self(Rc::new(Inner {
            request,
            changes: RefCell::default(),
            filter_state: RefCell::default(),
            reply: RefCell::default(),
        }))
    }

    /// What was done, if the request `passed`.
    pub fn seen(&self, passed: bool, counted: Vec<String>) -> Seen {
        let mut lines = self.0.request.lines.clone();
        for (name, value) in &*self.0.changes.borrow() {
            let name = name.to_lowercase();
            lines.retain(|(other, _)| *other != name);
            lines.extend(value.clone().map(|value| (name, value)));
        }
        Seen {
            filter_state: self.0.filter_state.borrow().clone(),
            counted,
            upstream: passed.then_some(lines),
            reply: self.0.reply.borrow().clone(),
            turn: None,
        }
    }

    pub fn reply(&self) -> Option<Reply> {
        self.0.reply.borrow().clone()
    }
}

fn attribute(given: &Given) -> Attribute {
    match given {
        Given::Absent => Attribute::Absent,
        Given::Text(text) => Attribute::Text(text.clone()),
        Given::Other => Attribute::Other,
    }
}

impl Stream for Exchange {
    type Headers = HeaderList;

    fn path(&self) -> Cow<'_, [u8]> {
        let lines = &self.0.request.lines;
        let path = lines.iter().find(|(name, _)| name == ":path");
        path.map(|(_, path)| path.as_slice())
            .unwrap_or_default()
            .into()
    }

    fn headers(&self) -> HeaderList {
        HeaderList::new(&self.0.request.lines)
    }

    fn cookies(&self) -> Option<Vec<u8>> {
        let lines = self.0.request.lines.iter();
        let cookies: Vec<&[u8]> = lines
            .filter(|(name, _)| name == "cookie")
            .map(|(_, value)| value.as_slice())
            .collect();
        (!cookies.is_empty()).then(|| cookies.join(&b','))
    }

    fn has_header(&self, name: &str) -> bool {
        let mut lines = self.0.request.lines.iter();
        lines.any(|(other, _)| other == name)
    }

    fn ends_with_headers(&self) -> bool {
        true
    }

    fn source_address(&self) -> Option<Vec<u8>> {
        self.0.request.source.clone().map(String::into_bytes)
    }

    fn attribute(&self, path: &AttributePath) -> Attribute {
        let path = path.segments().join(".");
        let mut attributes = self.0.request.attributes.iter();
        let given = attributes.find(|(other, _)| *other == path);
        given.map_or(Attribute::Absent, |(_, given)| attribute(given))
    }

    fn route_action(&self) -> Attribute {
        attribute(&self.0.request.route_action)
    }

    fn set_header(&self, name: &str, value: Option<&[u8]>) {
        let change = (name.to_owned(), value.map(<[u8]>::to_vec));
        self.0.changes.borrow_mut().push(change);
    }

    fn set_filter_state(&self, value: &str) {
        self.0.filter_state.replace(value.to_owned());
    }

    fn send(&self, reply: &LocalReply<'_>) -> bool {
        let headers = reply.headers();
        let reply = Reply {
            status: reply.status,
            headers: headers
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            body: reply.body.clone().into_owned(),
            grpc_status: reply.grpc_status,
            details: reply.details.to_owned(),
        };
        let before = self.0.reply.replace(Some(reply));
        assert!(before.is_none(), "one reply a request");
        true
    }

    fn resume(&self) {}

    fn is_open(&self) -> bool {
        true
    }
}
