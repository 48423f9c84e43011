//! How Envoy hands [attributes](https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/advanced/attributes)
//! to a VM: as bytes that do not name their type.

use maintenance_mode_core::request::attribute::Attribute;
use maintenance_mode_core::syntax::protobuf::{Value, fields};

/// The segments of an attribute's name, a NUL between them.
pub fn encode_path(segments: &[Box<str>]) -> Vec<u8> {
    segments.join("\0").into_bytes()
}

/// Reads an attribute: a boolean is one byte, lists and maps begin with a 32-bit count and so
/// have a NUL, and a number is eight bytes, little-endian. Where it may be one of these, but
/// for booleans, `is_string` is asked.
pub fn decode(value: Vec<u8>, is_string: impl FnOnce(&[u8]) -> bool) -> Attribute {
    match value.as_slice() {
        [0] => Attribute::Text(b"false".to_vec()),
        [1] => Attribute::Text(b"true".to_vec()),
        bytes if (bytes.len() == 8 || bytes.contains(&0)) && !is_string(bytes) => Attribute::Other,
        _ => Attribute::Text(value),
    }
}

/// Reads the action in the metadata of a route, of which the boolean true is `on`: that is what
/// YAML makes of an `on` without quotes.
pub fn decode_action(value: Vec<u8>) -> Attribute {
    match value.as_slice() {
        [1] => Attribute::Text(b"on".to_vec()),
        _ => decode(value, |_| false),
    }
}

/// Whether the bytes of an attribute are text, and not a number, a list or a map. Headers are
/// text, metadata says so itself if it is `read` as a whole, and of all others what is UTF-8 without a
/// NUL is taken for text: no entry compares with the numbers that have names of their own.
pub fn is_string(segments: &[Box<str>], value: &[u8], read: impl FnOnce(&[u8]) -> Vec<u8>) -> bool {
    let segments_of: Vec<&str> = segments.iter().map(|segment| &**segment).collect();
    let metadata = segments_of
        .iter()
        .position(|&segment| segment == "filter_metadata");
    match (segments_of.as_slice(), metadata) {
        ([_, "headers", ..], _) => true,
        (_, Some(at)) => {
            let (root, path) = segments.split_at_checked(at).unwrap_or_default();
            let path = path.iter().skip(1).map(|segment| segment.as_bytes());
            string_in(&read(&encode_path(root)), path).is_some()
        }
        _ => !value.contains(&0) && std::str::from_utf8(value).is_ok(),
    }
}

/// The string at a path (a namespace of `filter_metadata`, then keys) of an encoded
/// [`Metadata`](https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/core/v3/base.proto#config-core-v3-metadata)
/// message.
fn string_in<'m, 'p>(
    metadata: &'m [u8],
    path: impl IntoIterator<Item = &'p [u8]>,
) -> Option<&'m [u8]> {
    const STRING_VALUE: u64 = 3;
    const STRUCT_VALUE: u64 = 5;

    let mut path = path.into_iter().peekable();
    let mut message = entry(metadata, path.next()?)?;
    while let Some(key) = path.next() {
        let kind = match path.peek() {
            Some(_) => STRUCT_VALUE,
            None => STRING_VALUE,
        };
        message = field(entry(message, key)?, kind)?;
    }
    Some(message)
}

/// The value of a key in the map that is field 1 of both `Metadata` and `Struct`.
fn entry<'a>(message: &'a [u8], key: &[u8]) -> Option<&'a [u8]> {
    let mut fields = fields(message).flatten();
    fields.find_map(|field_of_map| match field_of_map {
        (1, Value::Bytes(entry)) if field(entry, 1) == Some(key) => field(entry, 2),
        _ => None,
    })
}

fn field(message: &[u8], number: u64) -> Option<&[u8]> {
    fields(message).flatten().find_map(|field| match field {
        (found, Value::Bytes(bytes)) if found == number => Some(bytes),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::hosts::abi::header_map::HeaderMap;

    #[test]
    fn attributes_that_have_no_text_are_told_from_strings() {
        let decode = |value: &[u8]| decode(value.to_vec(), |value| !value.contains(&0));
        let text = |text: &str| Attribute::Text(text.into());
        for same in ["", "1", "staff", "verified"] {
            assert_eq!(decode(same.as_bytes()), text(same));
        }
        assert_eq!(decode(&[1]), text("true"));
        assert_eq!(decode(&[0]), text("false"));
        assert_eq!(decode(&5.0f64.to_le_bytes()), Attribute::Other);
        assert_eq!(decode(&200i64.to_le_bytes()), Attribute::Other);
        assert_eq!(decode(&HeaderMap::encode(&[("a", "b")])), Attribute::Other);
        let number = super::decode(b"verified".to_vec(), |_| false);
        assert_eq!(number, Attribute::Other);
        let bytes = super::decode(b"a\0b".to_vec(), |_| true);
        assert_eq!(bytes, Attribute::Text(b"a\0b".to_vec()));
    }

    #[test]
    fn an_action_that_is_true_is_on() {
        let text = |text: &str| Attribute::Text(text.into());
        assert_eq!(decode_action(vec![1]), text("on"));
        assert_eq!(decode_action(vec![0]), text("false"));
        assert_eq!(decode_action(b"true".to_vec()), text("true"));
        assert_eq!(decode_action(b"block".to_vec()), text("block"));
        let number = 1.0f64.to_le_bytes().to_vec();
        assert_eq!(decode_action(number), Attribute::Other);
    }

    fn bytes(number: u8, bytes: &[u8]) -> Vec<u8> {
        [&[number << 3 | 2, bytes.len() as u8], bytes].concat()
    }

    fn map(key: &str, value: &[u8]) -> Vec<u8> {
        bytes(1, &[bytes(1, key.as_bytes()), bytes(2, value)].concat())
    }

    #[test]
    fn tells_strings_from_numbers() {
        let string = bytes(3, b"verified");
        let number = [&[2 << 3 | 1][..], b"verified"].concat();
        let claims = bytes(5, &[map("role", &string), map("level", &number)].concat());
        let metadata = [map("other", b""), map("jwt", &map("claims", &claims))].concat();
        let is_string = |path: &str| {
            let path = path.split('.').map(str::as_bytes);
            string_in(&metadata, path).is_some()
        };
        assert!(is_string("jwt.claims.role"));
        for path in [
            "jwt.claims.level",
            "jwt.claims.none",
            "jwt.claims",
            "jwt.claims.role.x",
            "none.role",
            "",
        ] {
            assert!(!is_string(path), "{path}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_can_be_read(metadata: Vec<u8>, path: Vec<Vec<u8>>) {
            string_in(&metadata, path.iter().map(Vec::as_slice));
        }
    }
}
