//! Attributes of a request, as Envoy hands them to a dynamic module.

use maintenance_mode_core::request::attribute::Attribute;
use maintenance_mode_core::request::headers::Headers;

use crate::hosts::abi::module_attribute::{Owner, Source, Type};
use crate::hosts::native::abi::{CLUSTER_METADATA, DYNAMIC_METADATA, ROUTE_METADATA};
use crate::hosts::native::callbacks::FilterHandle;

/// The attribute at a path.
pub(super) fn read(filter: FilterHandle, headers: &impl Headers, path: &[Box<str>]) -> Attribute {
    let path: Vec<&str> = path.iter().map(|segment| &**segment).collect();
    match Source::of(&path) {
        Some(Source::Header(name)) => match headers.get(name) {
            Some(value) => Attribute::Text(value.into_owned()),
            None => Attribute::Absent,
        },
        Some(Source::Metadata(owner, namespace, key)) => {
            metadata(filter, owner, (namespace, key), "true")
        }
        Some(Source::FilterState(key)) => text(filter.filter_state(key)),
        Some(Source::Id(id, kind)) => by_id(filter, id, kind),
        None => Attribute::Absent,
    }
}

/// The action in the metadata of the route. YAML makes the boolean true of an `on` without quotes.
pub(super) fn action(filter: FilterHandle) -> Attribute {
    metadata(filter, Owner::Route, ("maintenance_mode", "action"), "on")
}

/// A value in metadata, by namespace and key; a boolean as text, of which `truth` is true.
fn metadata(
    filter: FilterHandle,
    owner: Owner,
    (namespace, key): (&str, &str),
    truth: &str,
) -> Attribute {
    let source = match owner {
        Owner::Request => DYNAMIC_METADATA,
        Owner::Route => ROUTE_METADATA,
        Owner::Cluster => CLUSTER_METADATA,
    };
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

fn by_id(filter: FilterHandle, id: u32, kind: Type) -> Attribute {
    match kind {
        Type::Text => text(filter.attribute_string(id)),
        Type::Number => match filter.attribute_int(id) {
            Some(_) => Attribute::Other,
            None => Attribute::Absent,
        },
        // A connection without TLS has none.
        Type::Boolean => {
            let value = filter.attribute_bool(id).unwrap_or_default();
            Attribute::Text(value.to_string().into_bytes())
        }
    }
}

fn text(value: Option<&[u8]>) -> Attribute {
    value.map_or(Attribute::Absent, |value| Attribute::Text(value.to_owned()))
}
