//! Why an entry does not match.

use maintenance_mode_core::config::matchers::{FieldConfig, MatchersConfig};
use maintenance_mode_core::policy::kind::Kind;
use maintenance_mode_core::policy::reading::Reading;
use maintenance_mode_core::request::head::RequestHead;
use maintenance_mode_core::syntax::path::without_query;

use crate::ctl::commands::explain::spelling::{finds, of_host, of_method, of_path};
use crate::ctl::requests::synthetic_request::SyntheticRequest;

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
    request: &SyntheticRequest,
) -> Option<Why> {
    if finds(entry, reading, request) {
        return None;
    }
    let close = match kind {
        Kind::Path => of_path(entry, reading, request),
        Kind::Host => of_host(entry, reading, request),
        Kind::Method => of_method(entry, reading, request),
        Kind::Header | Kind::Cookie | Kind::Attribute => of_value(kind, entry, reading, request),
        Kind::ClientIp => None,
    };
    Some(Why {
        is_close: close.is_some(),
        text: close.unwrap_or_else(|| far(kind, entry, request)),
    })
}

/// Whether a header, a cookie or an attribute is there.
fn of_value(
    kind: Kind,
    entry: &MatchersConfig,
    reading: Reading,
    request: &SyntheticRequest,
) -> Option<String> {
    let mut present = entry.clone();
    /// Makes the entry of a list take any value; whether it takes none.
    macro_rules! widen {
        ($list:ident) => {
            present.$list.iter_mut().flatten().any(|entry| {
                (entry.exact, entry.prefix) = (None, None);
                (entry.suffix, entry.regex) = (None, None);
                entry.present.replace(true) == Some(false)
            })
        };
    }
    let is_unwanted = match kind {
        Kind::ClientIp | Kind::Path | Kind::Host | Kind::Method => return None,
        Kind::Header => widen!(headers),
        Kind::Cookie => widen!(cookies),
        Kind::Attribute => widen!(attributes),
    };
    finds(&present, reading, request).then(|| {
        let is = match is_unwanted {
            true => "is there",
            false => "has another value",
        };
        format!("{} {is}", named(kind, entry))
    })
}

/// What an entry asks for by a name.
fn named(kind: Kind, entry: &MatchersConfig) -> String {
    let name = |fields: &Option<Vec<FieldConfig>>| {
        let mut fields = fields.iter().flatten();
        fields
            .next()
            .map(|field| field.name.clone())
            .unwrap_or_default()
    };
    match kind {
        Kind::ClientIp | Kind::Path | Kind::Host | Kind::Method => String::new(),
        Kind::Header => format!("the header {:?}", name(&entry.headers)),
        Kind::Cookie => format!("the cookie {:?}", name(&entry.cookies)),
        Kind::Attribute => {
            let mut attributes = entry.attributes.iter().flatten();
            let path = attributes.next().map(|attribute| attribute.path.join("."));
            format!("the attribute {:?}", path.unwrap_or_default())
        }
    }
}

fn far(kind: Kind, entry: &MatchersConfig, request: &SyntheticRequest) -> String {
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
        Kind::Header | Kind::Cookie => format!("{} is absent", named(kind, entry)),
        Kind::Attribute => {
            let named = named(kind, entry);
            format!("{named} is absent: give it with --attribute")
        }
    }
}
