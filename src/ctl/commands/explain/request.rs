//! A request that the arguments describe.

use std::borrow::Cow;
use std::net::{IpAddr, SocketAddr};

use maintenance_mode_core::policy::client_address::ClientAddress;
use maintenance_mode_core::request::attribute::{Attribute, AttributePath};
use maintenance_mode_core::request::head::RequestHead;
use maintenance_mode_core::request::headers::{HeaderList, Headers};
use maintenance_mode_core::syntax::path;
use maintenance_mode_core::syntax::timestamp::Timestamp;

use crate::ctl::arguments::explain::Explain;
use crate::ctl::commands::explain::lines::Lines;

/// All of it is there from the start.
pub(super) struct DescribedRequest<'a> {
    options: Cow<'a, Explain>,
    headers: HeaderList,
    client_ip: Option<IpAddr>,
    now: Timestamp,
}

/// Port 0 would say that Envoy itself took the address from a header.
const SOME_PORT: u16 = 1;

impl<'a> DescribedRequest<'a> {
    pub(super) fn new(
        options: &'a Explain,
        client_address: &ClientAddress,
        now: Timestamp,
    ) -> Self {
        let headers = headers(options);
        let client_ip = options.ip.and_then(|ip| {
            let source = SocketAddr::new(ip, SOME_PORT).to_string();
            client_address.resolve(source.as_bytes(), |name| headers.get(name))
        });
        Self {
            options: Cow::Borrowed(options),
            headers,
            client_ip,
            now,
        }
    }

    /// The same request of another path.
    pub(super) fn with_path(&self, path: &str) -> DescribedRequest<'static> {
        let options = Explain {
            path: path.to_owned(),
            ..self.options.clone().into_owned()
        };
        DescribedRequest {
            headers: headers(&options),
            options: Cow::Owned(options),
            client_ip: self.client_ip,
            now: self.now,
        }
    }

    /// The host that it names; empty if none.
    pub(super) fn host(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(self.headers.first(":authority").unwrap_or_default())
    }

    /// The address that the connection comes from.
    pub(super) fn peer(&self) -> Option<IpAddr> {
        self.options.ip
    }

    pub(super) fn method(&self) -> &str {
        &self.options.method
    }
}

/// As Envoy hands them over: `host` is `:authority`, cookies come last.
fn headers(options: &Explain) -> HeaderList {
    let cookies = options.cookies.iter();
    let cookies = cookies.map(|(name, value)| format!("{name}={value}"));
    let cookies = cookies.collect::<Vec<_>>().join("; ");
    let mut lines = Lines::default();
    for (name, value) in &options.headers {
        let name = if name == "host" { ":authority" } else { name };
        lines.add(name, value);
    }
    if options.headers.iter().all(|(name, _)| name != "host") {
        lines.add(":authority", &options.host);
    }
    if !cookies.is_empty() {
        lines.add("cookie", &cookies);
    }
    lines.add(":path", &options.path);
    lines.add(":method", &options.method);
    lines.add(":scheme", "http");
    lines.into_headers()
}

impl RequestHead for DescribedRequest<'_> {
    type Headers = HeaderList;

    fn path(&self) -> &[u8] {
        self.options.path.as_bytes()
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
        let mut given = self.options.attributes.iter();
        let given = given.find(|(name, _)| *name == dotted);
        let given = given.map(|(_, value)| value.as_bytes().to_vec());
        let value = given.or_else(|| match segments.as_slice() {
            ["request", "headers", name] => self.headers.get(name).map(Into::into),
            ["request", "path"] => Some(self.path().into()),
            ["request", "url_path"] => Some(path::without_query(self.path()).into()),
            ["request", "method"] => Some(self.options.method.as_str().into()),
            ["request", "host"] => self.headers.first(":authority").map(Into::into),
            _ => None,
        });
        value.map_or(Attribute::Absent, Attribute::Text)
    }

    fn route_action(&self) -> Attribute {
        let action = self.options.route_action.as_deref();
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
