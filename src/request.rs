//! What the core reads of a request.

use std::net::IpAddr;

use crate::{header_map::HeaderMap, policy::AttributePath, timestamp::Timestamp};

/// The head of a request. Each method may cost a call of the host, so nothing is read
/// before a decision needs it, and nothing twice.
pub trait RequestHead {
    /// `:path` as it was sent, with its query; empty for a `CONNECT`.
    fn path(&self) -> &[u8];

    /// All headers, pseudo-headers among them. Where they are needed anyway, they are
    /// also the cheapest way to the path.
    fn headers(&self) -> &HeaderMap;

    /// The client's IP address, if it has one.
    fn client_ip(&self) -> Option<IpAddr>;

    /// One of Envoy's attributes.
    fn attribute(&self, path: &AttributePath) -> Attribute;

    /// The `action` in the metadata of the request's route.
    fn route_action(&self) -> Attribute;

    /// The time of day.
    fn now(&self) -> Timestamp;

    /// Any number, another one at each call.
    fn random(&self) -> u64;

    /// Something is wrong that is not the request's fault; it is counted.
    fn report_error(&self);
}

/// The value of an Envoy attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Attribute {
    /// There is none.
    Absent,
    /// A string; `true` and `false` for a boolean.
    Text(Vec<u8>),
    /// A number, a list or something else that has no text.
    Other,
}

impl Attribute {
    /// Reads Envoy's encoding, which does not name the type: a boolean is one byte, lists
    /// and maps begin with a 32-bit count and so have a NUL, and a number is eight bytes,
    /// little-endian. Where it may be one of these, but for booleans, `is_string` is asked.
    pub fn decode(value: Vec<u8>, is_string: impl FnOnce(&[u8]) -> bool) -> Self {
        match value.as_slice() {
            [0] => Self::Text(b"false".to_vec()),
            [1] => Self::Text(b"true".to_vec()),
            bytes if (bytes.len() == 8 || bytes.contains(&0)) && !is_string(bytes) => Self::Other,
            _ => Self::Text(value),
        }
    }
}

#[cfg(test)]
pub(crate) mod testing {
    //! A request for unit tests.

    use std::cell::Cell;

    use super::*;

    /// A request that is all there from the start.
    pub(crate) struct TestRequest {
        pub(crate) headers: HeaderMap,
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
                headers: HeaderMap::decode(HeaderMap::encode(headers)),
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
        fn path(&self) -> &[u8] {
            self.headers.first(":path").unwrap_or_default()
        }

        fn headers(&self) -> &HeaderMap {
            &self.headers
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_that_have_no_text_are_told_from_strings() {
        let decode = |value: &[u8]| Attribute::decode(value.to_vec(), |value| !value.contains(&0));
        let text = |text: &str| Attribute::Text(text.into());
        for same in ["", "1", "staff", "verified"] {
            assert_eq!(decode(same.as_bytes()), text(same));
        }
        assert_eq!(decode(&[1]), text("true"));
        assert_eq!(decode(&[0]), text("false"));
        assert_eq!(decode(&5.0f64.to_le_bytes()), Attribute::Other);
        assert_eq!(decode(&200i64.to_le_bytes()), Attribute::Other);
        assert_eq!(decode(&HeaderMap::encode(&[("a", "b")])), Attribute::Other);
        let number = Attribute::decode(b"verified".to_vec(), |_| false);
        assert_eq!(number, Attribute::Other);
        let bytes = Attribute::decode(b"a\0b".to_vec(), |_| true);
        assert_eq!(bytes, Attribute::Text(b"a\0b".to_vec()));
    }
}
