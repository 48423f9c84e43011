//! What entries ask of a request.

use std::cell::OnceCell;
use std::net::IpAddr;

use crate::policy::sent_host::SentHost;
use crate::request::attribute::{Attribute, AttributePath};
use crate::request::cookies::Cookies;
use crate::request::head::RequestHead;
use crate::request::headers::Headers;
use crate::request::kept::Kept;
use crate::request::text::Text;
use crate::syntax::path::without_query;
use crate::syntax::readings::Readings;

/// What entries ask of a request. Each thing is found out when it is first asked for, and kept: what
/// it costs does not grow with the number of entries.
#[derive(Debug)]
pub struct Seen<'s, R> {
    request: &'s R,
    path: OnceCell<Readings<'s>>,
    host: OnceCell<SentHost<'s>>,
    /// Those that are there, so that there are no more than the request has.
    headers: Kept<&'s str, Text<'s>>,
    cookies: OnceCell<Cookies<'s>>,
    attributes: Kept<&'s [Box<str>], Said>,
}

/// What an attribute says.
#[derive(Debug)]
pub(super) enum Said {
    /// There is none.
    Absent,
    /// A text.
    Text(Text<'static>),
    /// What has no text.
    Other,
}

impl<'s, R: RequestHead> Seen<'s, R> {
    /// A request of which nothing was seen yet.
    pub fn new(request: &'s R) -> Self {
        Self {
            request,
            path: OnceCell::new(),
            host: OnceCell::new(),
            headers: Kept::default(),
            cookies: OnceCell::new(),
            attributes: Kept::default(),
        }
    }

    /// The request.
    pub fn request(&self) -> &'s R {
        self.request
    }

    pub(super) fn client_ip(&self) -> Option<IpAddr> {
        self.request.client_ip()
    }

    /// The path without its query.
    pub(super) fn path(&self) -> &Readings<'s> {
        let path = || without_query(self.pseudo_header(":path"));
        self.path.get_or_init(|| Readings::new(path()))
    }

    pub(super) fn host(&self) -> &SentHost<'s> {
        let authority = || self.pseudo_header(":authority");
        self.host.get_or_init(|| SentHost::new(authority()))
    }

    pub(super) fn method(&self) -> &'s [u8] {
        self.pseudo_header(":method")
    }

    pub(super) fn header(&self, name: &'s str) -> Option<&Text<'s>> {
        let headers = self.request.headers();
        headers.first(name)?;
        let value = || headers.get(name).unwrap_or_default();
        Some(self.headers.get(name, || Text::new(value())))
    }

    pub(super) fn cookies(&self) -> &Cookies<'s> {
        let random = || self.request.random();
        self.cookies
            .get_or_init(|| Cookies::of(self.request.headers(), random))
    }

    pub(super) fn attribute(&self, path: &'s AttributePath) -> &Said {
        let ask = || match self.request.attribute(path) {
            Attribute::Absent => Said::Absent,
            Attribute::Text(text) => Said::Text(Text::new(text.into())),
            Attribute::Other => Said::Other,
        };
        self.attributes.get(path.segments(), ask)
    }

    fn pseudo_header(&self, name: &str) -> &'s [u8] {
        self.request.headers().first(name).unwrap_or_default()
    }
}
