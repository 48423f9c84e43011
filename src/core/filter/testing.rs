//! A host for unit tests, in memory.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::fmt;
use std::net::Ipv4Addr;
use std::rc::Rc;

use log::Level;

use crate::filter::host::{Host, Metric, Stream};
use crate::reply::local_reply::LocalReply;
use crate::request::attribute::{Attribute, AttributePath};
use crate::request::headers::{HeaderList, Headers};
use crate::store::etcd::testing::Model;
use crate::store::grpc::Client;
use crate::store::shared_map::testing::Process;
use crate::syntax::timestamp::Timestamp;

/// The variable that holds a token, and the token.
pub(crate) const TOKEN: (&str, &str) = ("TOKEN", "a token of the environment");

/// A process with a log, stats, a shared map and a model of etcd.
#[derive(Clone)]
pub(crate) struct TestHost {
    pub(crate) process: Rc<Process>,
    pub(crate) etcd: Rc<Model>,
    pub(crate) now: Rc<Cell<Timestamp>>,
    pub(crate) tick_period: Rc<Cell<Option<u32>>>,
    log: Rc<RefCell<Vec<String>>>,
    stats: Rc<RefCell<BTreeMap<String, Rc<Cell<u64>>>>>,
    random: Rc<Cell<u64>>,
}

impl TestHost {
    pub(crate) fn new() -> Self {
        let now = Timestamp::parse("2026-01-01T00:00:00Z").unwrap();
        Self {
            process: Rc::default(),
            etcd: Model::new(),
            now: Rc::new(Cell::new(now)),
            tick_period: Rc::default(),
            log: Rc::default(),
            stats: Rc::default(),
            random: Rc::default(),
        }
    }

    /// What was logged since it was last asked, the level before each line.
    pub(crate) fn log(&self) -> Vec<String> {
        self.log.take()
    }

    /// A counter or a gauge of the scope `default`; nothing defined it if there is none.
    pub(crate) fn stat(&self, name: &str) -> u64 {
        let stats = self.stats.borrow();
        stats[&format!("maintenance_mode.default.{name}")].get()
    }

    /// The stats that are not 0.
    pub(crate) fn stats(&self) -> Vec<String> {
        let stats = self.stats.borrow();
        let counted = stats.iter().filter(|(_, value)| value.get() > 0);
        let name = |name: &String| name.replace("maintenance_mode.default.", "");
        counted
            .map(|(key, value)| format!("{}={}", name(key), value.get()))
            .collect()
    }

    fn define(&self, name: &str) -> Rc<Cell<u64>> {
        let mut stats = self.stats.borrow_mut();
        Rc::clone(stats.entry(name.to_owned()).or_default())
    }
}

impl Metric for Rc<Cell<u64>> {
    fn increment(&self) {
        self.as_ref().set(self.get() + 1);
    }

    fn decrement(&self) {
        self.as_ref().set(self.get() - 1);
    }

    fn set(&self, value: u64) {
        self.as_ref().set(value);
    }

    fn value(&self) -> u64 {
        self.get()
    }
}

impl Host for TestHost {
    type Metric = Rc<Cell<u64>>;
    type SharedMap = Rc<Process>;
    type Stream = TestStream;

    const ENVIRONMENT: &'static str = "the process";

    fn nanos(&self) -> u64 {
        u64::try_from(self.now.get().unix_millis()).unwrap() * 1_000_000
    }

    fn random(&self) -> u64 {
        self.random.set(self.random.get() + 1);
        self.random.get()
    }

    fn log(&self, level: Level, line: fmt::Arguments<'_>) {
        self.log.borrow_mut().push(format!("{level} {line}"));
    }

    fn variable(&self, name: &str) -> Option<String> {
        (name == TOKEN.0).then(|| TOKEN.1.to_owned())
    }

    fn counter(&self, name: &str) -> Rc<Cell<u64>> {
        self.define(name)
    }

    fn gauge(&self, name: &str) -> Rc<Cell<u64>> {
        self.define(name)
    }

    fn shared_map(&self) -> Rc<Process> {
        Rc::clone(&self.process)
    }

    fn client(&self) -> Box<dyn Client> {
        Box::new(Rc::clone(&self.etcd))
    }

    fn node_id(&self) -> String {
        "a node".to_owned()
    }

    fn set_tick_period(&self, millis: u32) {
        self.tick_period.set(Some(millis));
    }
}

