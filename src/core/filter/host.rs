//! What the application asks of its host.

use std::borrow::Cow;
use std::fmt;

use log::Level;

use crate::policy::environment::{CheckAttribute, any_attribute};
use crate::reply::local_reply::LocalReply;
use crate::request::attribute::{Attribute, AttributePath};
use crate::request::headers::Headers;
use crate::store::grpc::Client;
use crate::store::shared_map::SharedMap;
use crate::syntax::timestamp::Timestamp;

/// The process: what is the same for all requests of a worker.
pub trait Host {
    /// A number in the stats of the process.
    type Metric: Metric;
    /// What all workers of the process share.
    type SharedMap: SharedMap;
    /// A request.
    type Stream: Stream;

    /// Whose the variables are that [`Host::variable`] looks up, for errors.
    const ENVIRONMENT: &'static str;

    /// Which attributes can be read.
    const CHECK_ATTRIBUTE: CheckAttribute = any_attribute;

    /// Nanoseconds since the Unix epoch.
    fn nanos(&self) -> u64;

    /// Any number, another one at each call.
    fn random(&self) -> u64;

    /// Writes a line to the log.
    fn log(&self, level: Level, line: fmt::Arguments<'_>);

    /// A variable of the environment that the filter has.
    fn variable(&self, name: &str) -> Option<String>;

    /// A number that only grows, by its name.
    fn counter(&self, name: &str) -> Self::Metric;

    /// A number that is set, by its name.
    fn gauge(&self, name: &str) -> Self::Metric;

    /// What all workers of the process share.
    fn shared_map(&self) -> Self::SharedMap;

    /// The connection to a store; what it answers goes to
    /// [`Waiting`](crate::filter::waiting::Waiting).
    fn client(&self) -> Box<dyn Client>;

    /// The id of the node, which no other of the fleet has.
    fn node_id(&self) -> String;

    /// Asks for a tick each so many milliseconds.
    fn set_tick_period(&self, millis: u32);

    /// The time of day.
    fn now(&self) -> Timestamp {
        let millis = self.nanos() / 1_000_000;
        Timestamp::from_unix_millis(i64::try_from(millis).unwrap_or(i64::MAX))
    }
}

/// A number in the stats of the process; where the process keeps no such number, it is 0.
pub trait Metric {
    /// Adds one.
    fn increment(&self);

    /// Takes one away.
    fn decrement(&self);

    /// Sets it.
    fn set(&self, value: u64);

    /// What it is.
    fn value(&self) -> u64;
}

/// A request, as its host has it.
pub trait Stream: Clone {
    /// The headers.
    type Headers: Headers;

    /// `:path` as it was sent, with its query; empty where there is none.
    fn path(&self) -> Cow<'_, [u8]>;

    /// All headers, pseudo-headers among them.
    fn headers(&self) -> Self::Headers;

    /// Whether a header is there; costs next to nothing where it is not.
    fn has_header(&self, name: &str) -> bool;

    /// Whether nothing follows the headers.
    fn ends_with_headers(&self) -> bool;

    /// All lines of `cookie`, whatever stands between them; cheaper than all headers.
    fn cookies(&self) -> Option<Vec<u8>>;

    /// The address and port of the peer, as text: `10.0.0.1:4711`, `[2001:db8::1]:4711`.
    fn source_address(&self) -> Option<Vec<u8>>;

    /// An attribute of the request or its connection.
    fn attribute(&self, path: &AttributePath) -> Attribute;

    /// The `action` in the metadata of the request's route.
    fn route_action(&self) -> Attribute;

    /// Sets a header of the request, or removes it.
    fn set_header(&self, name: &str, value: Option<&[u8]>);

    /// Writes what became of the request for access logs.
    fn set_filter_state(&self, value: &str);

    /// Answers the request here; `false` if the host could not. One call a request.
    fn send(&self, reply: &LocalReply<'_>) -> bool;

    /// Lets the request go on that was stopped.
    fn resume(&self);

    /// Whether the request is still there, so that it can be answered.
    fn is_open(&self) -> bool;
}
