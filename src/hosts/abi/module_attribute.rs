//! Which [attributes](https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/advanced/attributes)
//! Envoy hands to a dynamic module, and by which calls.

use maintenance_mode_core::policy::known_attribute::{self, ValueType};
use maintenance_mode_core::syntax::invalid::{Compiled, refuse};

/// What an attribute is read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source<'p> {
    /// A header of the request.
    Header(&'p str),
    /// Metadata, by namespace and key.
    Metadata(Owner, &'p str, &'p str),
    /// An entry of the filter state.
    FilterState(&'p str),
    /// `envoy_dynamic_module_type_attribute_id`, and the type of its value.
    Id(u32, Type),
}

/// Whose metadata.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// The request: what other filters found out.
    Request,
    /// Its route.
    Route,
    /// The cluster of that.
    Cluster,
}

/// The type of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// A string.
    Text,
    /// A whole number.
    Number,
    /// A boolean.
    Boolean,
}

/// `source.address`, with its port.
pub const SOURCE_ADDRESS: u32 = 24;

impl<'p> Source<'p> {
    /// That of the attribute at a path, if it can be read.
    pub fn of(path: &[&'p str]) -> Option<Self> {
        let source = match *path {
            ["request", "headers", name] => Self::Header(name),
            ["filter_state", key] => Self::FilterState(key),
            ["metadata", "filter_metadata", namespace, key] => {
                Self::Metadata(Owner::Request, namespace, key)
            }
            ["xds", "route_metadata", "filter_metadata", namespace, key] => {
                Self::Metadata(Owner::Route, namespace, key)
            }
            ["xds", "cluster_metadata", "filter_metadata", namespace, key] => {
                Self::Metadata(Owner::Cluster, namespace, key)
            }
            [object, name] => {
                let mut rows = IDS.iter();
                let &(_, _, id) = rows.find(|row| (row.0, row.1) == (object, name))?;
                let kind = match known_attribute::part(object, name)? {
                    ValueType::Boolean => Type::Boolean,
                    ValueType::Number => Type::Number,
                    _ => Type::Text,
                };
                Self::Id(id, kind)
            }
            _ => return None,
        };
        Some(source)
    }
}

/// Refuses what a dynamic module cannot read.
///
/// # Errors
/// What to do instead.
pub fn check(path: &[&str]) -> Compiled<()> {
    if Source::of(path).is_some() {
        return Ok(());
    }
    match path {
        [
            "metadata",
            "filter_metadata",
            "envoy.filters.http.jwt_authn",
            _,
            claim @ ..,
        ] => refuse(format!(
            "is a claim, and a dynamic module reads none: let jwt_authn write it into a header, \
             claim_to_headers: [{{header_name: x-jwt-{}, claim_name: {}}}], and match that in \
             \"headers\"",
            claim.join("-"),
            claim.join(".")
        )),
        [.., "filter_metadata", _, key, _] => refuse(format!(
            "leads below {key:?}, and a dynamic module reads values of the first level alone: \
             let a filter before this one copy it there, or into a header to match in \"headers\""
        )),
        _ => refuse(
            "cannot be read by a dynamic module: expected metadata by namespace and key, \
             [\"filter_state\", key], or an attribute of request, source, destination, connection \
             or xds",
        ),
    }
}

/// Those that a request can have before it is routed on: object, name, number.
const IDS: [(&str, &str, u32); 34] = [
    ("request", "path", 0),
    ("request", "url_path", 1),
    ("request", "host", 2),
    ("request", "scheme", 3),
    ("request", "method", 4),
    ("request", "referer", 6),
    ("request", "useragent", 7),
    ("request", "id", 9),
    ("request", "protocol", 10),
    ("request", "query", 11),
    ("request", "size", 13),
    ("request", "total_size", 14),
    ("source", "address", SOURCE_ADDRESS),
    ("source", "port", 25),
    ("destination", "address", 26),
    ("destination", "port", 27),
    ("connection", "id", 28),
    ("connection", "mtls", 29),
    ("connection", "requested_server_name", 30),
    ("connection", "tls_version", 31),
    ("connection", "subject_local_certificate", 32),
    ("connection", "subject_peer_certificate", 33),
    ("connection", "dns_san_local_certificate", 34),
    ("connection", "dns_san_peer_certificate", 35),
    ("connection", "uri_san_local_certificate", 36),
    ("connection", "uri_san_peer_certificate", 37),
    ("connection", "sha256_peer_certificate_digest", 38),
    ("connection", "transport_failure_reason", 39),
    ("connection", "termination_details", 40),
    ("xds", "cluster_name", 57),
    ("xds", "listener_direction", 59),
    ("xds", "route_name", 61),
    ("xds", "virtual_host_name", 63),
    ("xds", "filter_chain_name", 66),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_read_is_refused_with_what_to_do() {
        let claims = [
            "metadata",
            "filter_metadata",
            "envoy.filters.http.jwt_authn",
        ];
        for (path, advice) in [
            (
                [&claims[..], &["claims", "realm", "role"]].concat(),
                "claim_to_headers: [{header_name: x-jwt-realm-role, claim_name: realm.role}]",
            ),
            (
                vec!["xds", "route_metadata", "filter_metadata", "a", "b", "c"],
                "leads below \"b\"",
            ),
            (vec!["request", "time"], "cannot be read"),
            (vec!["plugin_name"], "cannot be read"),
        ] {
            let refused = check(&path).unwrap_err().to_string();
            assert!(refused.contains(advice), "{path:?}: {refused}");
        }
    }

    #[test]
    fn what_can_be_read_is_found() {
        let metadata = ["metadata", "filter_metadata", "a", "b"];
        for (path, source) in [
            (&["request", "path"][..], Source::Id(0, Type::Text)),
            (&["connection", "mtls"], Source::Id(29, Type::Boolean)),
            (&["request", "headers", "x-a"], Source::Header("x-a")),
            (&["filter_state", "a.b"], Source::FilterState("a.b")),
            (&metadata, Source::Metadata(Owner::Request, "a", "b")),
        ] {
            assert_eq!(Source::of(path), Some(source), "{path:?}");
            assert!(check(path).is_ok(), "{path:?}");
        }
    }
}
