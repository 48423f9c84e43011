//! [Attributes](https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/advanced/attributes),
//! as far as Envoy hands them to a dynamic module.

use maintenance_mode_core::request::attribute::Attribute;
use maintenance_mode_core::request::headers::Headers;

use crate::hosts::native::abi::{CLUSTER_METADATA, DYNAMIC_METADATA, ROUTE_METADATA};
use crate::hosts::native::callbacks::Filter;

/// `source.address`, with its port.
pub(super) const SOURCE_ADDRESS: u32 = 24;

enum Kind {
    Text,
    Number,
    Boolean,
}

/// The attribute at a path.
pub(super) fn read(filter: Filter, headers: &impl Headers, path: &[Box<str>]) -> Attribute {
    let path: Vec<&str> = path.iter().map(|segment| &**segment).collect();
    match path.as_slice() {
        ["request", "headers", name] => match headers.get(name) {
            Some(value) => Attribute::Text(value.into_owned()),
            None => Attribute::Absent,
        },
        ["metadata", "filter_metadata", namespace, key] => {
            metadata(filter, DYNAMIC_METADATA, (namespace, key), "true")
        }
        ["xds", "route_metadata", "filter_metadata", namespace, key] => {
            metadata(filter, ROUTE_METADATA, (namespace, key), "true")
        }
        ["xds", "cluster_metadata", "filter_metadata", namespace, key] => {
            metadata(filter, CLUSTER_METADATA, (namespace, key), "true")
        }
        ["filter_state", key] => text(filter.filter_state(key)),
        [root, name] => by_id(filter, root, name),
        _ => Attribute::Absent,
    }
}

/// The action in the metadata of the route. YAML makes the boolean true of an `on` without quotes.
pub(super) fn action(filter: Filter) -> Attribute {
    metadata(filter, ROUTE_METADATA, ("maintenance_mode", "action"), "on")
}

/// A value in metadata, by namespace and key; a boolean as text, of which `truth` is true.
fn metadata(filter: Filter, source: u32, (namespace, key): (&str, &str), truth: &str) -> Attribute {
    if !filter.has_metadata(source, namespace, key) {
        return Attribute::Absent;
    }
    if let Some(value) = filter.metadata_string(source, namespace, key) {
        return Attribute::Text(value.to_owned());
    }
    match filter.metadata_bool(source, namespace, key) {
        Some(true) => Attribute::Text(truth.into()),
        Some(false) => Attribute::Text(b"false".to_vec()),
        None => Attribute::Other,
    }
}

fn by_id(filter: Filter, root: &str, name: &str) -> Attribute {
    let Some((id, kind)) = id(root, name) else {
        return Attribute::Absent;
    };
    match kind {
        Kind::Text => text(filter.attribute_string(id)),
        Kind::Number => match filter.attribute_int(id) {
            Some(_) => Attribute::Other,
            None => Attribute::Absent,
        },
        // A connection without TLS has none.
        Kind::Boolean => {
            let value = filter.attribute_bool(id).unwrap_or_default();
            Attribute::Text(value.to_string().into_bytes())
        }
    }
}

fn text(value: Option<&[u8]>) -> Attribute {
    value.map_or(Attribute::Absent, |value| Attribute::Text(value.to_owned()))
}

/// `envoy_dynamic_module_type_attribute_id`, of those that a request can have.
fn id(root: &str, name: &str) -> Option<(u32, Kind)> {
    let (id, kind) = match (root, name) {
        ("request", "path") => (0, Kind::Text),
        ("request", "url_path") => (1, Kind::Text),
        ("request", "host") => (2, Kind::Text),
        ("request", "scheme") => (3, Kind::Text),
        ("request", "method") => (4, Kind::Text),
        ("request", "referer") => (6, Kind::Text),
        ("request", "useragent") => (7, Kind::Text),
        ("request", "id") => (9, Kind::Text),
        ("request", "protocol") => (10, Kind::Text),
        ("request", "query") => (11, Kind::Text),
        ("request", "size") => (13, Kind::Number),
        ("request", "total_size") => (14, Kind::Number),
        ("source", "address") => (SOURCE_ADDRESS, Kind::Text),
        ("source", "port") => (25, Kind::Number),
        ("destination", "address") => (26, Kind::Text),
        ("destination", "port") => (27, Kind::Number),
        ("connection", "id") => (28, Kind::Number),
        ("connection", "mtls") => (29, Kind::Boolean),
        ("connection", "requested_server_name") => (30, Kind::Text),
        ("connection", "tls_version") => (31, Kind::Text),
        ("connection", "subject_local_certificate") => (32, Kind::Text),
        ("connection", "subject_peer_certificate") => (33, Kind::Text),
        ("connection", "dns_san_local_certificate") => (34, Kind::Text),
        ("connection", "dns_san_peer_certificate") => (35, Kind::Text),
        ("connection", "uri_san_local_certificate") => (36, Kind::Text),
        ("connection", "uri_san_peer_certificate") => (37, Kind::Text),
        ("connection", "sha256_peer_certificate_digest") => (38, Kind::Text),
        ("connection", "transport_failure_reason") => (39, Kind::Text),
        ("connection", "termination_details") => (40, Kind::Text),
        ("xds", "cluster_name") => (57, Kind::Text),
        ("xds", "listener_direction") => (59, Kind::Number),
        ("xds", "route_name") => (61, Kind::Text),
        ("xds", "virtual_host_name") => (63, Kind::Text),
        ("xds", "filter_chain_name") => (66, Kind::Text),
        _ => return None,
    };
    Some((id, kind))
}