/// A request from 192.0.2.1, and what was done to it.
#[derive(Clone)]
pub(crate) struct TestStream(Rc<Record>);

pub(crate) struct Record {
    headers: HeaderList,
    pub(crate) route_action: Attribute,
    pub(crate) ends_with_headers: Cell<bool>,
    pub(crate) is_open: Cell<bool>,
    /// What of the headers was read, in its order.
    pub(crate) read: RefCell<Vec<&'static str>>,
    /// Whether the host refuses replies.
    pub(crate) refuses: Cell<bool>,
    /// The headers that were set or removed.
    pub(crate) changes: RefCell<Vec<(String, Option<String>)>>,
    pub(crate) filter_state: RefCell<String>,
    /// The status and the body of the reply.
    pub(crate) reply: RefCell<Option<(u16, String)>>,
    pub(crate) is_resumed: Cell<bool>,
    pub(crate) source: Cell<[u8; 4]>,
}

impl TestStream {
    pub(crate) fn new(headers: &[(&str, &str)]) -> Self {
        Self::on_route(headers, Attribute::Absent)
    }

    /// A request whose route has this action in its metadata.
    pub(crate) fn on_route(headers: &[(&str, &str)], route_action: Attribute) -> Self {
        Self(Rc::new(Record {
            headers: HeaderList::new(headers),
            route_action,
            ends_with_headers: Cell::new(true),
            is_open: Cell::new(true),
            read: RefCell::default(),
            refuses: Cell::new(false),
            changes: RefCell::default(),
            filter_state: RefCell::default(),
            reply: RefCell::default(),
            is_resumed: Cell::default(),
            source: Cell::new([192, 0, 2, 1]),
        }))
    }

    /// A call of the admin endpoint at `/m` with the token.
    pub(crate) fn call(method: &str, call: &str) -> Self {
        let authorization = format!("Bearer {}", TOKEN.1);
        Self::new(&[
            (":method", method),
            (":path", &format!("/m{call}")),
            ("authorization", &authorization),
        ])
    }

    pub(crate) fn seen(&self) -> &Record {
        &self.0
    }

    /// The status of the reply, if it was answered.
    pub(crate) fn status(&self) -> Option<u16> {
        self.0.reply.borrow().as_ref().map(|(status, _)| *status)
    }
}

impl Record {
    fn asked(&self, what: &'static str) {
        self.read.borrow_mut().push(what);
    }
}

impl Stream for TestStream {
    type Headers = HeaderList;

    fn path(&self) -> Cow<'_, [u8]> {
        self.0.asked("path");
        self.0.headers.first(":path").unwrap_or_default().into()
    }

    fn headers(&self) -> HeaderList {
        self.0.asked("headers");
        self.0.headers.clone()
    }

    fn has_header(&self, name: &str) -> bool {
        self.0.headers.first(name).is_some()
    }

    fn ends_with_headers(&self) -> bool {
        self.0.ends_with_headers.get()
    }

    fn cookies(&self) -> Option<Vec<u8>> {
        self.0.asked("cookies");
        let lines: Vec<_> = self.0.headers.values("cookie").collect();
        (!lines.is_empty()).then(|| lines.join(&b','))
    }

    fn source_address(&self) -> Option<Vec<u8>> {
        let address = Ipv4Addr::from(self.0.source.get());
        Some(format!("{address}:4711").into_bytes())
    }

    fn attribute(&self, path: &AttributePath) -> Attribute {
        Attribute::Text(path.segments().join(".").into())
    }

    fn route_action(&self) -> Attribute {
        self.0.route_action.clone()
    }

    fn set_header(&self, name: &str, value: Option<&[u8]>) {
        let value = value.map(|value| String::from_utf8_lossy(value).into_owned());
        let change = (name.to_owned(), value);
        self.0.changes.borrow_mut().push(change);
    }

    fn set_filter_state(&self, value: &str) {
        self.0.filter_state.replace(value.to_owned());
    }

    fn send(&self, reply: &LocalReply<'_>) -> bool {
        let sent = (reply.status, reply.body.clone().into_owned());
        let before = self.0.reply.replace(Some(sent));
        assert!(before.is_none(), "one reply a request");
        !self.0.refuses.get()
    }

    fn resume(&self) {
        assert!(!self.0.is_resumed.replace(true), "once a request");
    }

    fn is_open(&self) -> bool {
        self.0.is_open.get()
    }
}
