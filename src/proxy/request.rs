//! The request that a context is asked about.

use std::cell::OnceCell;

use super::host;
use crate::{
    header_map::HeaderMap,
    policy::AttributePath,
    request::{Attribute, RequestHead},
    timestamp::Timestamp,
};

/// Reads from the host what is asked for, and keeps it.
#[derive(Debug, Default)]
pub(super) struct HostRequest {
    headers: OnceCell<HeaderMap>,
    path: OnceCell<Vec<u8>>,
    now: OnceCell<Timestamp>,
}

impl RequestHead for HostRequest {
    fn path(&self) -> &[u8] {
        match self.headers.get() {
            Some(headers) => headers.first(":path").unwrap_or_default(),
            None => self.path.get_or_init(|| host::request_header(":path")),
        }
    }

    fn headers(&self) -> &HeaderMap {
        self.headers.get_or_init(host::request_headers)
    }

    fn source_address(&self) -> Option<Vec<u8>> {
        host::source_address()
    }

    fn attribute(&self, path: &AttributePath) -> Attribute {
        host::attribute(path)
    }

    fn now(&self) -> Timestamp {
        *self.now.get_or_init(host::now)
    }
}
