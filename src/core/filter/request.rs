//! The request that is decided on.

use std::borrow::Cow;
use std::cell::{Cell, OnceCell};
use std::net::IpAddr;

use crate::filter::host::{Host, Stream};
use crate::policy::bypass_cookie::BypassCookie;
use crate::policy::client_address::ClientAddress;
use crate::request::attribute::{Attribute, AttributePath};
use crate::request::head::RequestHead;
use crate::request::headers::Headers;
use crate::syntax::timestamp::Timestamp;

/// Reads from the host what is asked for, and keeps it.
pub(crate) struct Request<'r, H: Host> {
    host: &'r H,
    stream: &'r H::Stream,
    client_address: &'r ClientAddress,
    client_ip: OnceCell<Option<IpAddr>>,
    faulty: Cell<bool>,
    headers: OnceCell<<H::Stream as Stream>::Headers>,
    path: OnceCell<Cow<'r, [u8]>>,
    now: OnceCell<Timestamp>,
    waits_until: Option<Timestamp>,
}

impl<'r, H: Host> Request<'r, H> {
    pub(crate) fn new(
        host: &'r H,
        stream: &'r H::Stream,
        client_address: &'r ClientAddress,
    ) -> Self {
        Self {
            host,
            stream,
            client_address,
            client_ip: OnceCell::new(),
            faulty: Cell::new(false),
            headers: OnceCell::new(),
            path: OnceCell::new(),
            now: OnceCell::new(),
            waits_until: None,
        }
    }

    /// The same after it has begun to wait for the end of maintenance.
    pub(crate) fn waiting(self, until: Timestamp) -> Self {
        Self {
            waits_until: Some(until),
            ..self
        }
    }

    /// Removes a header that goes no further. To look first costs little: a host may have to
    /// find the route anew for whatever is done to the headers.
    pub(crate) fn remove(&self, name: &str) {
        let is_there = match self.headers.get() {
            Some(headers) => headers.first(name).is_some(),
            None => self.stream.has_header(name),
        };
        if is_there {
            self.stream.set_header(name, None);
        }
    }

    /// Takes a cookie out of the others.
    pub(crate) fn remove_cookie(&self, cookie: &BypassCookie) {
        let may_be_there = self.headers.get().is_some()
            || (self.stream.cookies()).is_some_and(|cookies| cookie.may_be_in(&cookies));
        if may_be_there && let Some(others) = cookie.other_cookies(self.headers()) {
            let others = (!others.is_empty()).then_some(&*others);
            self.stream.set_header("cookie", others);
        }
    }

    /// Whether an error was reported.
    pub(crate) fn is_faulty(&self) -> bool {
        self.faulty.get()
    }
}

impl<H: Host> RequestHead for Request<'_, H> {
    type Headers = <H::Stream as Stream>::Headers;

    fn path(&self) -> &[u8] {
        match self.headers.get() {
            Some(headers) => headers.first(":path").unwrap_or_default(),
            None => self.path.get_or_init(|| self.stream.path()),
        }
    }

    fn headers(&self) -> &Self::Headers {
        self.headers.get_or_init(|| self.stream.headers())
    }

    fn ends_with_headers(&self) -> bool {
        self.stream.ends_with_headers()
    }

    fn client_ip(&self) -> Option<IpAddr> {
        *self.client_ip.get_or_init(|| {
            let source = self.stream.source_address()?;
            self.client_address
                .resolve(&source, |name| self.headers().get(name))
        })
    }

    fn attribute(&self, path: &AttributePath) -> Attribute {
        self.stream.attribute(path)
    }

    fn route_action(&self) -> Attribute {
        self.stream.route_action()
    }

    fn now(&self) -> Timestamp {
        *self.now.get_or_init(|| self.host.now())
    }

    fn waits_until(&self) -> Option<Timestamp> {
        self.waits_until
    }

    fn random(&self) -> u64 {
        self.host.random()
    }

    fn report_error(&self) {
        self.faulty.set(true);
    }
}
