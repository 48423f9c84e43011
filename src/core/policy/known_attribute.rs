//! The attributes that have names of their own, and what their values are when a request comes.

use crate::policy::request_header;
use crate::syntax::invalid::{Compiled, refuse};
use crate::syntax::json_reader::unknown;
use crate::syntax::nearest::nearest;

/// What the values of an attribute are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueType {
    /// Any text.
    Text,
    /// What a header has.
    Header,
    /// The method of a request.
    Method,
    /// A path, with its query.
    Path,
    /// A path without its query.
    UrlPath,
    /// What follows the `?`.
    Query,
    /// An address and its port.
    Address,
    /// The scheme of a URL.
    Scheme,
    /// A version of HTTP.
    Protocol,
    /// `true` or `false`.
    Boolean,
    /// A number.
    Number,
    /// Only its parts have one.
    Parts,
}

/// Names, and what each has.
type Names = &'static [(&'static str, ValueType)];

/// What has named parts, which are the same for every request.
const OBJECTS: [(&str, Names); 5] = [
    (
        "request",
        &[
            ("path", ValueType::Path),
            ("url_path", ValueType::UrlPath),
            ("host", ValueType::Header),
            ("scheme", ValueType::Scheme),
            ("method", ValueType::Method),
            ("headers", ValueType::Parts),
            ("headers_bytes", ValueType::Number),
            ("referer", ValueType::Header),
            ("useragent", ValueType::Header),
            ("time", ValueType::Number),
            ("id", ValueType::Header),
            ("protocol", ValueType::Protocol),
            ("query", ValueType::Query),
            ("duration", ValueType::Number),
            ("size", ValueType::Number),
            ("total_size", ValueType::Number),
        ],
    ),
    ("source", &PEER),
    ("destination", &PEER),
    (
        "connection",
        &[
            ("id", ValueType::Number),
            ("mtls", ValueType::Boolean),
            ("requested_server_name", ValueType::Text),
            ("tls_version", ValueType::Text),
            ("subject_local_certificate", ValueType::Text),
            ("subject_peer_certificate", ValueType::Text),
            ("dns_san_local_certificate", ValueType::Text),
            ("dns_san_peer_certificate", ValueType::Text),
            ("uri_san_local_certificate", ValueType::Text),
            ("uri_san_peer_certificate", ValueType::Text),
            ("sha256_peer_certificate_digest", ValueType::Text),
            ("peer_certificate", ValueType::Text),
            ("transport_failure_reason", ValueType::Text),
            ("termination_details", ValueType::Text),
        ],
    ),
    (
        "xds",
        &[
            ("node", ValueType::Parts),
            ("cluster_name", ValueType::Text),
            ("cluster_metadata", ValueType::Parts),
            ("listener_direction", ValueType::Number),
            ("listener_metadata", ValueType::Parts),
            ("route_name", ValueType::Text),
            ("route_metadata", ValueType::Parts),
            ("virtual_host_name", ValueType::Text),
            ("virtual_host_metadata", ValueType::Parts),
            ("upstream_host_metadata", ValueType::Parts),
            ("upstream_host_locality_metadata", ValueType::Parts),
            ("filter_chain_name", ValueType::Text),
        ],
    ),
];

const PEER: [(&str, ValueType); 2] = [("address", ValueType::Address), ("port", ValueType::Number)];

/// What the paths of attributes begin with that have more than one segment.
const ROOTS: [&str; 10] = [
    "connection",
    "destination",
    "filter_state",
    "metadata",
    "request",
    "response",
    "source",
    "upstream",
    "upstream_filter_state",
    "xds",
];

/// How many letters too many or too few a root may have.
const SLIPS: usize = 2;

/// What a part of an object has; `None` of an object without names of its own, and of another name.
pub fn part(object: &str, name: &str) -> Option<ValueType> {
    value_in(names_of(object)?, name)
}

fn names_of(object: &str) -> Option<Names> {
    let mut objects = OBJECTS.iter();
    Some(objects.find(|(other, _)| *other == object)?.1)
}

fn value_in(names: Names, name: &str) -> Option<ValueType> {
    Some(names.iter().find(|(other, _)| *other == name)?.1)
}

