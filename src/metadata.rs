//! Envoy's [`Metadata`](https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/core/v3/base.proto#config-core-v3-metadata)
//! message, which knows the types that attributes lose.

use crate::protobuf::{Value, fields};

/// Whether the value at a path (a namespace of `filter_metadata`, then keys) of an encoded
/// `Metadata` is a string.
pub fn is_string<'p>(metadata: &[u8], path: impl IntoIterator<Item = &'p [u8]>) -> bool {
    const STRING_VALUE: u64 = 3;
    const STRUCT_VALUE: u64 = 5;

    let mut path = path.into_iter().peekable();
    let namespace = path.next().and_then(|namespace| entry(metadata, namespace));
    let Some(mut message) = namespace else {
        return false;
    };
    while let Some(key) = path.next() {
        let kind = if path.peek().is_some() {
            STRUCT_VALUE
        } else {
            STRING_VALUE
        };
        let value = entry(message, key).and_then(|value| field(value, kind));
        let Some(value) = value else {
            return false;
        };
        message = value;
    }
    true
}

/// The value of a key in the map that is field 1 of both `Metadata` and `Struct`.
fn entry<'a>(message: &'a [u8], key: &[u8]) -> Option<&'a [u8]> {
    fields(message)
        .flatten()
        .find_map(|field_of_map| match field_of_map {
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
        let is_string = |path: &str| is_string(&metadata, path.split('.').map(str::as_bytes));
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
            is_string(&metadata, path.iter().map(Vec::as_slice));
        }
    }
}
