//! A request that is made up.

use std::borrow::Cow;
use std::net::IpAddr;

use maintenance_mode_core::request::attribute::{Attribute, AttributePath};
use maintenance_mode_core::request::head::RequestHead;
use maintenance_mode_core::request::headers::{HeaderList, Headers};
use maintenance_mode_core::syntax::path;
use maintenance_mode_core::syntax::timestamp::Timestamp;

/// All of it is there from the start.
#[derive(Clone, Debug)]
pub(crate) struct SyntheticRequest {
    lines: Vec<(String, String)>,
    headers: HeaderList,
    pub(crate) client_ip: Option<IpAddr>,
    /// Paths, by dots, and values; what follows from the rest of the request need not be here.
    pub(crate) attributes: Vec<(String, String)>,
    pub(crate) route_action: Option<String>,
    now: Timestamp,
}

const PATH: &str = ":path";

impl SyntheticRequest {
    /// A request with these lines of headers, pseudo-headers among them.
    pub(crate) fn new(lines: Vec<(String, String)>, now: Timestamp) -> Self {
        Self {
            headers: HeaderList::new(&lines),
            lines,
            client_ip: None,
            attributes: Vec::new(),
            route_action: None,
            now,
        }
    }

    /// The same request of another path.
    pub(crate) fn with_path(&self, path: &str) -> Self {
        let mut lines = self.lines.clone();
        for (_, value) in lines.iter_mut().filter(|(name, _)| name == PATH) {
            path.clone_into(value);
        }
        Self {
            headers: HeaderList::new(&lines),
            lines,
            ..self.clone()
        }
    }

    /// The host that it names; empty if none.
    pub(crate) fn host(&self) -> Cow<'_, str> {
        self.first(":authority")
    }

    pub(crate) fn method(&self) -> Cow<'_, str> {
        self.first(":method")
    }

    fn first(&self, name: &str) -> Cow<'_, str> {
        String::from_utf8_lossy(self.headers.first(name).unwrap_or_default())
    }
}

impl RequestHead for SyntheticRequest {
    type Headers = HeaderList;

    fn path(&self) -> &[u8] {
        self.headers.first(PATH).unwrap_or_default()
    }

    fn headers(&self) -> &HeaderList {
        &self.headers
    }

    fn ends_with_headers(&self) -> bool {
        true
    }

    fn client_ip(&self) -> Option<IpAddr> {
        self.client_ip
    }

    /// What is given, or else follows from the rest of the request.
    fn attribute(&self, path: &AttributePath) -> Attribute {
        let segments: Vec<&str> = path.segments().iter().map(|segment| &**segment).collect();
        let dotted = segments.join(".");
        let mut given = self.attributes.iter();
        let given = given.find(|(name, _)| *name == dotted);
        let given = given.map(|(_, value)| value.as_bytes().to_vec());
        let value = given.or_else(|| match segments.as_slice() {
            ["request", "headers", name] => self.headers.get(name).map(Into::into),
            ["request", "path"] => Some(self.path().into()),
            ["request", "url_path"] => Some(path::without_query(self.path()).into()),
            ["request", "method"] => self.headers.first(":method").map(Into::into),
            ["request", "host"] => self.headers.first(":authority").map(Into::into),
            _ => None,
        });
        value.map_or(Attribute::Absent, Attribute::Text)
    }

    fn route_action(&self) -> Attribute {
        let action = self.route_action.as_deref();
        action.map_or(Attribute::Absent, |action| Attribute::Text(action.into()))
    }

    fn now(&self) -> Timestamp {
        self.now
    }

    fn random(&self) -> u64 {
        0
    }

    fn report_error(&self) {}
}
