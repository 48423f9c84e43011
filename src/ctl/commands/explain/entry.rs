//! Why an entry does not match.

use maintenance_mode_core::config::matchers::MatchersConfig;
use maintenance_mode_core::policy::kind::Kind;
use maintenance_mode_core::policy::reading::Reading;
use maintenance_mode_core::request::head::RequestHead;
use maintenance_mode_core::syntax::path::without_query;

use crate::ctl::commands::explain::spelling::{finds, of_host, of_method, of_path};
use crate::ctl::requests::request::Request;

/// Why an entry does not match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Why {
    pub(super) text: String,
    /// Whether only a detail differs.
    pub(super) is_close: bool,
}

/// Why an entry, which stands alone in `entry`, does not match; `None` if it does.
pub(super) fn why(
    kind: Kind,
    entry: &MatchersConfig,
    reading: Reading,
    request: &Request,
) -> Option<Why> {
    if finds(entry, reading, request) {
        return None;
    }
    let close = match kind {
        Kind::Path => of_path(entry, reading, request),
        Kind::Host => of_host(entry, reading, request),
        Kind::Method => of_method(entry, reading, request),
        Kind::Header | Kind::Cookie | Kind::Attribute => of_value(entry, reading, request),
        Kind::ClientIp => None,
    };
    Some(Why {
        is_close: close.is_some(),
        text: close.unwrap_or_else(|| far(kind, entry, request)),
    })
}

/// Whether a header, a cookie or an attribute is there.
fn of_value(entry: &MatchersConfig, reading: Reading, request: &Request) -> Option<String> {
    let mut present = entry.clone();
    let fields = present.headers.iter_mut().chain(&mut present.cookies);
    let mut is_unwanted = false;
    for field in fields.flatten() {
        is_unwanted |= field.present == Some(false);
        field.present = Some(true);
        (field.exact, field.prefix) = (None, None);
        (field.suffix, field.regex) = (None, None);
    }
    for field in present.attributes.iter_mut().flatten() {
        is_unwanted |= field.present == Some(false);
        field.present = Some(true);
        (field.exact, field.prefix) = (None, None);
        (field.suffix, field.regex) = (None, None);
    }
    finds(&present, reading, request).then(|| {
        let is = if is_unwanted {
            "is there"
        } else {
            "has another value"
        };
        format!("{} {is}", named(entry))
    })
}

/// What an entry asks for by a name.
fn named(entry: &MatchersConfig) -> String {
    let headers = entry.headers.iter().flatten();
    let headers = headers.map(|entry| format!("the header {:?}", entry.name));
    let cookies = entry.cookies.iter().flatten();
    let cookies = cookies.map(|entry| format!("the cookie {:?}", entry.name));
    let attributes = entry.attributes.iter().flatten();
    let attributes = attributes.map(|entry| format!("the attribute {:?}", entry.path.join(".")));
    let mut names = headers.chain(cookies).chain(attributes);
    names.next().unwrap_or_default()
}

fn far(kind: Kind, entry: &MatchersConfig, request: &Request) -> String {
    match kind {
        Kind::ClientIp => {
            let mut blocks = entry.client_ips.iter().flatten();
            let block = blocks.next().map_or("it", String::as_str);
            match request.client_ip() {
                Some(client) => format!("the client's address {client} is outside {block}"),
                None => "the client has no address".to_owned(),
            }
        }
        Kind::Path => {
            let path = String::from_utf8_lossy(without_query(request.path()));
            format!("the path is {path:?}")
        }
        Kind::Host if request.host().is_empty() => {
            "the request names no host: give it with --host".to_owned()
        }
        Kind::Host => format!("the host is {:?}", request.host()),
        Kind::Method => format!("the method is {:?}", request.method()),
        Kind::Header | Kind::Cookie => format!("{} is absent", named(entry)),
        Kind::Attribute => format!("{} is absent: give it with --attribute", named(entry)),
    }
}
