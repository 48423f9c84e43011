//! A `google.protobuf.Struct`, as some hosts hand it over: not as JSON, but in
//! Protocol Buffers' own encoding ([struct.proto](https://protobuf.dev/reference/protobuf/google.protobuf/#struct)).

use crate::syntax::json::Json;
use crate::syntax::protobuf::{Value, fields};

/// Deeper than any configuration, and shallow enough for a small stack.
const MAX_DEPTH: usize = 32;

/// The JSON that an encoded `Struct` stands for; `None` for what is none.
pub(crate) fn decode(message: &[u8]) -> Option<Json> {
    decode_struct(message, MAX_DEPTH)
}

fn decode_struct(message: &[u8], depth: usize) -> Option<Json> {
    let depth = depth.checked_sub(1);
    decode_all(message, |entry| decode_entry(entry, depth?)).map(Json::Object)
}

/// The elements of a message that has nothing but elements.
fn decode_all<T>(message: &[u8], decode: impl Fn(&[u8]) -> Option<T>) -> Option<Vec<T>> {
    fields(message)
        .map(|field| match field? {
            (1, Value::Bytes(element)) => decode(element),
            _ => None,
        })
        .collect()
}

fn decode_entry(message: &[u8], depth: usize) -> Option<(String, Json)> {
    let mut key = String::new();
    let mut value = Json::Null;
    for field in fields(message) {
        match field? {
            (1, Value::Bytes(text)) => key = decode_string(text)?,
            (2, Value::Bytes(message)) => value = decode_value(message, depth)?,
            _ => return None,
        }
    }
    Some((key, value))
}

fn decode_value(message: &[u8], depth: usize) -> Option<Json> {
    let (field, None) = (fields(message).next()??, fields(message).nth(1)) else {
        return None;
    };
    Some(match field {
        (1, Value::Varint(_)) => Json::Null,
        (2, Value::Fixed64(bytes)) => decode_number(f64::from_le_bytes(bytes)),
        (3, Value::Bytes(text)) => Json::String(decode_string(text)?),
        (4, Value::Varint(bit)) => Json::Bool(bit != 0),
        (5, Value::Bytes(message)) => decode_struct(message, depth)?,
        (6, Value::Bytes(list)) => {
            let depth = depth.checked_sub(1)?;
            Json::List(decode_all(list, |value| decode_value(value, depth))?)
        }
        _ => return None,
    })
}

fn decode_string(text: &[u8]) -> Option<String> {
    String::from_utf8(text.to_vec()).ok()
}

/// A `Struct` knows doubles only; those that are whole are integers in JSON.
fn decode_number(number: f64) -> Json {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if number.fract() != 0.0 || number.abs() > EXACT {
        Json::Fraction
    } else if number < 0.0 {
        Json::Negative(number as i64)
    } else {
        Json::Unsigned(number as u64)
    }
}

#[cfg(test)]
pub(crate) mod testing {
    use serde_json::Value as Json;

    /// The encoding of a JSON object.
    pub(in super::super) fn encode(object: &Json) -> Vec<u8> {
        let entry = |(key, value): (&String, &Json)| {
            field(
                1,
                &[field(1, key.as_bytes()), field(2, &encode_value(value))].concat(),
            )
        };
        object.as_object().unwrap().iter().flat_map(entry).collect()
    }

    fn encode_value(value: &Json) -> Vec<u8> {
        match value {
            Json::Null => vec![1 << 3, 0],
            Json::Bool(bit) => vec![4 << 3, u8::from(*bit)],
            Json::Number(number) => {
                [&[2 << 3 | 1][..], &number.as_f64().unwrap().to_le_bytes()].concat()
            }
            Json::String(text) => field(3, text.as_bytes()),
            Json::Array(list) => {
                let values: Vec<u8> = list
                    .iter()
                    .flat_map(|value| field(1, &encode_value(value)))
                    .collect();
                field(6, &values)
            }
            Json::Object(_) => field(5, &encode(value)),
        }
    }

    fn field(number: u8, bytes: &[u8]) -> Vec<u8> {
        let mut encoded = vec![number << 3 | 2];
        let mut length = bytes.len();
        while length >= 0x80 {
            encoded.push(length as u8 | 0x80);
            length >>= 7;
        }
        encoded.push(length as u8);
        encoded.extend_from_slice(bytes);
        encoded
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn reads_every_kind_of_value() {
        let object = json!({
            "mode": "on",
            "response": {"status": 503, "retry_after": null, "headers": {}},
            "list": [1, -2, 0.5, true, false, "text", [], {"a": "b".repeat(300)}],
        });
        let expected = Json::parse(object.to_string().as_bytes()).unwrap();
        assert_eq!(decode(&testing::encode(&object)), Some(expected));
    }

    #[test]
    fn what_is_too_deep_is_none() {
        let mut deep = json!("x");
        for _ in 0..200 {
            deep = json!([deep]);
        }
        assert_eq!(decode(&testing::encode(&json!({"deep": deep}))), None);
    }

    proptest! {
        #[test]
        fn any_bytes_can_be_read(message: Vec<u8>) {
            let _ = decode(&message);
        }
    }
}
