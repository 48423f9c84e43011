//! The head of a request.

use std::net::IpAddr;

use crate::request::attribute::{Attribute, AttributePath};
use crate::request::headers::Headers;
use crate::syntax::timestamp::Timestamp;

/// The head of a request. Each method may cost a call of the host, so nothing is read
/// before a decision needs it, and nothing twice.
pub trait RequestHead {
    /// The headers, as the host has them.
    type Headers: Headers;

    /// `:path` as it was sent, with its query; empty for a `CONNECT`.
    fn path(&self) -> &[u8];

    /// All headers, pseudo-headers among them. Where they are needed anyway, they are
    /// also the cheapest way to the path.
    fn headers(&self) -> &Self::Headers;

    /// Whether nothing follows the headers.
    fn ends_with_headers(&self) -> bool;

    /// The client's IP address, if it has one.
    fn client_ip(&self) -> Option<IpAddr>;

    /// An attribute of the request or its connection.
    fn attribute(&self, path: &AttributePath) -> Attribute;

    /// The `action` in the metadata of the request's route.
    fn route_action(&self) -> Attribute;

    /// The time of day.
    fn now(&self) -> Timestamp;

    /// When its wait is over, where it has begun to wait for the end of maintenance.
    fn waits_until(&self) -> Option<Timestamp> {
        None
    }

    /// Any number, another one at each call.
    fn random(&self) -> u64;

    /// Something is wrong that is not the request's fault; it is counted.
    fn report_error(&self);
}

#[cfg(test)]
pub(crate) mod testing {
    //! A request for unit tests.

    use std::cell::Cell;

    use super::*;
    use crate::request::headers::HeaderList;

    /// A request that is all there from the start.
    pub(crate) struct TestRequest {
        pub(crate) headers: HeaderList,
        pub(crate) ends_with_headers: bool,
        pub(crate) client_ip: Option<IpAddr>,
        pub(crate) attribute: Attribute,
        pub(crate) route_action: Attribute,
        pub(crate) now: Timestamp,
        pub(crate) random: u64,
        pub(crate) errors: Cell<usize>,
    }

    impl TestRequest {
        /// A request from 192.0.2.1 at the Unix epoch, with the given header lines.
        pub(crate) fn new<V: AsRef<[u8]>>(headers: &[(&str, V)]) -> Self {
            Self {
                headers: HeaderList::new(headers),
                ends_with_headers: true,
                client_ip: "192.0.2.1".parse().ok(),
                attribute: Attribute::Absent,
                route_action: Attribute::Absent,
                now: Timestamp::from_unix_millis(0),
                random: 0,
                errors: Cell::new(0),
            }
        }
    }

    impl RequestHead for TestRequest {
        type Headers = HeaderList;

        fn path(&self) -> &[u8] {
            self.headers.first(":path").unwrap_or_default()
        }

        fn headers(&self) -> &HeaderList {
            &self.headers
        }

        fn ends_with_headers(&self) -> bool {
            self.ends_with_headers
        }

        fn client_ip(&self) -> Option<IpAddr> {
            self.client_ip
        }

        fn attribute(&self, _path: &AttributePath) -> Attribute {
            self.attribute.clone()
        }

        fn route_action(&self) -> Attribute {
            self.route_action.clone()
        }

        fn now(&self) -> Timestamp {
            self.now
        }

        fn random(&self) -> u64 {
            self.random
        }

        fn report_error(&self) {
            self.errors.set(self.errors.get() + 1);
        }
    }
}
