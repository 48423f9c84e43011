//! The value of the flag's key in etcd: what is no state changes nothing, and what one Envoy
//! writes another reads the same.

use maintenance_mode_core::{
    state::{
        change::{Edit, Precondition, StateChange},
        state::State,
    },
    store::notice::Notice,
    syntax::{json::Json, protobuf::Message},
};
use serde_json::Value;

use super::{
    etcd::{Envoy, Field, bytes, fields},
    request::now,
    state::{SETTING, has_good_details, optional, repeats},
};

const REVISION: u64 = 7;
const MOD_REVISION: u64 = 5;
const FLAG: &str = "k";
const REVOCATION: &str = "k/bypass-revoked-at";

pub fn check(data: &[u8]) {
    let mut envoy = Envoy::new();
    let notices = envoy.read(&read(Some(data), None));
    let state = envoy.state();
    let Some(document) = document(data) else {
        assert_eq!(state, State::default());
        assert!(matches!(
            notices[..],
            [Notice::Unreadable {
                revision: MOD_REVISION,
                ..
            }]
        ));
        assert!(!notices[0].about("etcd").chars().any(char::is_control));
        return;
    };
    let is_given = |key: &str| !document[key].is_null();
    let opens = is_given("ramp_start") && is_given("ramp_key");
    assert_eq!(notices.is_empty(), opens || !is_given("ramp_until"));
    assert_eq!(state.generation, MOD_REVISION);
    let setting = state.setting.as_ref();
    assert_eq!(
        setting.map(|setting| setting.maintenance),
        document["maintenance"].as_bool()
    );
    if let Some(setting) = setting {
        assert_eq!(setting.retry_after, document["retry_after"].as_u64());
        assert_eq!(setting.message.as_deref(), document["message"].as_str());
        assert_eq!(setting.until.is_some(), document["until"].is_string());
    }
    assert_eq!(
        state.bypass_revoked_at,
        document["bypass_revoked_at"].as_i64()
    );

    let change = |edit| StateChange {
        edit,
        precondition: Precondition::OneOf(vec![MOD_REVISION]),
    };
    let set = state.setting.clone().map_or(Edit::Reset, Edit::Set);
    for change in [change(Edit::RevokeBypass(now())), change(set)] {
        let Ok(expected) = change.apply(&state) else {
            continue;
        };
        let envoy = Envoy::new();
        let written = header().varint(2, 1);
        let changed = envoy.change(change, [&read(Some(data), None), written.as_ref()]);
        let changed = changed.unwrap().unwrap();
        assert_eq!(changed.generation, REVISION);
        assert_eq!(changed.setting, expected.setting);
        let [flag, revocation] = put_values(&envoy.wire.last_call());
        let mut other = Envoy::new();
        other.read(&read(
            Some(flag.as_deref().unwrap_or(data)),
            revocation.as_deref(),
        ));
        assert_eq!(other.state().setting, expected.setting);
        assert_eq!(other.state().bypass_revoked_at, expected.bypass_revoked_at);
    }
}

/// An object with the flag, or with `null` for none; its other known keys have their types.
fn document(value: &[u8]) -> Option<Value> {
    let value_: Value = serde_json::from_slice(value).ok()?;
    let object = value_.as_object()?;
    let is_good = object
        .get("maintenance")
        .is_some_and(|v| v.is_null() || v.is_boolean())
        && has_good_details(object)
        && optional(object, "bypass_revoked_at", Value::is_i64);
    let json = Json::parse(value).ok()?;
    let is_plain = !repeats(&json, &SETTING) && !repeats(&json, &["bypass_revoked_at"]);
    (is_good && is_plain).then_some(value_)
}

fn header() -> Message {
    Message::default().message(1, &Message::default().varint(3, REVISION))
}

/// The answer to a read of both keys.
fn read(flag: Option<&[u8]>, revocation: Option<&[u8]>) -> Vec<u8> {
    let read = |answer: Message, (key, value): (&str, Option<&[u8]>)| match value {
        Some(value) => {
            let key_value = Message::default().bytes(1, key).varint(3, MOD_REVISION);
            answer.message(2, &key_value.bytes(5, value))
        }
        None => answer,
    };
    let keys = [(FLAG, flag), (REVOCATION, revocation)];
    keys.into_iter().fold(header(), read).into()
}

/// What a transaction puts of the flag and of the revocations.
fn put_values(transaction: &[u8]) -> [Option<Vec<u8>>; 2] {
    let value_of = |wanted: &[u8]| {
        let operations = fields(transaction).unwrap();
        let puts = operations.iter().filter_map(|field| match field {
            (2, Field::Bytes(operation)) => {
                let operation = fields(operation).unwrap();
                Some(fields(bytes(&operation, 2).unwrap()).unwrap())
            }
            _ => None,
        });
        let mut put = puts.filter(|put| bytes(put, 1).unwrap() == wanted);
        put.next().map(|put| bytes(&put, 2).unwrap().to_vec())
    };
    [FLAG, REVOCATION].map(|key| value_of(key.as_bytes()))
}
