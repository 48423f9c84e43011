//! The value of the key in etcd: what is no state changes nothing, and what one Envoy
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
    etcd::{Envoy, bytes, fields},
    request::now,
    state::{SETTING, has_good_details, optional, repeats},
};

const REVISION: u64 = 7;
const MOD_REVISION: u64 = 5;

pub fn check(data: &[u8]) {
    let mut envoy = Envoy::new();
    let notices = envoy.read(&range(data));
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
    assert!(notices.is_empty());
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

    let revoke = StateChange {
        edit: Edit::RevokeBypass(now()),
        precondition: Precondition::OneOf(vec![MOD_REVISION]),
    };
    let expected = revoke.apply(&state).unwrap();
    let written = header().varint(2, 1);
    let changed = envoy.change(revoke, [&range(data), written.as_ref()]);
    let changed = changed.unwrap().unwrap();
    assert_eq!(changed.generation, REVISION);
    assert_eq!(changed.setting, expected.setting);
    let value = put_value(&envoy.wire.last_call());
    let mut other = Envoy::new();
    other.read(&range(&value));
    assert_eq!(other.state().setting, expected.setting);
    assert_eq!(other.state().bypass_revoked_at, expected.bypass_revoked_at);
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

fn range(value: &[u8]) -> Vec<u8> {
    let key_value = Message::default().varint(3, MOD_REVISION).bytes(5, value);
    header().message(2, &key_value).into()
}

/// What a transaction puts.
fn put_value(transaction: &[u8]) -> Vec<u8> {
    let inner = |message: &[u8], number| {
        let fields = fields(message).unwrap();
        bytes(&fields, number).unwrap().to_vec()
    };
    inner(&inner(&inner(transaction, 2), 2), 2)
}