/// What the values of the attribute at a path are.
///
/// # Errors
/// No request has it, or none has it as a text.
pub(super) fn check(segments: &[&str]) -> Compiled<ValueType> {
    if segments.is_empty() || segments.iter().any(|s| s.is_empty() || s.contains('\0')) {
        return refuse(
            "expected the segments of an attribute, such as \
             [\"connection\", \"uri_san_peer_certificate\"]",
        );
    }
    match segments {
        ["metadata"] | [.., "filter_metadata"] | [.., "filter_metadata", _] => {
            refuse("ends before the value: expected \"filter_metadata\", a namespace and a key")
        }
        ["request", "headers", name] if name.contains(|c: char| c.is_ascii_uppercase()) => {
            refuse(format!(
                "{name:?} is no name of a header here: write {:?}",
                name.to_ascii_lowercase()
            ))
        }
        ["request", "headers", name] => {
            request_header::check_seen(name)?;
            Ok(ValueType::Header)
        }
        ["filter_metadata", rest @ ..] => {
            let path = [&["metadata", "filter_metadata"], rest].concat();
            refuse(format!("has no \"metadata\" at its begin: write {path:?}"))
        }
        ["response" | "upstream", ..] => {
            refuse("is known only later: expected an attribute of the request or its connection")
        }
        ["connection_id" | "listener_direction"] => is_number(),
        [root] if ROOTS.contains(root) => refuse("ends before the value: expected its parts, too"),
        [path] => match path.split_once('.') {
            Some((root, _)) if ROOTS.contains(&root) => {
                let segments: Vec<&str> = path.split('.').collect();
                refuse(format!(
                    "{path:?} is one segment: write each of its own, {segments:?}"
                ))
            }
            _ => Ok(ValueType::Text),
        },
        [object, name, below @ ..] => match names_of(object) {
            Some(names) => check_part(names, name, below),
            None => match nearest(object, &ROOTS) {
                Some(root) if root != *object && root.len().abs_diff(object.len()) <= SLIPS => {
                    let path = [&[root, name], below].concat();
                    refuse(format!("nothing is named {object:?}: write {path:?}"))
                }
                _ => Ok(ValueType::Text),
            },
        },
        [] => Ok(ValueType::Text),
    }
}

fn check_part(names: Names, name: &str, below: &[&str]) -> Compiled<ValueType> {
    match (value_in(names, name), below) {
        (None, _) => {
            let names: Vec<&str> = names.iter().map(|(name, _)| *name).collect();
            Err(unknown("attribute", name, &names))
        }
        (Some(ValueType::Number), _) => is_number(),
        (Some(ValueType::Parts), []) => refuse("ends before the value: expected its parts, too"),
        (Some(ValueType::Parts), _) => Ok(ValueType::Text),
        (Some(value), []) => Ok(value),
        (Some(_), [first, ..]) => refuse(format!(
            "{name:?} is a text without parts: leave out {first:?} and what follows"
        )),
    }
}

fn is_number() -> Compiled<ValueType> {
    refuse("is a number, and those match nothing: expected an attribute that is a text")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_request_has_as_a_text_is_refused_with_what_to_write() {
        for (path, error) in [
            (&[][..], "expected the segments"),
            (&[""], "expected the segments"),
            (&["a\0b"], "expected the segments"),
            (&["metadata"], "ends before the value"),
            (&["request"], "ends before the value"),
            (&["filter_state"], "ends before the value"),
            (&["request", "headers"], "ends before the value"),
            (&["xds", "node"], "ends before the value"),
            (
                &["xds", "route_metadata", "filter_metadata"],
                "ends before the value",
            ),
            (
                &["filter_metadata", "a", "b"],
                "write [\"metadata\", \"filter_metadata\", \"a\", \"b\"]",
            ),
            (
                &["request.path"],
                "write each of its own, [\"request\", \"path\"]",
            ),
            (&["request", "headers", "X-A"], "write \"x-a\""),
            (
                &["request", "headers", "keep-alive"],
                "write another header",
            ),
            (&["request", "time"], "is a number"),
            (&["request", "size"], "is a number"),
            (&["source", "port"], "is a number"),
            (&["upstream", "port"], "is known only later"),
            (&["connection", "id"], "is a number"),
            (&["listener_direction"], "is a number"),
            (&["response", "code_details"], "is known only later"),
            (&["request", "path", "x"], "leave out \"x\""),
            (&["request", "paths"], "did you mean `path`?"),
            (&["request", "user_agent"], "did you mean `useragent`?"),
            (&["source", "ip"], "expected one of `address`, `port`"),
            (&["Request", "method"], "write [\"request\", \"method\"]"),
            (&["requests", "path"], "write [\"request\", \"path\"]"),
            (
                &["metdata", "filter_metadata", "a", "b"],
                "write [\"metadata\", \"filter_metadata\", \"a\", \"b\"]",
            ),
        ] {
            let refused = check(path).unwrap_err().to_string();
            assert!(refused.contains(error), "{path:?} gave {refused}");
        }
    }

    #[test]
    fn what_a_request_may_have_is_accepted() {
        for path in [
            &["my.state"][..],
            &["plugin_name"],
            &["route_name"],
            &["node", "id"],
            &["my.state", "part"],
            &["filter_state", "requests"],
            &["upstream_filter_state", "a"],
            &["xds", "node", "id"],
            &["xds", "route_metadata", "filter_metadata", "a", "b"],
            &["route_metadata", "filter_metadata", "a", "b"],
            &["connection", "mtls"],
            &["connection", "uri_san_peer_certificate"],
            &["request", "headers", "x-a"],
        ] {
            assert!(check(path).is_ok(), "{path:?}");
        }
    }
}
