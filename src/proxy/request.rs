//! The request that a context is asked about.

use std::{
    cell::{Cell, OnceCell},
    net::IpAddr,
};

use super::host;
use crate::{
    client_address::ClientAddress,
    header_map::HeaderMap,
    policy::AttributePath,
    request::{Attribute, RequestHead},
    timestamp::Timestamp,
};

/// Reads from the host what is asked for, and keeps it.
#[derive(Debug)]
pub(super) struct HostRequest<'p> {
    client_address: &'p ClientAddress,
    client_ip: OnceCell<Option<IpAddr>>,
    faulty: Cell<bool>,
    headers: OnceCell<HeaderMap>,
    path: OnceCell<Vec<u8>>,
    now: OnceCell<Timestamp>,
}

impl<'p> HostRequest<'p> {
    pub(super) fn new(client_address: &'p ClientAddress) -> Self {
        Self {
            client_address,
            client_ip: OnceCell::new(),
            faulty: Cell::new(false),
            headers: OnceCell::new(),
            path: OnceCell::new(),
            now: OnceCell::new(),
        }
    }

    /// Whether an error was reported.
    pub(super) fn is_faulty(&self) -> bool {
        self.faulty.get()
    }
}

impl RequestHead for HostRequest<'_> {
    fn path(&self) -> &[u8] {
        match self.headers.get() {
            Some(headers) => headers.first(":path").unwrap_or_default(),
            None => self.path.get_or_init(|| host::request_header(":path")),
        }
    }

    fn headers(&self) -> &HeaderMap {
        self.headers.get_or_init(host::request_headers)
    }

    fn client_ip(&self) -> Option<IpAddr> {
        *self.client_ip.get_or_init(|| {
            let source = host::source_address()?;
            self.client_address
                .resolve(&source, |name| self.headers().get(name))
        })
    }

    fn attribute(&self, path: &AttributePath) -> Attribute {
        host::attribute(path)
    }

    fn route_action(&self) -> Attribute {
        host::route_action()
    }

    fn random(&self) -> u64 {
        host::random()
    }

    fn report_error(&self) {
        self.faulty.set(true);
    }

    fn now(&self) -> Timestamp {
        *self.now.get_or_init(host::now)
    }
}
