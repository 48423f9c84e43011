//! The plugin configuration: it is refused with the path of the culprit, or what it makes
//! can decide; and a `Struct` is read as its JSON is.

use maintenance_mode_core::{
    config::plugin::PluginConfig,
    decision::{decide::decide, decision::Verdict},
    policy::{outlook::Outlook, policy::Policy},
    reply::local_reply::LocalReply,
    state::{setting::Setting, state::State},
    syntax::{invalid::InvalidConfig, json::Json, protobuf::Message},
};

use super::request::{ENVIRONMENT, Request};

const KEYS: [&str; 14] = [
    "mode",
    "initial",
    "scope",
    "observe",
    "route_metadata",
    "upstream_header",
    "client_address",
    "allow",
    "rules",
    "windows",
    "response",
    "admin",
    "bypass",
    "store",
];

pub fn check(data: &[u8]) {
    let config = PluginConfig::parse(data);
    if let Ok(json) = Json::parse(data)
        && let Some(encoded) = encode(&json, 16)
        && !encoded.trim_ascii().is_empty()
    {
        let from_struct = PluginConfig::parse(&encoded);
        assert_eq!(from_struct, config);
        if let (Ok(one), Ok(other)) = (PluginConfig::parse(data), from_struct) {
            assert_eq!(compiled(one), compiled(other));
        }
    }
    let policy = config.and_then(|config| {
        Policy::compile(&config, ENVIRONMENT).inspect_err(|error| {
            let text = error.to_string();
            let names = |key: &&str| {
                let rest = text.strip_prefix(*key);
                rest.is_some_and(|rest| rest.starts_with(['.', ':', '[']))
            };
            assert!(KEYS.iter().any(names), "{text}");
        })
    });
    match policy {
        Ok(policy) => decides(&policy),
        Err(error) => {
            let text = error.to_string();
            assert!(
                !text.is_empty() && !text.chars().any(char::is_control),
                "{text:?}"
            );
        }
    }
}

/// What can be compared of a policy.
fn compiled(config: PluginConfig) -> Result<String, InvalidConfig> {
    Policy::compile(&config, ENVIRONMENT).map(|policy| format!("{policy:?}"))
}

fn decides(policy: &Policy) {
    let setting = |maintenance| Setting {
        maintenance,
        message: Some("<m>\"&'\\".to_owned()),
        ..Setting::default()
    };
    let requests = [
        Request::new::<&str, &str>(&[]),
        Request::new(&[
            (":method", "GET"),
            (":path", "/a/b?c"),
            (":authority", "shop.example.com:8080"),
            ("accept", "text/html"),
            ("cookie", "a=b; c=d"),
            ("origin", "https://app.example.com"),
            ("x-request-id", "<\">"),
        ]),
        Request::new(&[
            (":method", "POST"),
            (":path", "/a.B/C"),
            ("content-type", "application/grpc"),
        ]),
        Request::new(&[
            (":method", "OPTIONS"),
            (":path", "/x/../a;b"),
            ("origin", "https://app.example.com"),
            ("access-control-request-method", "PUT"),
            ("accept", "application/json"),
        ]),
    ];
    for maintenance in [true, false] {
        let state = State {
            generation: 1,
            setting: Some(setting(maintenance)),
            bypass_revoked_at: None,
        };
        for request in &requests {
            if let Verdict::Blocked(reply) =
                decide(policy, &state, &Outlook::default(), request).verdict
            {
                is_sound(&reply);
            }
        }
    }
}

/// Envoy takes it as it is.
fn is_sound(reply: &LocalReply) {
    assert!((200..600).contains(&reply.status), "{reply:?}");
    for (at, (name, value)) in reply.headers().enumerate() {
        let is_name = !name.is_empty() && name.bytes().all(|b| b.is_ascii_graphic() && b != b':');
        assert!(is_name && *name == name.to_ascii_lowercase(), "{reply:?}");
        assert!(
            !value.bytes().any(|b| b < b' ' && b != b'\t' || b == 0x7f),
            "{reply:?}"
        );
        let is_repeated = reply.headers().skip(at + 1).any(|(other, _)| other == name);
        assert!(!is_repeated || name == "set-cookie", "{reply:?}");
    }
    if reply
        .headers()
        .any(|(name, value)| name == "content-type" && value.contains("json"))
        && !reply.body.is_empty()
        && reply.body.starts_with(r#"{"type":"#)
    {
        serde_json::from_str::<serde_json::Value>(&reply.body).unwrap();
    }
}

/// The `google.protobuf.Struct` of a JSON object; `None` for one that has none, as its
/// numbers are doubles, or that is too deep.
fn encode(json: &Json, depth: usize) -> Option<Vec<u8>> {
    let Json::Object(entries) = json else {
        return None;
    };
    let mut message = Message::default();
    for (key, value) in entries {
        let entry = Message::default()
            .bytes(1, key)
            .bytes(2, encode_value(value, depth)?);
        message = message.message(1, &entry);
    }
    Some(message.into())
}

fn encode_value(json: &Json, depth: usize) -> Option<Vec<u8>> {
    let depth = depth.checked_sub(1)?;
    let double = |number: f64| {
        let is_exact = number.abs() < 9e15;
        is_exact.then(|| [&[2 << 3 | 1][..], &number.to_le_bytes()].concat())
    };
    Some(match json {
        Json::Null | Json::TakenOut => Message::default().varint(1, 0).into(),
        Json::Bool(bit) => Message::default().varint(4, u64::from(*bit)).into(),
        Json::Unsigned(number) => double(*number as f64)?,
        Json::Negative(number) => double(*number as f64)?,
        Json::Fraction => double(0.5)?,
        Json::String(text) => Message::default().bytes(3, text).into(),
        Json::Object(_) => Message::default().bytes(5, encode(json, depth)?).into(),
        Json::List(values) => {
            let mut list = Message::default();
            for value in values {
                list = list.bytes(1, encode_value(value, depth)?);
            }
            Message::default().message(6, &list).into()
        }
    })
}
